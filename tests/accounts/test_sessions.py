from django.contrib.sessions.models import Session

from registry_site.accounts.authentication.sessions import SessionStore, stored_key

PAGE = "/settings"


def test_the_key_of_a_browser_is_not_stored(client, alice):
    client.post("/login", {"username": "alice", "password": "correct-horse"})
    key = client.cookies["sessionid"].value
    assert client.get(PAGE).status_code == 200

    assert [row.session_key for row in Session.objects.all()] == [stored_key(key)]
    client.cookies["sessionid"] = stored_key(key)  # what a thief of the database has
    assert client.get(PAGE).status_code == 302


def test_a_session_ends_at_logout(client, alice):
    client.force_login(alice)
    client.post("/logout")
    assert not Session.objects.exists()
    assert client.get(PAGE).status_code == 302


def test_a_session_keeps_its_key_when_it_changes(client, alice):
    client.force_login(alice)
    session = client.session
    session["note"] = 1
    session.save()
    assert session.session_key == client.cookies["sessionid"].value
    assert SessionStore(session.session_key)["note"] == 1
    assert SessionStore().exists(session.session_key)
    assert Session.objects.count() == 1
