"""A form that comes too late is not lost: after a login elsewhere, after the session's end."""

import inspect

import pytest
from django.forms import PasswordInput
from django.test import Client
from django.urls import reverse

from registry_site.accounts.views.interruptions import csrf_failure
from registry_site.http.sent_forms import Field, Sent, seal, unseal
from tests.helpers.forms import fields_of, forms_of, opened
from tests.helpers.htmx import HTMX
from tests.test_consistency import _forms, addresses

OURS = {"Origin": "http://testserver"}
TEXT = "# Iris\r\n\r\nTwo <b>lines & more</b>"
THEIRS = [
    {},
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "https://testserver"},
    {"Origin": "http://testserver.evil.example"},
    {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://testserver", "Sec-Fetch-Site": "same-site"},
]


@pytest.fixture
def browser(alice):
    """A client that has tokens to be right, logged in."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    return client


@pytest.fixture
def edit(collection):
    return f"{collection.get_absolute_url()}/-/edit"


def typed(browser, edit):
    """What the page sends, with the token that it was opened with."""
    page = browser.get(edit)
    token = dict(forms_of(page))[edit]["csrfmiddlewaretoken"]
    return fields_of(page, edit) | {"description": TEXT, "csrfmiddlewaretoken": token}


def log_in_elsewhere(browser):
    """Another tab of the same browser: the token of every page changes."""
    browser.cookies.pop("sessionid", None)
    login = reverse("accounts:login")
    token = dict(forms_of(browser.get(login)))[login]["csrfmiddlewaretoken"]
    given = {"username": "alice", "password": "correct-horse", "csrfmiddlewaretoken": token}
    assert browser.post(login, given, headers=OURS).status_code == 302


def card(collection):
    collection.refresh_from_db()
    return collection.description or ""


@pytest.mark.parametrize("headers", [OURS, OURS | HTMX], ids=["plain", "htmx"])
def test_after_a_login_in_another_tab(browser, collection, edit, headers):
    sent = typed(browser, edit)
    log_in_elsewhere(browser)

    refused = browser.post(edit, sent, headers=headers)

    assert refused.status_code == 403
    assert "no-store" in refused["Cache-Control"]
    assert card(collection) == ""
    assert "Send it again" in refused.text
    if "HX-Request" in headers:
        assert (refused["HX-Retarget"], refused["HX-Reselect"]) == ("#main", "#main")
        assert "closeOverlay" in refused["HX-Trigger"]
    again = dict(forms_of(refused))[edit]
    assert again["description"] == TEXT
    assert again["opened"] == sent["opened"]
    assert browser.post(edit, again, headers=OURS).status_code == 302
    assert card(collection) == TEXT


@pytest.mark.slow
@pytest.mark.parametrize("headers", [OURS, OURS | HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("has_token", [True, False])
def test_after_the_session_ended(browser, collection, edit, headers, has_token):
    sent = typed(browser, edit)
    browser.cookies.pop("sessionid")
    if not has_token:
        browser.cookies.clear()

    asked = browser.post(edit, sent, headers=headers)

    assert asked.status_code == 403
    assert "no-store" in asked["Cache-Control"]
    assert "Your session has ended. What you sent is kept" in asked.text
    login = reverse("accounts:login")
    form = dict(forms_of(asked))[login] | {"username": "alice"}
    wrong = browser.post(login, form | {"password": "wrong"}, headers=OURS)
    assert wrong.status_code == 422
    form = dict(forms_of(wrong))[login] | {"username": "alice", "password": "correct-horse"}
    page = browser.post(login, form, headers=OURS)
    again = dict(forms_of(page))[edit]
    assert again["description"] == TEXT
    assert browser.post(edit, again, headers=OURS).status_code == 302
    assert card(collection) == TEXT


def test_the_login_that_holds_a_text_may_come_too_late_too(browser, collection, edit):
    sent = typed(browser, edit)
    browser.cookies.pop("sessionid")
    asked = browser.post(edit, sent, headers=OURS)
    login = reverse("accounts:login")
    form = dict(forms_of(asked))[login] | {"username": "alice", "password": "correct-horse"}
    log_in_elsewhere(browser)
    page = browser.post(login, form, headers=OURS)
    assert dict(forms_of(page))[edit]["description"] == TEXT
    assert "correct-horse" not in page.text


@pytest.mark.parametrize("headers", THEIRS)
@pytest.mark.parametrize("is_logged_in", [True, False])
def test_nobody_else_fills_the_form_in(browser, collection, edit, headers, is_logged_in):
    if not is_logged_in:
        browser.cookies.clear()
    refused = browser.post(edit, {"name": "evil", "description": TEXT}, headers=headers)
    assert refused.status_code == 403
    assert "evil" not in refused.text
    assert "lines &amp; more" not in refused.text
    assert card(collection) == ""


def test_what_needs_a_token_needs_it_still(browser, collection, edit):
    for _again in range(2):
        sent = {"name": "x", "description": TEXT, "csrfmiddlewaretoken": "X" * 64}
        assert browser.post(edit, sent, headers=OURS).status_code == 403
    assert card(collection) == ""


def test_secrets_are_never_shown_again(browser, client, root):
    secret = "hunter2-hunter2"
    for name, place, data in (
        ("accounts:login", [], {"username": "alice", "password": secret}),
        ("accounts:password", [], {"current": secret, "new": secret}),
        ("accounts:user_create", [], {"username": "x", "password": secret}),
        ("accounts:user_password", ["bob"], {"new": secret}),
    ):
        for each in (browser, Client(enforce_csrf_checks=True), Client()):
            answer = each.post(reverse(name, args=place), data, headers=OURS)
            assert secret not in answer.content.decode()
            assert "Send it again" not in answer.content.decode()


@pytest.mark.slow
def test_every_view_that_takes_a_password_says_so():
    """Only then is what was sent to it not shown again."""
    secret = {
        form.__name__
        for form in _forms()
        if any(isinstance(each.widget, PasswordInput) for each in form.base_fields.values())
    }
    views = {
        name: pattern.callback
        for name, pattern in addresses()
        if any(form in inspect.getsource(inspect.unwrap(pattern.callback)) for form in secret)
    }
    assert {"accounts:login", "accounts:password", "accounts:user_create"} <= views.keys()
    assert not [name for name, view in views.items() if not getattr(view, "holds_secrets", False)]


def test_a_refusal_does_not_take_the_text_along(client, bob, collection, edit):
    client.force_login(bob)
    sent = opened(client, edit, description=TEXT)
    collection.delete()
    page = client.post(edit, sent, headers=OURS)
    assert page.status_code == 404
    assert "lines &amp; more" in page.text
    assert "lines &amp; more" not in client.post(edit, sent).text


def test_a_piece_of_a_page_is_no_place_for_a_login(client, edit):
    headers = HTMX | {"HX-Current-URL": "http://testserver/orgs/Acme/registry/model"}
    assert client.get(edit, headers=headers)["HX-Redirect"].endswith(
        "/login?next=%2Forgs%2FAcme%2Fregistry%2Fmodel"
    )


def test_only_what_was_sealed_is_taken():
    sent = Sent("/x", [Field("a", "b\n"), Field("a", "c")])
    assert unseal(seal(sent)) == sent
    assert unseal("") is unseal("x:y:z") is unseal(seal(sent)[:-1]) is None
    assert seal(None) == ""
    assert csrf_failure
