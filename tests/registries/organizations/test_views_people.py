import pytest
from django.urls import reverse

from artifacts.models import ProjectMember
from registries.services.registry.creation import create_registry
from registry_site.accounts.models import Event, OrganizationMember
from registry_site.accounts.services.invitations import invite
from registry_site.accounts.services.keys.service_accounts import create_service_account
from tests import factories
from tests.helpers.forms import fields_of
from tests.helpers.htmx import assert_swap_equals_reload, htmx
from tests.helpers.queries import count_queries

PEOPLE = reverse("registries:organization_people", args=["Acme"])


def remove_url(username):
    return reverse("registries:organization_member_remove", args=["Acme", username])


@pytest.mark.slow
def test_people_are_listed_for_everybody_inside(client, alice, bob, victor, vision):
    create_service_account(by=alice, team=vision, description="CI")
    client.force_login(victor)
    page = client.get(PEOPLE)
    assert page.text.partition('id="teams"')[0].count("<tr>") == 5
    assert "Service account" in page.text
    assert "Remove" not in page.text
    client.force_login(alice)
    page = client.get(PEOPLE)
    assert "Remove bob" in page.text
    assert_swap_equals_reload(client.get(PEOPLE, headers=htmx(target="people")), page, "people")


@pytest.mark.slow
def test_people_in_as_many_queries(client, alice, acme):
    def add(numbers):
        for number in numbers:
            person = factories.make_user(f"p{number}")
            OrganizationMember.objects.create(organization=acme, user=person, role="member")
            factories.make_team(f"t{number}", acme)

    client.force_login(alice)
    add(range(1))
    before = count_queries(client, PEOPLE)
    add(range(1, 21))
    assert count_queries(client, PEOPLE) == before


def test_people_lead_to_the_display_name(client, alice, acme):
    client.force_login(alice)
    assert client.get("/orgs/acme")["Location"] == PEOPLE
    former = reverse("registries:organization_people_former", args=["Acme"])
    assert client.get(former)["Location"] == PEOPLE == "/orgs/Acme"
    assert client.post(former).status_code == 405


def test_teams_are_listed_and_open_for_those_in_them(client, alice, victor, bob, acme, vision):
    factories.make_team("nlp", acme, bob="admin")
    client.force_login(victor)
    page = client.get(PEOPLE)
    assert 'href="/vision"' in page.text
    assert "nlp" in page.text
    assert 'href="/nlp"' not in page.text
    assert "Create team" not in page.text
    swapped = client.get(PEOPLE, headers=htmx(target="teams"))
    assert_swap_equals_reload(swapped, page, "teams")
    client.force_login(alice)
    page = client.get(PEOPLE)
    for text in ("Create team", "Assign role", "Legal holds", 'href="/nlp"'):
        assert text in page.text


def test_invitations_that_wait_are_for_admins(client, alice, bob, vision):
    invite(by=alice, team=vision, email="dora@example.com")
    client.force_login(alice)
    assert "dora@example.com" in client.get(PEOPLE).text
    client.force_login(bob)
    assert "dora@example.com" not in client.get(PEOPLE).text


@pytest.mark.slow
def test_a_role_is_changed_in_its_row(client, alice, bob, acme):
    client.force_login(alice)
    sent = fields_of(client.get(PEOPLE), PEOPLE, username="bob") | {"role": "viewer"}
    assert client.post(PEOPLE, sent)["Location"] == PEOPLE
    assert acme.members.get(user=bob).role == "viewer"
    refused = client.post(PEOPLE, sent | {"role": "admin"})  # opened before that
    assert refused.status_code == 409
    assert client.post(PEOPLE, sent | {"username": "nobody"}).status_code == 422
    client.force_login(bob)
    assert client.post(PEOPLE, sent | {"role": "admin"}).status_code == 403
    assert acme.members.get(user=bob).role == "viewer"


def test_person_leaves_teams_and_registries_as_well(client, alice, bob, vision, acme):
    vault = create_registry(by=alice, organization=acme, name="Vault", access="restricted")
    ProjectMember.objects.create(project=vault.project, user=bob, role="admin")
    other = factories.make_organization("Other", bob="member")
    client.force_login(alice)

    assert "Remove bob from Acme" in client.get(remove_url("bob")).text
    assert client.post(remove_url("bob"), headers=htmx())["HX-Redirect"] == PEOPLE

    bob = factories.fresh(bob)
    assert list(bob.roles.organizations) == [other.pk]
    assert not bob.roles.teams
    assert vault.project.role_of(bob) is None
    removed = Event.objects.filter(actor=alice, verb="remove_member").order_by("pk")
    assert [event.kind for event in removed] == ["team", "organization"]
    assert Event.objects.filter(verb="remove_members", kind="registry").exists()
    client.force_login(bob)
    assert client.get("/vision").status_code == client.get(PEOPLE).status_code == 404


def test_only_admin_stays(client, alice, acme):
    client.force_login(alice)
    page = client.get(remove_url("alice"))
    assert "only admin of Acme" in page.text
    assert "button-danger" not in page.text
    assert client.post(remove_url("alice")).status_code == 409
    assert acme.members.filter(user=alice).exists()


def test_an_admin_may_leave_while_another_stays(client, alice, bob, acme):
    factories.set_organization_member(by=None, organization=acme, user=bob, role="admin")
    client.force_login(alice)
    assert client.post(remove_url("alice"))["Location"] == "/"
    assert not acme.members.filter(user=alice).exists()


def test_service_account_removed_is_closed(client, alice, vision):
    service = create_service_account(by=alice, team=vision, description="CI")
    client.force_login(alice)
    client.post(remove_url(service.username))
    service.refresh_from_db()
    assert not service.is_active
    assert not service.team_members.exists()


@pytest.mark.parametrize(
    ("person", "status"), [("bob", 403), ("victor", 403), ("charlie", 404), (None, 302)]
)
def test_removing_is_for_admins(client, request, acme, person, status):
    if person:
        client.force_login(request.getfixturevalue(person))
    assert client.post(remove_url("victor")).status_code == status
    assert acme.members.count() == 3


def test_nobody_is_removed(client, alice, charlie, acme):
    client.force_login(alice)
    for name in ("charlie", "nobody"):
        assert client.post(remove_url(name)).status_code == 404
