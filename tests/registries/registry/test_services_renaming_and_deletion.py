"""A registry's settings, name and end, as its admins change them."""

import pytest

from artifacts.models import Collection, Membership, Project, SavedView, Version
from artifacts.services.saved_views import create_saved_view
from registries.models import Registry
from registries.services.members.members import add_members, remove_members, set_member_role
from registries.services.registry.creation import create_registry
from registries.services.registry.deletion import delete_registry
from registries.services.registry.renaming import rename_registry
from registries.services.registry.settings import update_registry
from registry_site.accounts.models import Event
from registry_site.accounts.permissions import Role
from registry_site.errors import Conflict, Denied, Invalid, NotFound
from tests import factories
from tests.factories import fresh


@pytest.fixture
def linked(custom, version):
    """A place of the team's version in Bob's registry, with an alias."""
    collection = factories.make_collection(custom.project, "detector")
    return factories.make_membership(collection, version, aliases=["best"])


def last_event(registry):
    return Event.objects.filter(kind="registry", subject_id=registry.pk).order_by("-pk").first()


def role_of(user, registry):
    return Project.objects.for_role().get(pk=registry.project_id).role_of(fresh(user))


# ------------------------------------------------------------------ settings


def test_description_is_never_written_or_empty_or_text(bob, acme, custom):
    assert create_registry(by=bob, organization=acme, name="new").project.description is None
    assert update_registry(by=bob, registry=custom).project.description == "Cards"
    assert update_registry(by=bob, registry=custom, description="").project.description == ""
    assert last_event(custom).before == {"description": "Cards"}
    assert last_event(custom).after == {"description": ""}


def test_types_are_added_and_never_taken_back(bob, custom):
    update_registry(by=bob, registry=custom, accepted_types=["eval set", "model"])
    found = update_registry(by=bob, registry=custom, accepted_types=["dataset"])

    assert found.project.accepted_type_names == ["dataset", "eval set", "model"]
    assert last_event(custom).before == {"accepted_types": ["eval set", "model"]}


@pytest.mark.parametrize("name", ["", "a/b", "a:b", "x" * 129])
def test_types_that_cannot_be_refused(bob, custom, name):
    with pytest.raises(Invalid):
        update_registry(by=bob, registry=custom, description="new", accepted_types=[name])
    assert Project.objects.get(pk=custom.project_id).description == "Cards"


def test_types_in_use_stay_accepted_when_the_list_begins_to_count(bob, acme, version):
    registry = create_registry(by=bob, organization=acme, name="all")
    factories.make_collection(registry.project, type_name="dataset")
    found = update_registry(
        by=bob, registry=registry, accepts_all_types=False, accepted_types=["model"]
    )

    assert not found.project.accepts_all_types
    assert found.project.accepted_type_names == ["dataset", "model"]


def test_a_list_without_any_type_is_refused(bob, acme):
    registry = create_registry(by=bob, organization=acme, name="all")
    with pytest.raises(Invalid, match="at least one artifact type"):
        update_registry(by=bob, registry=registry, accepts_all_types=False)


def test_all_types_and_back_to_the_list(bob, custom):
    assert update_registry(by=bob, registry=custom, accepts_all_types=True).project.accepts("odd")
    found = update_registry(by=bob, registry=custom, accepts_all_types=False)
    assert found.project.accepted_type_names == ["model"]
    assert not found.project.accepts("odd")


def test_what_changes_nothing_is_no_event(bob, custom):
    before = last_event(custom)
    update_registry(
        by=bob,
        registry=custom,
        description="Cards",
        access="organization",
        accepts_all_types=False,
        accepted_types=["model"],
    )
    assert last_event(custom) == before


def test_restricting_shuts_out_all_but_members(bob, victor, alice, custom):
    assert role_of(victor, custom) == Role.VIEWER
    update_registry(by=bob, registry=custom, access="restricted")

    assert role_of(victor, custom) is None
    assert role_of(bob, custom) == role_of(alice, custom) == Role.ADMIN


def test_a_restricted_registry_is_never_opened_again(alice, bob, custom):
    update_registry(by=bob, registry=custom, access="restricted")
    update_registry(by=bob, registry=custom, access="restricted")  # a repeated request
    with pytest.raises(Conflict, match="can't be opened to the whole organization"):
        update_registry(by=alice, registry=custom, access="organization")


def test_a_core_registry_is_seen_by_all_for_ever(alice, registry):
    with pytest.raises(Conflict, match="Everyone in Acme sees a core registry"):
        update_registry(by=alice, registry=registry, access="restricted")
    found = update_registry(by=alice, registry=registry, accepted_types=["dataset"])
    assert found.project.accepted_type_names == ["dataset", "model"]


def test_odd_visibility(bob, custom):
    with pytest.raises(Invalid, match="'public' is not a visibility"):
        update_registry(by=bob, registry=custom, access="public")


# ------------------------------------------------------------------ name


def test_renamed_it_is_the_same_registry(bob, custom, linked):
    add_members(by=bob, registry=custom, users=[bob])
    found = rename_registry(by=bob, registry=custom, name="fraud 2")

    assert (found.pk, found.project_id) == (custom.pk, custom.project_id)
    assert (found.name, found.project.name) == ("fraud 2", "wandb-registry-fraud 2")
    assert found.project.members.count() == 1
    place = Membership.objects.for_path().get(pk=linked.pk)
    assert place.full_name == "acme/wandb-registry-fraud 2/detector:v0"
    assert not Project.objects.at("acme", "wandb-registry-fraud").exists()
    event = last_event(custom)
    assert (event.verb, event.before, event.after) == (
        "rename",
        {"name": "fraud"},
        {"name": "fraud 2"},
    )


def test_renamed_to_what_it_is_called_is_nothing(bob, custom):
    before = last_event(custom)
    rename_registry(by=bob, registry=custom, name="fraud")
    assert last_event(custom) == before


def test_renamed_in_its_capitals_only(bob, custom):
    assert rename_registry(by=bob, registry=custom, name="FRAUD").name == "FRAUD"


@pytest.mark.parametrize("name", ["", "a/b", "settings", "wandb-registry-x", "x" * 114, " x"])
def test_a_name_that_cannot_be_is_refused(bob, custom, name):
    with pytest.raises(Invalid):
        rename_registry(by=bob, registry=custom, name=name)


@pytest.mark.parametrize("name", ["model", "MODEL"])
def test_a_taken_name_is_refused(bob, custom, registry, name):
    with pytest.raises(Conflict, match="Acme already has a registry 'model'"):
        rename_registry(by=bob, registry=custom, name=name)
    found = Registry.objects.get(pk=custom.pk)
    assert (found.name, found.project.name) == ("fraud", "wandb-registry-fraud")


def test_a_core_registry_keeps_its_name(alice, registry):
    with pytest.raises(Conflict, match="A core registry keeps its name"):
        rename_registry(by=alice, registry=registry, name="models")


def test_an_old_name_is_free_for_another_one(bob, acme, custom):
    rename_registry(by=bob, registry=custom, name="fraud 2")
    assert create_registry(by=bob, organization=acme, name="fraud").pk != custom.pk


# ------------------------------------------------------------------ deletion


def test_saved_views_go_with_the_registry(bob, custom, linked):
    for table, collection in (("collections", None), ("versions", linked.collection)):
        create_saved_view(
            by=bob, project=custom.project, table=table, collection=collection, name="x", query=""
        )
    delete_registry(by=bob, registry=custom)
    assert not SavedView.objects.exists()


def test_deleted_with_its_links_but_not_with_their_sources(bob, custom, linked, version):
    add_members(by=bob, registry=custom, users=[bob])
    delete_registry(by=bob, registry=custom)

    assert not Registry.objects.exists()
    assert not Project.objects.live().filter(name__startswith="wandb-registry-").exists()
    assert not Collection.objects.filter(name="detector").exists()
    tombstone = Collection.with_deleted.get(name="detector")
    assert (tombstone.deleted_by, tombstone.project.deleted_by) == (bob, bob)
    assert tombstone.target_path == "acme/wandb-registry-fraud/detector"
    assert [str(place) for place in Membership.objects.all()] == ["iris-model:v0"]
    assert Version.objects.committed().get() == version
    event = Event.objects.get(kind="registry", verb="delete")
    assert event.before["collections"] == {"detector": 1}


def test_deleted_twice_it_is_not_found(alice, custom):
    delete_registry(by=alice, registry=custom)
    with pytest.raises(NotFound):
        delete_registry(by=alice, registry=custom)
    assert Event.objects.filter(kind="registry", verb="delete").count() == 1


def test_a_core_registry_is_never_deleted(alice, registry):
    with pytest.raises(Conflict, match="the registry model can't be deleted: it is a core"):
        delete_registry(by=alice, registry=registry)
    assert Registry.objects.exists()


# ------------------------------------------------------------------ rights

CHANGES = {
    "update": lambda by, registry: update_registry(by=by, registry=registry, description="x"),
    "rename": lambda by, registry: rename_registry(by=by, registry=registry, name="x"),
    "delete": lambda by, registry: delete_registry(by=by, registry=registry),
    "add": lambda by, registry: add_members(by=by, registry=registry, users=[by]),
    "remove": lambda by, registry: remove_members(by=by, registry=registry, users=[by]),
    "set": lambda by, registry: set_member_role(
        by=by, registry=registry, member=by, role="admin"
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("role", ["member", "viewer", "restricted_viewer"])
def test_only_admins_change_a_registry(bob, victor, custom, change, role):
    add_members(by=bob, registry=custom, users=[victor], role=role)
    label = {"member": "Member", "viewer": "Viewer"}.get(role, "Viewer")  # what all have by default
    with pytest.raises(Denied, match=f"needs the role Admin; yours is {label}. .*: bob."):
        change(fresh(victor), custom)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_who_cannot_see_a_registry_does_not_find_it(bob, victor, charlie, custom, change):
    with pytest.raises(NotFound):
        change(charlie, custom)
    update_registry(by=bob, registry=custom, access="restricted")
    custom.refresh_from_db()
    with pytest.raises(NotFound):
        change(fresh(victor), custom)
