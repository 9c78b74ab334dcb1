import pytest
from django.urls import reverse

from registry_site.accounts.models import TeamMember
from registry_site.accounts.services.invitations import invite
from registry_site.accounts.services.keys.service_accounts import create_service_account
from tests import factories
from tests.helpers.htmx import assert_swap_equals_reload, htmx


def entity_url(name):
    return reverse("artifacts:entity_detail", args=[name])


SETTINGS = "/vision/settings"


def test_team_detail(client, bob, project):
    client.force_login(bob)
    response = client.get("/vision")
    assert response.status_code == 200
    text = response.content.decode()
    assert 'data-copy="vision"' in text
    assert project.get_absolute_url() in text
    assert "View-only" in text
    assert "Team settings" not in text


def test_team_detail_when_empty_shows_how_to_log(client, alice, vision):
    client.force_login(alice)
    text = client.get("/vision").content.decode()
    assert "No projects yet" in text
    assert 'data-copy="import wandb' in text


def test_team_detail_for_a_stranger(client, charlie, vision):
    client.force_login(charlie)
    assert client.get("/vision").status_code == 404
    assert client.get("/nobody").status_code == 404


def test_team_detail_for_anonymous(client, vision):
    response = client.get("/vision")
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("accounts:login"))


def test_team_detail_refuses_post(client, alice, vision):
    client.force_login(alice)
    assert client.post("/vision").status_code == 405


@pytest.mark.parametrize("rows", [1, 50])
def test_team_detail_queries(client, alice, acme, rows, django_assert_num_queries):
    team = factories.make_team("many", acme, alice="admin")
    for number in range(rows):
        factories.make_project(team, f"p{number}")
        user = factories.make_user(f"user{number}")
        TeamMember.objects.create(team=team, user=user, role="member")
    client.force_login(alice)
    with django_assert_num_queries(10):
        client.get("/many")


def test_team_detail_pages_swap_as_they_load(client, alice, vision):
    for number in range(51):
        factories.make_project(vision, f"p{number:02}")
    client.force_login(alice)
    page = client.get("/vision")
    url = page.context["page"].projects.next_url
    swapped = client.get(url, headers=htmx(target="projects"))
    assert_swap_equals_reload(swapped, client.get(url), "projects")
    members = client.get("/vision", headers=htmx(target="members"))
    assert_swap_equals_reload(members, page, "members")


def test_organization_leads_to_its_registries(client, alice, acme):
    client.force_login(alice)
    response = client.get(entity_url("acme"))
    assert response.status_code == 302
    assert response["Location"] == reverse("registries:organization_home", args=["Acme"])


def test_user_detail(client, alice, bob, charlie):
    factories.make_project(bob, "own")
    client.force_login(bob)
    text = client.get("/bob").content.decode()
    assert "/bob/own" in text
    assert "/vision" in text
    assert "can't be linked to a registry" in text
    client.force_login(alice)
    text = client.get("/bob").content.decode()
    assert "/bob/own" not in text  # personal projects are the person's own
    client.force_login(charlie)
    assert client.get("/bob").status_code == 404
    assert "You are in no team yet" in client.get("/charlie").content.decode()


def test_team_detail_lists_service_accounts_and_invitations(client, alice, bob, vision):
    create_service_account(by=alice, team=vision, description="CI")
    invite(by=alice, team=vision, email="dora@example.com")
    client.force_login(bob)
    text = client.get("/vision").content.decode()
    assert "Service account" in text
    assert "dora@example.com" in text
    assert "Withdraw" not in text
    client.force_login(alice)
    assert "Withdraw" in client.get("/vision").content.decode()
    assert "Service account" in client.get("/vision-ci").content.decode()
