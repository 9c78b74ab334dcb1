"""The tab Members: giving access, roles in place, taking away, and who sees what of it."""

import json
import re

import pytest
from django.urls import reverse

from registry_site.accounts.models import Event
from tests import factories
from tests.helpers.forms import fields_of
from tests.helpers.htmx import HTMX, assert_swap_equals_reload, htmx
from tests.helpers.queries import count_queries

MEMBERS = "/orgs/Acme/registry/model/settings/members"
ROLES = ["restricted_viewer", "viewer", "member", "admin"]


def role_of(registry, name):
    member = registry.project.members.filter(user__username=name).first()
    member = member or registry.project.members.filter(team__entity__name=name).first()
    return member and member.role


@pytest.mark.slow
def test_several_people_and_teams_come_in_at_once(client, alice, registry, vision):
    client.force_login(alice)
    sent = {"names": "bob, victor vision", "role": "member"}
    answer = client.post(MEMBERS, sent, follow=True)
    assert answer.redirect_chain == [(MEMBERS, 302)]
    assert "Given the role Member in the registry model: bob, victor, vision." in answer.text
    assert [role_of(registry, name) for name in ("bob", "victor", "vision")] == ["member"] * 3
    answer = client.post(MEMBERS, sent | {"role": "admin", "names": ["bob"]}, headers=HTMX)
    assert answer["HX-Redirect"] == MEMBERS
    assert role_of(registry, "bob") == "member"
    assert "unchanged: bob (Member)" in client.get(MEMBERS).text


@pytest.mark.slow
def test_an_unknown_name_adds_nobody(client, alice, registry):
    client.force_login(alice)
    for headers in ({}, HTMX):
        sent = {"names": "bob, nobody", "role": "member"}
        answer = client.post(MEMBERS, sent, headers=headers)
        assert answer.status_code == 422
        assert "&#x27;nobody&#x27;" in answer.text
        assert 'value="bob, nobody"' in answer.text
    assert not registry.project.members.exists()
    assert client.post(MEMBERS, {"names": " ", "role": "member"}).status_code == 422
    assert client.post(MEMBERS, {"names": "bob", "role": "owner"}).status_code == 422


def test_an_admin_of_the_organization_brings_people_in(client, alice, charlie, registry):
    client.force_login(alice)
    answer = client.post(MEMBERS, {"names": "charlie", "role": "viewer"}, follow=True)
    assert "charlie came into Acme from outside, as view-only" in answer.text


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bob", "vision"])
def test_a_role_is_changed_in_its_row(client, alice, registry, vision, bob, name):
    given = {"team": vision} if name == "vision" else {"user": bob}
    registry.project.members.create(role="viewer", **given)
    client.force_login(alice)
    sent = fields_of(client.get(MEMBERS), MEMBERS, name=name) | {"role": "member"}
    assert client.post(MEMBERS, sent)["Location"] == MEMBERS
    assert role_of(registry, name) == "member"
    change = Event.objects.get(verb="set_role", kind="registry")
    assert (change.before["role"], change.after["role"]) == ("viewer", "member")
    filtered = f"{MEMBERS}?q={name}"
    sent = fields_of(client.get(filtered), filtered, name=name) | {"role": "admin"}
    answer = client.post(filtered, sent, headers=htmx(target="lists"))
    assert f"{name} now has the role Admin" in answer.text
    assert_swap_equals_reload(answer, client.get(filtered), "lists")


@pytest.mark.slow
def test_a_role_that_another_admin_changed_meanwhile_is_not_overwritten(
    client, alice, registry, bob
):
    member = registry.project.members.create(role="viewer", user=bob)
    client.force_login(alice)
    sent = fields_of(client.get(MEMBERS), MEMBERS, name="bob") | {"role": "member"}
    member.role = "admin"
    member.save(update_fields=["role"])
    refused = client.post(MEMBERS, sent)
    assert refused.status_code == 409
    assert role_of(registry, "bob") == "admin"
    again = fields_of(refused, MEMBERS, name="bob", role="member")
    client.post(MEMBERS, again)
    assert role_of(registry, "bob") == "member"


def test_the_address_of_a_removal(registry):
    url = reverse("registries:settings_member_remove", args=["Acme", "model", "bob"])
    assert url == f"{MEMBERS}/bob/remove"


def test_members_are_removed_after_a_question(client, alice, registry, bob, vision):
    registry.project.members.create(role="viewer", user=bob)
    registry.project.members.create(role="viewer", team=vision)
    client.force_login(alice)
    for name in ("bob", "vision"):
        url = f"{MEMBERS}/{name}/remove"
        assert f"Remove {name} from model" in client.get(url, headers=HTMX).text
        assert client.post(url)["Location"] == MEMBERS
        assert client.post(url).status_code == 404
    assert not registry.project.members.exists()


def test_who_takes_themselves_off_is_led_away(client, bob, alice, registry):
    registry.project.access = "restricted"
    registry.project.save(update_fields=["access"])
    registry.project.members.create(role="admin", user=bob)
    client.force_login(bob)
    assert client.post(f"{MEMBERS}/bob/remove")["Location"] == "/orgs/Acme/registry/"
    assert client.get(MEMBERS).status_code == 404


@pytest.mark.parametrize(
    ("person", "status"), [("bob", 403), ("victor", 403), ("charlie", 404), (None, 302)]
)
def test_changing_is_for_admins(client, request, registry, alice, person, status):
    registry.project.members.create(role="viewer", user=alice)
    if person:
        client.force_login(request.getfixturevalue(person))
    assert client.post(f"{MEMBERS}/alice/remove").status_code == status
    sent = {"names": "victor", "role": "admin"}
    answer = client.post(MEMBERS, sent)
    assert answer.status_code == status
    sent = {"name": "alice", "role": "admin", "opened": ""}
    assert client.post(MEMBERS, sent).status_code == status
    assert role_of(registry, "alice") == "viewer"
    assert role_of(registry, "victor") is None


def test_readers_see_both_lists_without_forms(client, alice, victor, registry):
    registry.project.members.create(role="viewer", user=alice)
    client.force_login(victor)
    page = client.get(MEMBERS)
    assert "Role that counts" in page.text
    assert "Grant access" not in page.text
    assert "Save role" not in page.text


@pytest.mark.slow
def test_the_filter_names_people_and_teams(client, alice, bob, registry, vision):
    registry.project.members.create(role="viewer", user=bob)
    registry.project.members.create(role="viewer", team=vision)
    client.force_login(alice)
    rows = client.get(f"{MEMBERS}/-/members.json", {"q": "VIS"})
    assert [row["team"] for row in json.loads(b"".join(rows))] == ["vision"]
    page = client.get(MEMBERS, {"q": "VIC"})
    assert "victor" in page.text
    assert ">bob<" not in page.text
    swapped = client.get(MEMBERS, {"q": "VIC"}, headers=htmx(target="lists"))
    assert_swap_equals_reload(swapped, page, "lists")
    assert "Nobody with access" in client.get(MEMBERS, {"q": "%"}).text
    rows = client.get(f"{MEMBERS}/-/access.json", {"q": "vic"})
    rows = json.loads(b"".join(rows))
    assert [(row["username"], row["role"]) for row in rows] == [("victor", "viewer")]


@pytest.mark.slow
def test_members_in_as_many_queries(client, alice, acme, registry):
    client.force_login(alice)

    def add(numbers):
        for number in numbers:
            user = factories.make_user(f"p{number}")
            acme.members.create(user=user, role="member")
            registry.project.members.create(user=user, role="viewer")
            team = factories.make_team(f"t{number}", acme)
            registry.project.members.create(team=team, role="viewer")

    add(range(1))
    before = count_queries(client, MEMBERS)
    add(range(1, 21))
    assert count_queries(client, MEMBERS) == before


def opened_of(page, url):
    """What the entry of a menu sends: with which owner the page was opened."""
    form = page.text.partition(f'action="{url}"')[2]
    return {"opened": re.search(r'name="opened" value="([^"]+)"', form)[1]}


@pytest.mark.slow
def test_somebody_is_made_owner(client, alice, bob, registry, vision):
    registry.project.members.create(user=bob, role="viewer")
    registry.project.members.create(team=vision, role="viewer")
    url = reverse("registries:settings_member_owner", args=["Acme", "model", "bob"])
    client.force_login(bob)
    assert client.post(url).status_code == 403
    client.force_login(alice)
    page = client.get(MEMBERS)
    assert f'action="{url}"' in page.text
    assert client.post(url, opened_of(page, url))["Location"] == MEMBERS
    registry.refresh_from_db()
    assert registry.owner == bob
    assert f'action="{url}"' not in client.get(MEMBERS).text
    assert client.post(f"{MEMBERS}/vision/owner").status_code == 400
    assert client.post(f"{MEMBERS}/victor/owner").status_code == 404
    registry.project.members.create(user=alice, role="admin")
    other = opened_of(client.get(MEMBERS), f"{MEMBERS}/alice/owner")
    registry.owner = None
    registry.save(update_fields=["owner"])
    assert client.post(f"{MEMBERS}/alice/owner", other).status_code == 409


def test_roles_are_in_the_language_of_the_reader(client, alice, registry):
    client.force_login(alice)
    client.cookies["django_language"] = "ja"
    url = reverse("registries:settings_members", args=["Acme", "model"])
    page = client.get(url, headers={"Accept-Language": "ja"}).content.decode()
    assert '<option value="viewer" selected>閲覧者</option>' in page
