"""A registry made together with the people and teams that it is for."""

import pytest

from artifacts.models import Project
from registries.models import Registry
from registries.services.members.new_registry import create_registry_with_members
from registry_site.accounts.models import Event
from registry_site.accounts.permissions import Role
from registry_site.errors import Conflict, Denied, Invalid, NotFound
from tests import factories
from tests.factories import fresh


def create(by, organization, **given):
    return create_registry_with_members(
        by=by, organization=organization, **({"name": "secret", "access": "restricted"} | given)
    )


def role_of(user, registry):
    return Project.objects.for_role().get(pk=registry.project_id).role_of(fresh(user))


def test_people_and_teams_come_in_with_the_registry(bob, victor, acme, vision):
    mia = factories.make_user("mia")
    acme.members.create(user=mia, role="member")
    new = create(bob, acme, names=["vision", "Mia"], role="member")

    assert role_of(bob, new.registry) == Role.ADMIN
    assert role_of(mia, new.registry) == role_of(victor, new.registry) == Role.MEMBER
    verbs = Event.objects.filter(kind="registry", subject_id=new.registry.pk).order_by("pk")
    assert [event.verb for event in verbs] == ["create", "add_members"]
    assert verbs[1].after == {"users": ["mia"], "teams": ["vision"], "role": "member"}


def test_without_names_it_is_for_whoever_made_it(bob, victor, acme):
    new = create(bob, acme)
    assert new.added is None
    assert role_of(victor, new.registry) is None


def test_one_wrong_name_and_nothing_is_made(bob, acme):
    with pytest.raises(Invalid, match="Nobody and no team in Acme has the name .*'nobdy'"):
        create(bob, acme, names=["vision", "nobdy"])
    assert not Registry.objects.filter(name="secret").exists()
    assert not Event.objects.filter(kind="registry").exists()
    create(bob, acme, names=["vision"])


def test_a_role_that_is_none_makes_nothing(bob, acme):
    with pytest.raises(Invalid, match="is not a role"):
        create(bob, acme, names=["vision"], role="owner")
    assert not Registry.objects.filter(name="secret").exists()


def test_whoever_makes_it_stays_admin_of_it(bob, acme):
    new = create(bob, acme, names=["bob"], role="viewer")
    assert role_of(bob, new.registry) == Role.ADMIN


def test_admins_bring_in_people_from_outside_and_others_are_told_who_can(alice, bob, charlie, acme):
    with pytest.raises(Invalid, match="only admins of the organization add people from outside"):
        create(bob, acme, names=["charlie"])
    new = create(alice, acme, names=["charlie"])
    assert new.added.let_in == ["charlie"]
    assert role_of(charlie, new.registry) == Role.VIEWER


def test_made_twice_is_a_conflict(bob, acme):
    create(bob, acme, names=["vision"])
    with pytest.raises(Conflict, match="already has a registry"):
        create(bob, acme, names=["vision"])


def test_who_may_make_one(victor, charlie, acme):
    with pytest.raises(Denied):
        create(victor, acme, names=["vision"])
    with pytest.raises(NotFound):
        create(charlie, acme, names=["vision"])
