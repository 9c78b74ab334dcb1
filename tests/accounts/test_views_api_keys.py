import re

import pytest
from django.urls import reverse

from registry_site.accounts.models import ApiKey
from registry_site.accounts.services.api_keys import create_api_key, user_of_key

CREATE = reverse("accounts:api_key_create")
AUTHORIZE = reverse("accounts:authorize")


@pytest.fixture
def key(bob):
    key, _text = create_api_key(by=bob, user=bob, name="laptop")
    return key


@pytest.mark.parametrize("url", [CREATE, AUTHORIZE])
def test_key_is_shown_once(client, alice, url):
    client.force_login(alice)

    response = client.post(url, {"name": "laptop"})

    text = re.search(r"WANDB_API_KEY=([A-Za-z0-9]{40})\b", response.text)[1]
    assert user_of_key(text) == alice
    assert "wandb login --host=http://testserver" in response.text
    assert "no-store" in response["Cache-Control"]
    assert text not in str(dict(client.session))
    assert text not in client.get(reverse("accounts:settings")).text


def test_key_address_is_base_url_where_set(client, alice, settings):
    settings.BASE_URL = "https://cairn.example"
    client.force_login(alice)

    assert "wandb login --host=https://cairn.example" in client.get(AUTHORIZE).text
    assert "WANDB_BASE_URL=https://cairn.example" in client.post(CREATE, {"name": "x"}).text


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
