"""The list of who can get in agrees with the function that decides, for everybody and each way."""

import itertools

import pytest

from registries.services.access.effective_roles import (
    access_of,
    grant_words,
    people_inside,
)
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Role, highest
from registry_site.accounts.roles import read_roles_of_many
from registry_site.accounts.services.members import set_organization_member
from tests import factories


def rows_of(registry):
    people = list(people_inside(registry).order_by("username").select_related("entity"))
    read_roles_of_many(people)
    return access_of(registry, people)


@pytest.fixture
def crowd(registry, acme, vision, charlie):
    """One person for each way to stand towards the registry."""
    outside = factories.make_organization("Other", charlie="admin")
    factories.make_team("others", outside, charlie="admin")
    people = itertools.product(
        [None, "viewer", "member", "admin"],
        [None, "restricted_viewer", "admin"],
        [None, "viewer", "member"],
    )
    for number, (in_organization, own, through) in enumerate(people):
        user = factories.make_user(f"p{number:02}")
        if in_organization:
            set_organization_member(by=None, organization=acme, user=user, role=in_organization)
        if own:
            registry.project.members.create(user=user, role=own)
        if through:
            team = factories.make_team(f"team{number:02}", acme)
            team.members.create(user=user, role="viewer")
            registry.project.members.create(team=team, role=through)
    return registry


@pytest.mark.parametrize("access", ["organization", "restricted"])
@pytest.mark.parametrize("default", ["restricted_viewer", "viewer", "member"])
def test_the_list_is_everybody_with_a_role(crowd, access, default):
    crowd.project.access, crowd.project.default_role = access, default
    crowd.project.save(update_fields=["access", "default_role"])
    listed = {row.user.username: row.role for row in rows_of(crowd)}
    decided = {user.username: crowd.project.role_of(user) for user in User.objects.all()}
    assert listed == {name: role for name, role in decided.items() if role}
    for user in User.objects.all():
        grants = list(crowd.project.grants(user))
        assert highest(*(grant.role for grant in grants)) == crowd.project.role_of(user)


def test_the_list_says_where_each_role_comes_from(registry, acme, vision, alice, bob, victor, root):
    registry.project.members.create(user=bob, role="viewer")
    registry.project.members.create(team=vision, role="admin")
    found = {row.user.username: row for row in rows_of(registry)}
    assert found["bob"].role == Role.ADMIN
    assert found["bob"].source == "team vision"
    assert found["bob"].others == [
        "Member: default role for everybody in Acme",
        "Viewer: own membership",
    ]
    assert found["alice"].source == "admin of Acme"
    assert found["root"].source == "admin of this server"
    assert not found["root"].is_colleague
    registry.project.members.all().delete()
    victor = next(row for row in rows_of(registry) if row.user == victor)
    assert (victor.role, victor.source) == (
        Role.VIEWER,
        "default role, at most Viewer for view-only members of Acme",
    )


def test_a_closed_account_can_not_get_in(registry, bob):
    bob.is_active = False
    bob.save(update_fields=["is_active"])
    assert bob not in people_inside(registry)


def test_a_thousand_people_in_as_many_queries(registry, acme, django_assert_num_queries):
    people = [factories.make_user(f"p{number}") for number in range(30)]
    acme.members.bulk_create(
        acme.members.model(organization=acme, user=p, role="member") for p in people
    )
    with django_assert_num_queries(3):
        assert len(rows_of(registry)) == 34


def test_words_of_nobody(registry, charlie):
    assert grant_words(registry, factories.fresh(charlie), {}) == []
