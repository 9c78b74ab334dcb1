import pytest
from django.urls import reverse

from registry_site.accounts.models import Event
from tests.factories import fresh

URL = reverse("accounts:settings")
PASSWORD = reverse("accounts:password")
PREFERENCES = reverse("accounts:preferences")
DEFAULT_ENTITY = reverse("accounts:default_entity")


def test_settings_show_own_things(client, alice):
    client.force_login(alice)

    text = client.get(URL).text
    assert "alice@example.com" in text
    assert "Automatic (now vision)" in text
    assert "People of this server" not in text


def test_settings_save_name_and_email(client, alice):
    client.force_login(alice)

    response = client.post(URL, {"name": " Alice A. ", "email": "a@example.org"})

    assert response.status_code == 302
    assert (fresh(alice).name, fresh(alice).email) == ("Alice A.", "a@example.org")
    assert Event.objects.get(kind="user", verb="update").after["email"] == "a@example.org"


def test_settings_refuse_a_bad_email(client, alice):
    client.force_login(alice)

    response = client.post(URL, {"name": "", "email": "nonsense"})

    assert response.status_code == 422
    assert fresh(alice).email == "alice@example.com"


def test_password_changes_and_this_browser_stays(client, alice):
    client.force_login(alice)

    client.post(PASSWORD, {"current": "correct-horse", "new": "battery-staple"})

    assert fresh(alice).check_password("battery-staple")
    assert client.get(URL).status_code == 200


def test_password_change_logs_other_browsers_out(client, alice, django_user_model):
    from tests.helpers.html import PageClient

    other = PageClient()
    other.force_login(alice)
    client.force_login(alice)

    client.post(PASSWORD, {"current": "correct-horse", "new": "battery-staple"})

    assert other.get(URL).status_code == 302


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"current": "wrong"}, "current password is another"),
        ({"new": "short"}, "too short"),
        ({"new": "password"}, "too common"),
    ],
)
def test_password_refused(client, alice, given, message):
    client.force_login(alice)

    response = client.post(PASSWORD, {"current": "correct-horse", "new": "battery-st"} | given)

    assert response.status_code == 422
    assert message in response.text
    assert fresh(alice).check_password("correct-horse")


def test_default_entity_is_saved(client, alice):
    client.force_login(alice)

    assert client.post(DEFAULT_ENTITY, {"entity": "alice"}).status_code == 302
    assert fresh(alice).default_entity == alice.entity

    client.post(DEFAULT_ENTITY, {"entity": ""})
    assert fresh(alice).default_entity is None


def test_default_entity_refused_where_one_only_views(client, victor):
    client.force_login(victor)

    assert client.post(DEFAULT_ENTITY, {"entity": "vision"}).status_code == 403


@pytest.mark.parametrize("name", ["vision", "bob", "acme", "nothing"])
def test_default_entity_of_others_is_refused_to_a_stranger(client, charlie, name):
    client.force_login(charlie)

    assert client.post(DEFAULT_ENTITY, {"entity": name}).status_code == 400
    assert fresh(charlie).default_entity is None


def test_preferences_are_saved_and_lead_back(client, alice):
    client.force_login(alice)

    response = client.post(PREFERENCES, {"theme": "dark", "next": "/registry/?a=1"})
    assert response["Location"] == "/registry/?a=1"
    client.post(PREFERENCES, {"language": "ja"})

    alice = fresh(alice)
    assert (alice.theme, alice.language) == ("dark", "ja")
    assert '<html lang="ja" data-theme="dark">' in client.get(URL).text


def test_preferences_system_theme(client, alice):
    alice.theme = "dark"
    alice.save(update_fields=["theme"])
    client.force_login(alice)

    client.post(PREFERENCES, {"theme": "system"})

    assert fresh(alice).theme == ""


def test_preferences_refuse_the_unknown(client, alice):
    client.force_login(alice)

    assert client.post(PREFERENCES, {"theme": "pink"}).status_code == 400
    assert client.post(PREFERENCES, {"language": "xx"}).status_code == 400


def test_preferences_never_leave_this_server(client, alice):
    client.force_login(alice)

    response = client.post(PREFERENCES, {"theme": "dark", "next": "https://evil.example/"})
    assert response["Location"] == URL


@pytest.mark.parametrize("url", [PASSWORD, PREFERENCES, DEFAULT_ENTITY])
def test_only_post_changes(client, alice, url):
    client.force_login(alice)

    assert client.get(url).status_code == 405


@pytest.mark.parametrize("url", [URL, PASSWORD, PREFERENCES, DEFAULT_ENTITY])
def test_anonymous_is_sent_to_login(client, db, url):
    assert client.post(url)["Location"].startswith("/login")
