import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from registry_site.accounts.models import ApiKey, KeyHandover
from registry_site.accounts.services.keys.api_keys import create_api_key, user_of_key
from registry_site.accounts.services.keys.handover import WAITS

CREATE = reverse("accounts:api_key_create")
AUTHORIZE = reverse("accounts:authorize")


@pytest.fixture
def key(bob):
    key, _text = create_api_key(by=bob, user=bob, name="laptop")
    return key


def text_on(page):
    return re.search(r"WANDB_API_KEY=([A-Za-z0-9]{40})\b", page.text)[1]


@pytest.mark.parametrize("url", [CREATE, AUTHORIZE])
def test_key_is_shown_once(client, alice, url):
    client.force_login(alice)

    shown_at = client.post(url, {"name": "laptop"})["Location"]
    page = client.get(shown_at)

    text = text_on(page)
    assert user_of_key(text) == alice
    assert "wandb login --host=http://testserver" in page.text
    assert "no-store" in page["Cache-Control"]
    assert text not in str(dict(client.session))
    again = client.get(shown_at)
    assert text not in again.text
    assert "be shown again" in again.text
    assert text not in client.get(reverse("accounts:settings")).text
    assert ApiKey.objects.count() == 1


def test_key_is_shown_to_who_made_it(client, bob, root):
    client.force_login(bob)
    shown_at = client.post(CREATE, {"name": "laptop"})["Location"]
    client.force_login(root)
    assert "WANDB_API_KEY" not in client.get(shown_at).text
    client.force_login(bob)
    assert client.head(shown_at).status_code == 405
    assert "WANDB_API_KEY" in client.get(shown_at).text


def test_key_waits_ten_minutes(client, bob):
    client.force_login(bob)
    shown_at = client.post(CREATE, {"name": "laptop"})["Location"]
    KeyHandover.objects.update(created_at=timezone.now() - WAITS - timedelta(seconds=1))

    assert "WANDB_API_KEY" not in client.get(shown_at).text
    client.post(CREATE, {"name": "second"})
    assert KeyHandover.objects.get().key.name == "second"


def test_key_of_a_changed_secret_is_not_shown(client, bob, settings):
    client.force_login(bob)
    shown_at = client.post(CREATE, {"name": "laptop"})["Location"]
    settings.SECRET_KEY = "another"
    client.force_login(bob)

    assert "be shown again" in client.get(shown_at).text


def test_key_address_is_base_url_where_set(client, alice, settings):
    settings.BASE_URL = "https://cairn.example"
    client.force_login(alice)

    assert "wandb login --host=https://cairn.example" in client.get(AUTHORIZE).text
    page = client.post(CREATE, {"name": "x"}, follow=True)
    assert "WANDB_BASE_URL=https://cairn.example" in page.text


@pytest.mark.parametrize("url", [CREATE, AUTHORIZE])
def test_key_needs_a_name(client, alice, url):
    client.force_login(alice)

    assert client.post(url, {"name": "  "}).status_code == 422
    assert not ApiKey.objects.exists()


def test_settings_list_keys_without_their_text(client, bob, key):
    client.force_login(bob)

    text = client.get(reverse("accounts:settings")).text
    assert "laptop" in text
    assert f"…{key.hint}" in text
    assert "never" in text


def test_key_is_revoked(client, bob, key):
    client.force_login(bob)

    response = client.post(reverse("accounts:api_key_delete", args=[key.pk]))

    assert response["Location"] == reverse("accounts:settings")
    assert not ApiKey.objects.exists()


def test_key_of_another_is_not_found(client, alice, charlie, key):
    for user in (alice, charlie):
        client.force_login(user)
        response = client.post(reverse("accounts:api_key_delete", args=[key.pk]))
        assert response.status_code == 404
        assert client.get(reverse("accounts:api_key_detail", args=[key.pk])).status_code == 404
    assert ApiKey.objects.exists()


def test_key_wrong_method(client, bob, key):
    client.force_login(bob)

    assert client.get(CREATE).status_code == 405
    assert client.get(reverse("accounts:api_key_delete", args=[key.pk])).status_code == 405


def test_authorize_makes_nothing_by_itself(client, alice):
    client.force_login(alice)

    assert client.get(AUTHORIZE, {"ref": "models"}).status_code == 200
    assert not ApiKey.objects.exists()


def test_authorize_anonymous_comes_back_after_login(client, cast):
    location = client.get(AUTHORIZE)["Location"]

    given = {"username": "bob", "password": "correct-horse", "next": AUTHORIZE}
    assert location == f"/login?next={AUTHORIZE}"
    assert client.post(location, given)["Location"] == AUTHORIZE
