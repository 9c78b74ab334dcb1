import pytest

from artifacts.models import ProjectMember
from registries.models import Registry
from tests import factories
from tests.helpers.forms import fields_of, opened
from tests.helpers.htmx import HTMX
from tests.helpers.queries import count_queries

URL = "/orgs/Acme/registry/-/new"
PAGE = "/orgs/Acme/registry/secret"


@pytest.mark.slow
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_a_restricted_registry_for_a_team(client, bob, victor, vision, headers):
    client.force_login(bob)
    sent = opened(client, URL, name="secret", access="restricted", names="vision", role="member")
    response = client.post(URL, sent, headers=headers)
    assert response.get("HX-Redirect", response.get("Location")) == PAGE
    page = client.get(PAGE).text
    assert "Registry secret created." in page
    assert "Given the role Member in the registry secret: vision." in page
    client.force_login(victor)
    assert client.get(PAGE).status_code == 200


def test_several_chosen_and_typed_at_once(client, bob, acme, vision):
    mia = factories.make_user("mia")
    acme.members.create(user=mia, role="member")
    client.force_login(bob)
    sent = opened(client, URL, name="secret", access="restricted") | {
        "names": ["vision", "mia, alice"]
    }
    client.post(URL, sent)
    members = ProjectMember.objects.filter(project__registry__name="secret")
    assert sorted(str(member) for member in members) == [
        "alice: viewer",
        "bob: admin",
        "mia: viewer",
        "vision: viewer",
    ]


def test_a_wrong_name_comes_back_with_the_form(client, bob, acme):
    client.force_login(bob)
    sent = opened(client, URL, name="secret", names="vision, nobdy", description="Kept")
    response = client.post(URL, sent)
    assert response.status_code == 422
    assert "Nobody and no team in Acme has the name or e-mail address &#x27;nobdy&#x27;" in (
        response.text
    )
    shown = fields_of(response, URL)
    assert (shown["names"], shown["description"]) == ("vision, nobdy", "Kept")
    assert not Registry.objects.exists()


def test_the_api_and_old_forms_name_nobody(client, bob, acme):
    client.force_login(bob)
    client.post(URL, {"name": "secret", "access": "organization", "types": "all"})
    assert Registry.objects.get().project.members.count() == 1


def test_who_may_not_make_one(client, victor, charlie, acme):
    assert client.get(URL)["Location"].startswith("/login")
    for user, status in ((victor, 403), (charlie, 404)):
        client.force_login(user)
        assert client.get(URL).status_code == status
        assert client.post(URL, {"name": "x"}).status_code == status


def test_the_form_asks_no_more_in_a_large_organization(client, bob, acme):
    client.force_login(bob)
    one = count_queries(client, URL)
    for number in range(20):
        acme.members.create(user=factories.make_user(f"person{number}"), role="member")
    assert count_queries(client, URL) == one
