"""The page “Explain access”: for admins about everybody, for others about themselves."""

import pytest
from django.urls import reverse

from tests.helpers.htmx import assert_swap_equals_reload, htmx

WHY = reverse("registries:why", args=["Acme", "model"])


@pytest.mark.slow
def test_an_admin_asks_about_anybody(client, alice, bob, collection):
    client.force_login(alice)
    page = client.get(WHY)
    assert "Name somebody above" in page.text
    query = {"names": "bob, victor", "collection": "iris-classifier"}
    page = client.get(WHY, query)
    assert "bob can link versions here: Member, default role for everybody in Acme" in page.text
    assert "bob can delete the collection iris-classifier" in page.text
    assert "<code>production</code> is protected, which needs Admin (has Member" in page.text
    assert "victor can&#x27;t link versions here" in page.text
    assert_swap_equals_reload(
        client.get(WHY, query, headers=htmx(target="answers")), page, "answers"
    )
    one = client.get(WHY, query | {"do": "alias", "alias": "staging"})
    assert "bob can set and move the alias <code>staging</code>" in one.text
    assert "bob can link" not in one.text


@pytest.mark.slow
def test_others_ask_about_themselves(client, bob, registry):
    client.force_login(bob)
    page = client.get(WHY)
    assert "bob can link versions here" in page.text
    assert client.get(WHY, {"names": "BOB"}).status_code == 200
    for name in ("victor", "nobody", "bob,victor"):
        assert client.get(WHY, {"names": name}).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        {"names": "nobody"},
        {"names": "vision"},
        {"names": "bob", "do": "fly"},
        {"names": "<script>alert(1)</script>"},
        {"names": "bob", "alias": "x" * 200},
        {"names": "a,b,c,d,e,f"},
    ],
)
def test_what_can_not_be_asked_is_refused(client, alice, registry, vision, query):
    client.force_login(alice)
    answer = client.get(WHY, query)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("alias", ["v1", "a/b", "latest", "*", "%", "ü" * 100])
def test_any_alias_can_be_asked_about(client, alice, registry, alias):
    client.force_login(alice)
    query = {"names": "bob", "alias": alias, "collection": "no-such", "version": "v9"}
    assert client.get(WHY, query).status_code == 200


@pytest.mark.slow
def test_menus_of_admins_lead_there(client, alice, bob, collection):
    page = f"{collection.get_absolute_url()}"
    client.force_login(alice)
    assert f"{WHY}?collection=iris-classifier" in client.get(page).text
    assert f"{WHY}?names=bob" in client.get("/orgs/Acme/registry/model/settings/members").text
    client.force_login(bob)
    assert "/-/why" not in client.get(page).text


def test_a_stranger_finds_nothing(client, charlie, registry):
    assert client.get(WHY).status_code == 302
    client.force_login(charlie)
    assert client.get(WHY, {"names": "charlie"}).status_code == 404
