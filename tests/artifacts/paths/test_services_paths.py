"""Names and numbers are for good: a path never starts again, whatever stood there before."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError

from artifacts.models import Collection, CollectionPath, Membership, Project, ProjectPath
from artifacts.reads.lookups import find_former_collection, find_former_project
from artifacts.services.aliases.aliases import add_aliases
from artifacts.services.collections.collections import (
    create_collection,
    create_portfolio,
    delete_collection,
    update_collection,
)
from artifacts.services.collections.links import link_version
from artifacts.services.paths.paths import next_index_at
from artifacts.services.projects import delete_project, rename_project
from artifacts.services.reach.runs import reach_run_to_log
from artifacts.services.runs.runs import create_run
from artifacts.services.trash.restoration import restore_version
from artifacts.services.versions.creation import Draft, create_version
from registries.services.registry.creation import create_registry
from registries.services.registry.deletion import delete_registry
from registries.services.registry.renaming import rename_registry
from registry_site.errors import Conflict, Denied
from tests import factories


@pytest.fixture
def versions(sequence):
    return [factories.make_version(sequence) for _ in range(4)]


def link(by, version, project, name="goal", **options):
    return link_version(by=by, version=version, project=project, collection_name=name, **options)[0]


def log(by, project, name="iris-model", digest="new"):
    version = create_version(
        by=by, project=project, draft=Draft(type_name="model", collection_name=name, digest=digest)
    )
    return version.sequence


def led_to(*path):
    return find_former_collection(*path)


# ------------------------------------------------------------------ collections


@pytest.mark.parametrize("name", ["goal", "GOAL"])
def test_a_renamed_collections_path_goes_on(bob, versions, registry, name):
    project = registry.project
    membership = link(bob, versions[0], project)
    link(bob, versions[1], project)
    update_collection(by=bob, collection=membership.collection, name="other")
    again = link(bob, versions[2], project, name)
    assert (again.number, again.collection.name) == ("v2", name)
    assert link(bob, versions[3], project, "other").number == "v2"


def test_its_old_name_leads_to_it_until_somebody_makes_that_anew(bob, versions, registry):
    path = "acme", registry.project.name, "goal"
    membership = link(bob, versions[0], registry.project)
    assert led_to(*path) is None  # nothing has left it
    update_collection(by=bob, collection=membership.collection, name="other")
    update_collection(by=bob, collection=membership.collection, name="third")
    assert led_to(*path) == led_to(*path[:2], "other") == membership.collection
    assert led_to("ACME", *path[1:]) == membership.collection
    assert led_to(*path[:2], "Goal") is None
    link(bob, versions[1], registry.project)
    assert led_to(*path) is None


def test_what_its_old_name_led_to_meanwhile_is_spent_too(bob, versions, registry):
    """`goal:v1` was answered with `other:v1`; it never means another version."""
    membership = link(bob, versions[0], registry.project)
    update_collection(by=bob, collection=membership.collection, name="other")
    link(bob, versions[1], registry.project, "other")
    assert link(bob, versions[2], registry.project).number == "v2"


def test_it_takes_its_old_name_back(bob, versions, registry):
    membership = link(bob, versions[0], registry.project)
    for name in ("other", "goal"):
        update_collection(by=bob, collection=membership.collection, name=name)
    assert link(bob, versions[1], registry.project).number == "v1"
    assert led_to("acme", registry.project.name, "other") == membership.collection


def test_no_number_of_it_comes_to_name_another_version(bob, versions, registry):
    project = registry.project
    delete_collection(by=bob, collection=link(bob, versions[0], project).collection)
    other = link(bob, versions[1], project, "other").collection
    with pytest.raises(Conflict, match="goal:v0 was another version.*Choose a name"):
        update_collection(by=bob, collection=other, name="goal")
    other = Collection.objects.get(name="other")
    assert led_to("acme", project.name, "other") is None

    empty = create_collection(by=bob, project=project, name="empty", type_name="model")
    update_collection(by=bob, collection=empty, name="goal")
    assert link(bob, versions[2], project).number == "v1"


def test_a_name_that_differs_in_capitals_is_another_collection(bob, versions, registry):
    small = link(bob, versions[0], registry.project, "goal").collection
    large = link(bob, versions[0], registry.project, "Goal").collection
    update_collection(by=bob, collection=small, name="small")
    update_collection(by=bob, collection=large, name="large")
    assert led_to("acme", registry.project.name, "goal") == small
    assert led_to("acme", registry.project.name, "Goal") == large


def test_capitals_alone_can_be_changed(bob, versions, registry):
    membership = link(bob, versions[0], registry.project)
    update_collection(by=bob, collection=membership.collection, name="Goal")
    assert link(bob, versions[1], registry.project, "Goal").number == "v1"
    assert led_to("acme", registry.project.name, "goal") == membership.collection


def test_a_renamed_sequences_path_goes_on(bob, project, sequence, versions):
    update_collection(by=bob, collection=sequence, name="other")
    again = log(bob, project)
    assert (again.pk != sequence.pk, again.next_index) == (True, 4)
    assert log(bob, project, "other").next_index == 4


def test_a_deleted_collections_path_goes_on(bob, versions, registry):
    for number, version in enumerate(versions):
        membership = link(bob, version, registry.project, "Goal" if number % 2 else "goal")
        assert membership.index == number
        delete_collection(by=bob, collection=membership.collection)
        assert next_index_at(registry.project, "goal") == number + 1
    assert led_to("acme", registry.project.name, "goal") is None


def test_a_restored_sequence_goes_on_after_what_came_meanwhile(bob, project, sequence, versions):
    delete_collection(by=bob, collection=sequence)
    meanwhile = log(bob, project)
    factories.make_version(meanwhile)
    update_collection(by=bob, collection=meanwhile, name="other")
    restore_version(by=bob, version=versions[0])
    sequence.refresh_from_db()
    assert (sequence.deleted_at, sequence.next_index) == (None, 5)
    assert led_to("vision", "iris", "iris-model") is None


# ------------------------------------------------------------------ projects and registries


def test_a_renamed_projects_paths_go_on(alice, bob, vision, project, sequence, versions):
    rename_project(by=alice, project=project, name="flowers")
    assert led_to("vision", "iris", "iris-model") == sequence
    again = log(bob, factories.make_project(vision))
    assert again.next_index == 4
    assert led_to("vision", "iris", "iris-model") is None


def test_a_deleted_projects_paths_go_on(alice, bob, vision, project, sequence, versions):
    delete_project(by=alice, project=project)
    assert led_to("vision", "iris", "iris-model") is None
    assert log(bob, factories.make_project(vision)).next_index == 4


def test_a_project_takes_no_numbers_that_others_had(alice, bob, vision, project, versions):
    delete_project(by=alice, project=project)
    other = factories.make_project(vision, "other")
    log(bob, other)  # nothing is numbered there
    rename_project(by=alice, project=other, name="iris")
    other.refresh_from_db()
    assert log(bob, other).next_index == 4

    third = factories.make_project(vision, "third")
    factories.make_version(factories.make_collection(third))
    delete_project(by=alice, project=other)
    with pytest.raises(Conflict, match="iris/iris-model:v0 was another version"):
        rename_project(by=alice, project=third, name="iris")
    third.refresh_from_db()
    assert third.name == "third"


def test_a_project_takes_its_old_name_back(alice, bob, project, sequence, versions):
    for name in ("flowers", "iris"):
        project = rename_project(by=alice, project=project, name=name)
    assert log(bob, project) == sequence
    assert led_to("vision", "flowers", "iris-model") == sequence


def test_a_run_goes_on_while_its_project_is_renamed(alice, bob, project):
    path = {"entity_name": "vision", "project_name": "iris"}
    run, _is_new = create_run(by=bob, **path, name="r1", changes={})
    rename_project(by=alice, project=project, name="flowers")
    assert create_run(by=bob, **path, name="r1", changes={}) == (run, False)
    assert reach_run_to_log(by=bob, **path, name="r1") == run
    assert list(Project.objects.values_list("name", flat=True)) == ["flowers"]
    another, is_new = create_run(by=bob, **path, name="r2", changes={})
    assert (another.project.name, is_new) == ("iris", True)


def test_what_was_deleted_in_a_renamed_project_comes_back_there(
    alice, bob, project, sequence, versions
):
    delete_collection(by=bob, collection=sequence)
    project = rename_project(by=alice, project=project, name="flowers")
    again = log(bob, project)
    assert (again.pk != sequence.pk, again.next_index) == (True, 4)
    restore_version(by=bob, version=versions[0])
    assert Membership.objects.live().get(version=versions[0]).collection == again


@pytest.mark.parametrize("name", ["fraud", "Fraud"])
@pytest.mark.parametrize("ends", ["rename", "delete"])
def test_a_registrys_paths_go_on(bob, acme, versions, ends, name):
    registry = create_registry(by=bob, organization=acme, name="fraud")
    bob = factories.fresh(bob)
    collection = link(bob, versions[0], registry.project).collection
    update_collection(by=bob, collection=collection, name="goal 2")
    link(bob, versions[1], registry.project, "goal 2")
    if ends == "rename":
        rename_registry(by=bob, registry=registry, name="cards")
        assert led_to("acme", "wandb-registry-fraud", "goal") == collection
        assert led_to("acme", "wandb-registry-fraud", "goal 2") == collection
    else:
        delete_registry(by=bob, registry=registry)
        assert led_to("acme", "wandb-registry-fraud", "goal 2") is None
    again = create_registry(by=bob, organization=acme, name=name)
    bob = factories.fresh(bob)
    assert link(bob, versions[2], again.project, "goal 2").number == "v2"
    assert link(bob, versions[2], again.project, "goal").number == "v2"
    assert led_to("acme", "wandb-registry-fraud", "goal 2") is None


# ------------------------------------------------------------------ protected aliases


@pytest.fixture
def protected(alice, versions, registry):
    """`goal:v0`, named by the protected alias `production`."""
    return link(alice, versions[0], registry.project, aliases=["production"])


def test_who_may_not_move_the_alias_neither_renames_nor_deletes(alice, bob, protected):
    goal = protected.collection
    update_collection(by=bob, collection=goal, description="A card is no name.")
    with pytest.raises(Denied, match="Protected aliases .* role Admin; yours is Member"):
        update_collection(by=bob, collection=goal, name="other")
    with pytest.raises(Denied):
        delete_collection(by=bob, collection=goal)
    goal.refresh_from_db()
    assert goal.name == "goal"
    assert update_collection(by=alice, collection=goal, name="other").name == "other"


def test_the_alias_of_the_moment_counts(alice, bob, versions, registry):
    """The collection that the form was opened with knows nothing of it."""
    membership = link(bob, versions[0], registry.project)
    stale = Collection.objects.for_path().get(pk=membership.collection_id)
    add_aliases(by=alice, membership=membership, names=["production"])
    with pytest.raises(Denied):
        update_collection(by=bob, collection=stale, name="other")


def test_its_source_can_be_renamed(bob, sequence, protected):
    """The registry's path stays what it was, and so does what the alias names."""
    update_collection(by=bob, collection=sequence, name="other")
    membership = Membership.objects.at("acme", "wandb-registry-model", "goal:production").get()
    assert membership == protected
    assert not CollectionPath.objects.filter(project_name="wandb-registry-model").exists()


# ------------------------------------------------------------------ what was there before


def test_what_was_left_before_is_written_down_by_the_migration(
    alice, bob, acme, vision, project, sequence, versions, registry
):
    fill = import_module("artifacts.migrations.0012_fill_former_paths")
    membership = link(bob, versions[0], registry.project)
    link(bob, versions[1], registry.project)
    update_collection(by=bob, collection=membership.collection, name="other")
    delete_collection(
        by=bob, collection=link(bob, versions[0], registry.project, "gone").collection
    )
    fraud = create_registry(by=bob, organization=acme, name="fraud")
    link(factories.fresh(bob), versions[0], fraud.project)
    delete_registry(by=bob, registry=fraud)
    delete_project(by=alice, project=factories.make_project(vision, "empty"))
    log(bob, project, "left")
    rename_project(by=alice, project=project, name="flowers")
    rows = ("entity__name", "project_name", "name", "next_index")
    written = set(CollectionPath.objects.filter(next_index__gt=0).values_list(*rows))
    CollectionPath.objects.all().delete()
    ProjectPath.objects.all().delete()

    fill.fill(apps, None)
    fill.fill_projects(apps, None)
    again = set(CollectionPath.objects.values_list(*rows))
    assert written - again == {("vision", "iris", "iris-model", 4)}  # made without its events
    assert again - written == set()
    assert led_to("acme", "wandb-registry-model", "goal") == membership.collection
    assert find_former_project("vision", "iris").name == "flowers"


def test_a_name_that_was_taken_and_left_in_one_moment_is_a_conflict(alice, registry, monkeypatch):
    def taken(**_values):
        raise IntegrityError

    monkeypatch.setattr(Collection.objects, "create", taken)
    with pytest.raises(Conflict, match="'goal' was renamed or deleted a moment ago; try again"):
        create_portfolio(by=alice, project=registry.project, name="goal", type_name="model")
