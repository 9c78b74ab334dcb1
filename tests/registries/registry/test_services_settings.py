"""Default role, owner and look of a registry, who loses access, and edits that cross."""

from datetime import timedelta

import pytest
from django.utils import timezone

from artifacts.models import Download, Project
from registries.models import Registry
from registries.services.access.access_loss import access_loss_of
from registries.services.registry.creation import create_registry
from registries.services.registry.settings import read_settings, update_registry
from registry_site.accounts.models import Event
from registry_site.accounts.permissions import Role
from registry_site.accounts.services.keys.service_accounts import create_service_account
from registry_site.errors import Conflict, Denied, Invalid, NotFound
from registry_site.texts.edits import Unread, read_opened, write_opened
from tests import factories
from tests.factories import fresh


@pytest.fixture
def custom(bob, acme):
    """Bob's registry, which everyone in Acme sees."""
    return create_registry(by=bob, organization=acme, name="fraud")


def last_event(registry):
    return Event.objects.filter(kind="registry", subject_id=registry.pk).order_by("-pk").first()


def role_of(user, registry):
    return Project.objects.for_role().get(pk=registry.project_id).role_of(fresh(user))


@pytest.mark.parametrize("role", ["restricted_viewer", "viewer", "member"])
def test_the_default_role_counts_at_once(bob, acme, custom, role):
    person = factories.make_user("mia")
    acme.members.create(user=person, role="member")
    update_registry(by=bob, registry=custom, default_role=role)
    assert role_of(person, custom) == role


def test_a_change_of_the_default_role_is_an_event(bob, custom):
    update_registry(by=bob, registry=custom, default_role="member")
    event = last_event(custom)
    assert (event.verb, event.before, event.after) == (
        "update",
        {"default_role": "viewer"},
        {"default_role": "member"},
    )
    update_registry(by=bob, registry=custom, default_role="member")
    assert last_event(custom) == event


@pytest.mark.parametrize("role", ["admin", "", "owner"])
def test_roles_that_no_default_can_be(bob, custom, role):
    with pytest.raises(
        Invalid, match="not a default role: give restricted_viewer, viewer or member"
    ):
        update_registry(by=bob, registry=custom, default_role=role)


def test_core_registries_have_a_default_role_too(alice, victor, registry):
    update_registry(by=alice, registry=registry.project.registry, default_role="restricted_viewer")
    assert role_of(victor, registry.project.registry) == Role.RESTRICTED_VIEWER


def test_a_restricted_registry_has_no_default_role(bob, custom):
    update_registry(by=bob, registry=custom, access="restricted")
    update_registry(by=bob, registry=custom, default_role="viewer")  # what it is
    with pytest.raises(Conflict, match="it is restricted, so only its members see it"):
        update_registry(by=bob, registry=custom, default_role="member")


def test_the_owner_is_a_name_and_gives_no_right(bob, victor, custom):
    found = update_registry(by=bob, registry=custom, owner="Victor")
    assert found.owner == victor
    assert role_of(victor, custom) == Role.VIEWER
    assert last_event(custom).after == {"owner": "victor"}
    assert update_registry(by=bob, registry=custom, owner="").owner is None


@pytest.mark.parametrize("name", ["charlie", "nobody", "x" * 500])
def test_an_owner_is_of_the_organization(bob, custom, charlie, name):
    with pytest.raises(Invalid, match="a registry's owner is a person of Acme"):
        update_registry(by=bob, registry=custom, owner=name)
    assert Registry.objects.get(pk=custom.pk).owner == bob


def test_a_service_account_owns_nothing(alice, bob, vision, custom):
    service = create_service_account(by=alice, team=vision, description="Nightly")
    with pytest.raises(Invalid, match="can't be the owner"):
        update_registry(by=bob, registry=custom, owner=service.username)


def test_icon_and_colour_come_from_the_palette(bob, custom):
    found = update_registry(by=bob, registry=custom, icon="shield", colour="teal")
    assert (found.icon, found.colour) == ("shield", "teal")
    assert last_event(custom).before == {"icon": "library", "colour": "slate"}
    for wrong in ({"icon": "skull"}, {"colour": "#ff0000"}):
        with pytest.raises(Invalid, match="is none of the choices"):
            update_registry(by=bob, registry=custom, **wrong)


def test_all_or_nothing(bob, custom):
    with pytest.raises(Invalid):
        update_registry(by=bob, registry=custom, description="new", colour="pink")
    assert read_settings(Registry.objects.get(pk=custom.pk))["description"] is None


def test_who_may_change_settings(victor, charlie, custom):
    with pytest.raises(Denied):
        update_registry(by=victor, registry=custom, owner="victor")
    with pytest.raises(NotFound):
        update_registry(by=charlie, registry=custom, owner="charlie")


# ------------------------------------------------------------------ edits that cross


def test_what_two_changed_is_asked(alice, bob, custom):
    opened = read_opened(write_opened(read_settings(custom)))
    update_registry(by=alice, registry=custom, owner="alice", colour="rose")
    with pytest.raises(Unread, match="alice changed this") as refusal:
        update_registry(by=bob, registry=custom, owner="victor", colour="slate", opened=opened)
    assert refusal.value.names == ["owner"]
    assert Registry.objects.get(pk=custom.pk).owner == alice


def test_what_one_left_alone_stays_as_the_other_set_it(alice, bob, custom):
    opened = read_opened(write_opened(read_settings(custom)))
    update_registry(by=alice, registry=custom, default_role="member")
    found = update_registry(
        by=bob, registry=custom, description="Mine", default_role="viewer", opened=opened
    )
    assert (found.project.description, found.project.default_role) == ("Mine", "member")


def test_all_types_and_the_list_cross_too(alice, bob, acme):
    registry = create_registry(by=bob, organization=acme, name="cards", accepted_types=["model"])
    opened = read_opened(write_opened(read_settings(registry)))
    update_registry(by=alice, registry=registry, accepts_all_types=True)
    found = update_registry(
        by=bob,
        registry=registry,
        accepts_all_types=False,
        accepted_types=["dataset"],
        opened=opened,
    )
    assert found.project.accepts_all_types
    assert read_settings(found)["accepted_types"] == ["dataset", "model"]


# ------------------------------------------------------------------ who loses access


def test_who_loses_access_has_no_role_of_their_own(alice, bob, victor, acme, vision, custom):
    loss = access_loss_of(by=bob, registry=custom)
    assert [str(person) for person in loss.people] == ["victor"]  # alice is admin of Acme
    assert (loss.count, loss.recent_count, loss.more) == (1, 0, 0)
    custom.project.members.create(team=vision, role="viewer")
    assert access_loss_of(by=bob, registry=custom).count == 0


def test_ten_names_and_how_many_were_here_lately(bob, acme, custom, version):
    people = [factories.make_user(f"p{number:02}") for number in range(12)]
    for person in people:
        acme.members.create(user=person, role="member")
    collection = factories.make_collection(custom.project, "detector")
    for person, days in ((people[0], 1), (people[1], 31)):
        at = timezone.now() - timedelta(days=days)
        Download.objects.create(
            version=version, collection=collection, user=person, first_at=at, last_at=at
        )
    loss = access_loss_of(by=bob, registry=custom)
    assert (loss.count, len(loss.people), loss.more, loss.recent_count) == (13, 10, 3, 1)


def test_those_named_are_those_who_lose_it(alice, bob, victor, charlie, acme, custom):
    mia = factories.make_user("mia")
    acme.members.create(user=mia, role="member")
    custom.project.members.create(user=victor, role="viewer")
    named = {str(person) for person in access_loss_of(by=bob, registry=custom).people}
    everybody = [alice, bob, victor, charlie, mia]
    before = {str(person): role_of(person, custom) for person in everybody}
    update_registry(by=bob, registry=custom, access="restricted")
    lost = {
        str(person)
        for person in everybody
        if before[str(person)] and role_of(person, custom) is None
    }
    assert named == lost == {"mia"}


def test_only_admins_are_told_who_loses_access(victor, charlie, custom):
    with pytest.raises(Denied):
        access_loss_of(by=victor, registry=custom)
    with pytest.raises(NotFound):
        access_loss_of(by=charlie, registry=custom)
