import pytest
from django.urls import reverse

from registry_site.accounts.models import Organization
from tests.registries.home.test_views_home import ACME

NEW_ORGANIZATION = reverse("registries:organization_create")


# ------------------------------------------------------------------ a new registry

NEW = ACME + "-/new"
FORM = {
    "name": "Fraud",
    "description": "",
    "access": "restricted",
    "types": "all",
    "type_names": "",
}


def test_registry_is_created_by_plain_post(client, bob, acme):
    client.force_login(bob)

    response = client.post(NEW, FORM | {"types": "some", "type_names": "model, eval ,model"})

    assert response["Location"] == "/orgs/Acme/registry/Fraud"
    project = acme.registries.get(name="Fraud").project
    assert project.access == "restricted"
    assert project.accepted_type_names == ["eval", "model"]
    assert "Registry Fraud created." in client.get(response["Location"]).text


def test_registry_is_created_from_the_overlay(client, bob, acme):
    client.force_login(bob)
    htmx = {"HX-Request": "true"}

    assert "<dialog" in client.get(NEW, headers=htmx).text
    assert "<html" not in client.get(NEW, headers=htmx).text
    assert client.post(NEW, FORM, headers=htmx)["HX-Redirect"] == "/orgs/Acme/registry/Fraud"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "a/b"}, "is not possible"),
        ({"types": "some"}, "Name at least one type"),
        ({"types": "all", "type_names": "model"}, "leave the types empty"),
        ({"types": "some", "type_names": "a/b"}, "is not possible"),
        ({"access": "public"}, "Select a valid choice"),
    ],
)
def test_registry_refused_shows_the_form_again(client, bob, acme, given, message):
    client.force_login(bob)

    for headers in ({}, {"HX-Request": "true"}):
        response = client.post(NEW, FORM | given, headers=headers)
        assert response.status_code == 422
        assert message in response.text
    assert not acme.registries.exists()


def test_registry_is_not_created_by_viewers_nor_strangers(client, victor, charlie, acme):
    for user, status in ((victor, 403), (charlie, 404)):
        client.force_login(user)
        assert client.get(NEW).status_code == status
        assert client.post(NEW, FORM).status_code == status
    assert not acme.registries.exists()


# ------------------------------------------------------------------ a new organization


def test_organization_is_created_with_its_registries(client, root):
    client.force_login(root)

    response = client.post(NEW_ORGANIZATION, {"name": "Flower Lab", "entity_name": "flowers"})

    assert response["Location"] == reverse("accounts:people")
    organization = Organization.objects.get(entity__name="flowers")
    assert organization.registries.count() == 2


def test_organization_refused_shows_the_form_again(client, root):
    client.force_login(root)

    response = client.post(NEW_ORGANIZATION, {"name": "acme", "entity_name": ""})
    assert response.status_code == 422
    assert "already is an organization" in response.text


def test_organization_is_made_by_server_admins_only(client, alice):
    assert client.get(NEW_ORGANIZATION)["Location"].startswith("/login")
    client.force_login(alice)
    assert client.get(NEW_ORGANIZATION).status_code == 403
    assert client.post(NEW_ORGANIZATION, {"name": "New"}).status_code == 403
    assert client.put(NEW_ORGANIZATION).status_code == 405
