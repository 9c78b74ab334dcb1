import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from registry_site.accounts.models import FailedLogin
from registry_site.accounts.services.logins import ATTEMPTS, COUNTED

URL = reverse("accounts:login")
GOOD = {"username": "alice", "password": "correct-horse"}


def test_login_works_whatever_the_capitals(client, cast):
    response = client.post(URL, GOOD | {"username": "ALICE"})

    assert response.status_code == 302
    assert response["Location"] == reverse("registries:home")
    assert client.get(reverse("accounts:settings")).status_code == 200


def test_login_page_is_open_to_all(client, db):
    response = client.get(URL)

    assert response.status_code == 200
    assert "Sign up" not in response.text


def test_login_refused_names_neither_what_was_wrong(client, cast):
    for given in ({"password": "another"}, {"username": "nobody"}):
        response = client.post(URL, GOOD | given)
        assert response.status_code == 422
        assert "belong together" in response.text


def test_login_refused_without_usable_password(client, bob):
    bob.set_unusable_password()
    bob.save(update_fields=["password"])

    assert client.post(URL, {"username": "bob", "password": ""}).status_code == 422


def test_login_refused_when_closed(client, bob):
    bob.is_active = False
    bob.save(update_fields=["is_active"])

    assert client.post(URL, GOOD | {"username": "bob"}).status_code == 422


def fail(client, times, **given):
    for _ in range(times):
        client.post(URL, GOOD | {"password": "guess"} | given)


def test_login_is_throttled_per_name(client, cast):
    fail(client, ATTEMPTS)

    response = client.post(URL, GOOD)
    assert response.status_code == 422
    assert "Wait five minutes" in response.text
    assert client.post(URL, GOOD | {"username": "bob"}).status_code == 302


def test_login_is_throttled_whichever_process_answers(client, cast):
    """Each process has a cache of its own, so that nothing may be counted there."""
    fail(client, ATTEMPTS - 1)
    cache.clear()
    fail(client, 1, username="ALICE")

    assert client.post(URL, GOOD).status_code == 422


@pytest.mark.slow
def test_login_is_open_again_after_a_while(client, cast):
    fail(client, ATTEMPTS)
    FailedLogin.objects.update(at=timezone.now() - COUNTED)

    fail(client, 1)
    assert not FailedLogin.objects.filter(at__lte=timezone.now() - COUNTED).exists()
    assert client.post(URL, GOOD).status_code == 302


def test_failed_logins_keep_nothing_that_was_typed(client, cast):
    fail(client, 1, username="my-secret-password")

    assert "my-secret-password" not in str(FailedLogin.objects.values())


def test_login_goes_to_next(client, cast):
    assert client.post(URL, GOOD | {"next": "/registry/"})["Location"] == "/registry/"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_login_never_leaves_this_server(client, cast, target):
    assert client.get(URL, {"next": target}).context["page"].next == "/"
    assert client.post(URL, GOOD | {"next": target})["Location"] == "/"


def test_login_when_logged_in_goes_on(client, alice):
    client.force_login(alice)

    assert client.get(URL, {"next": "/registry/"})["Location"] == "/registry/"


def test_login_rotates_the_session(client, cast):
    session = client.session
    session["planted"] = "by someone else"
    session.save()
    planted = session.session_key

    client.post(URL, GOOD)

    assert client.session.session_key != planted


def test_login_wrong_method(client, db):
    assert client.put(URL).status_code == 405


def test_anonymous_is_sent_to_login(client, db):
    response = client.get("/settings?a=1")

    assert response["Location"] == f"{URL}?next=/settings%3Fa%3D1"


def test_logout_ends_the_session(client, alice):
    client.force_login(alice)

    assert client.post(reverse("accounts:logout"))["Location"] == URL
    assert client.get(reverse("accounts:settings")).status_code == 302


def test_logout_wrong_method(client, alice):
    client.force_login(alice)

    assert client.get(reverse("accounts:logout")).status_code == 405


SIGNUP = {"username": "dora", "email": "", "password": "a-long-password"}


def test_signup_is_closed(client, db):
    for answer in (client.get(reverse("accounts:signup")), client.post("/signup", SIGNUP)):
        assert answer.status_code == 404


def test_signup_works_where_open(client, db, settings):
    settings.SIGNUP = True

    assert "Sign up" in client.get(URL).text
    assert client.get("/signup").status_code == 200
    assert client.post("/signup", SIGNUP)["Location"] == "/"
    assert client.get("/settings").status_code == 200


@pytest.mark.parametrize(
    "given", [{"username": "alice"}, {"username": "a b"}, {"password": "short"}, {"email": "x"}]
)
def test_signup_refuses_what_the_rules_refuse(client, cast, settings, given):
    settings.SIGNUP = True

    assert client.post("/signup", SIGNUP | given).status_code == 422
