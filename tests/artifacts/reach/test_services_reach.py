"""Everything that is reached by a path or an id: by whom, under which names, and at what price."""

from functools import partial

import pytest

from artifacts.models import Collection, FormerPathUse, Manifest, Project
from artifacts.services.collections.collections import delete_collection, update_collection
from artifacts.services.collections.links import link_version, unlink_version
from artifacts.services.projects import delete_project, rename_project
from artifacts.services.reach.collections import (
    reach_collection,
    reach_collection_by_id,
    visible_collection,
    visible_collection_by_id,
)
from artifacts.services.reach.memberships import (
    reach_file,
    reach_membership,
    reach_membership_by_full_name,
    reach_membership_by_id,
    reach_membership_in,
    reach_membership_of,
)
from artifacts.services.reach.projects import (
    reach_project,
    reach_project_by_id,
    visible_project,
)
from artifacts.services.reach.runs import (
    reach_run,
    reach_run_by_id,
    reach_run_file,
    reach_run_in,
    reach_run_to_log,
)
from artifacts.services.reach.versions import (
    reach_manifest,
    reach_version,
    visible_version,
    visible_version_by_client_id,
)
from artifacts.services.runs.control import delete_run
from artifacts.services.trash.trash import delete_version
from registry_site.errors import Denied, Gone, Invalid, Moved, NotFound
from tests import factories
from tests.factories import fresh

PROJECT = {"entity_name": "Vision", "name": "iris"}
IN_PROJECT = {"entity_name": "vision", "project_name": "iris"}
MODEL = IN_PROJECT | {"type_name": "model", "name": "iris-model"}
V0 = IN_PROJECT | {"type_name": "model", "collection_name": "iris-model", "reference": "v0"}


@pytest.fixture
def shelf(version):
    """One row of each kind, by name: all that the ways below lead to."""
    project = version.sequence.project
    version.client_ids.create(client_id="c1")
    return {
        "project": project,
        "collection": version.sequence,
        "version": version,
        "membership": version.memberships.get(),
        "run": factories.make_run(project, name="r1"),
        "manifest": Manifest.objects.create(version=version, digest="d"),
    }


# way -> the kind of row, the function, and what it is asked with
WAYS = {
    "project at a path": ("project", reach_project, lambda _: PROJECT),
    "project by id": ("project", reach_project_by_id, lambda row: {"pk": row.pk}),
    "collection at a path": ("collection", reach_collection, lambda _: MODEL),
    "collection by id": ("collection", reach_collection_by_id, lambda row: {"pk": row.pk}),
    "membership at a path": ("membership", reach_membership, lambda _: V0),
    "membership in a collection": (
        "membership",
        reach_membership_in,
        lambda row: {"collection": Collection.objects.for_path().get(), "reference": "v0"},
    ),
    "membership by id": ("membership", reach_membership_by_id, lambda row: {"pk": row.pk}),
    "membership by full name": (
        "membership",
        reach_membership_by_full_name,
        lambda _: {"full_name": "vision/iris/iris-model:latest"},
    ),
    "run at a path": ("run", reach_run, lambda _: IN_PROJECT | {"name": "r1"}),
    "run by id": ("run", reach_run_by_id, lambda row: {"pk": row.pk}),
    "version by id": ("version", reach_version, lambda row: {"pk": row.pk}),
    "version by id, deleted ones too": (
        "version",
        partial(reach_version, with_deleted=True),
        lambda row: {"pk": row.pk},
    ),
    "manifest by id": ("manifest", reach_manifest, lambda row: {"pk": row.pk}),
}
# way -> what visible_… answers instead of raising
VISIBLE = {
    "project at a path": ("project", visible_project, lambda _: PROJECT),
    "collection at a path": (
        "collection",
        visible_collection,
        lambda _: IN_PROJECT | {"name": "iris-model"},
    ),
    "collection by id": ("collection", visible_collection_by_id, lambda row: {"pk": row.pk}),
    "version by id": ("version", visible_version, lambda row: {"pk": row.pk}),
    "version by client id": (
        "version",
        visible_version_by_client_id,
        lambda _: {"client_id": "c1"},
    ),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["alice", "bob", "victor", "root"])
def test_who_may_see_it_reaches_it(request, shelf, way, name):
    kind, reach, named = WAYS[way]
    assert reach(by=request.getfixturevalue(name), **named(shelf[kind])) == shelf[kind]


@pytest.mark.parametrize("way", WAYS)
def test_for_strangers_it_is_not_there(charlie, shelf, way):
    kind, reach, named = WAYS[way]
    with pytest.raises(NotFound, match="There is no|Not found") as refusal:
        reach(by=charlie, **named(shelf[kind]))
    assert type(refusal.value) is NotFound


@pytest.mark.parametrize("way", [way for way in WAYS if "by id" in way])
def test_an_id_that_no_row_has(bob, shelf, way):
    _kind, reach, _named = WAYS[way]
    with pytest.raises(NotFound, match="There is no"):
        reach(by=bob, pk=0)


@pytest.mark.parametrize("way", VISIBLE)
def test_what_is_asked_for_without_a_refusal(bob, charlie, shelf, way):
    kind, visible, named = VISIBLE[way]
    assert visible(by=bob, **named(shelf[kind])) == shelf[kind]
    assert visible(by=charlie, **named(shelf[kind])) is None


def test_a_registry_in_the_entitys_part_is_said(bob, cast):
    with pytest.raises(Invalid, match="wandb-registry-model"):
        visible_project(by=bob, entity_name="wandb-registry-model", name="iris")


# queries besides those that read what the person may do
COST = {
    "project at a path": 1,
    "project by id": 1,
    "collection at a path": 1,
    "collection by id": 1,
    "membership at a path": 2,
    "membership in a collection": 1,
    "membership by id": 1,
    "membership by full name": 2,
    "run at a path": 1,
    "run by id": 1,
    "version by id": 1,  # a member of its project needs none of its other collections
    "version by id, deleted ones too": 1,
    "manifest by id": 2,
}


@pytest.mark.parametrize("way", WAYS)
def test_what_it_costs(bob, shelf, way, django_assert_num_queries):
    kind, reach, named = WAYS[way]
    arguments, person = named(shelf[kind]), fresh(bob)
    assert Project.objects.visible_to(person).exists()  # rights are read once per request
    with django_assert_num_queries(COST[way]):
        reach(by=person, **arguments)


def test_reading_a_projects_page_needs_no_more_joins(bob, shelf, django_assert_num_queries):
    project = reach_project(by=bob, **PROJECT)
    with django_assert_num_queries(0):
        assert project.entity.team.organization.name == "Acme"


# ------------------------------------------------------------------ what left a path


@pytest.fixture
def renamed(alice, shelf):
    rename_project(by=alice, project=shelf["project"], name="flowers")


PATHS = ["project at a path", "collection at a path", "membership at a path", "run at a path"]


@pytest.mark.parametrize("way", PATHS)
def test_a_former_path_leads_on(bob, shelf, renamed, way):
    kind, reach, named = WAYS[way]
    with pytest.raises(Moved) as refusal:
        reach(by=bob, **named(shelf[kind]))
    assert refusal.value.names["project"] == "flowers"
    assert FormerPathUse.objects.get().user == bob


@pytest.mark.parametrize("way", PATHS)
def test_a_former_path_leads_no_stranger_on(charlie, shelf, renamed, way):
    kind, reach, named = WAYS[way]
    with pytest.raises(NotFound) as refusal:
        reach(by=charlie, **named(shelf[kind]))
    assert type(refusal.value) is NotFound
    assert not FormerPathUse.objects.exists()


def test_a_renamed_collection_leads_on(bob, shelf):
    update_collection(by=bob, collection=shelf["collection"], name="best")
    for reach, path in ((reach_collection, MODEL), (reach_membership, V0)):
        with pytest.raises(Moved) as refusal:
            reach(by=bob, **path)
        assert refusal.value.names["collection"] == "best"
        assert refusal.value.names["type_name"] == "model"


def test_a_full_name_is_followed(bob, shelf, renamed):
    name = "vision/iris/iris-model:v0"
    assert reach_membership_by_full_name(by=bob, full_name=name) == shelf["membership"]


def test_sdk_paths_are_not_led_on(bob, shelf, renamed):
    assert visible_project(by=bob, **PROJECT) is None
    assert visible_collection(by=bob, **IN_PROJECT, name="iris-model") is None


# ------------------------------------------------------------------ what was deleted


def test_a_deleted_version_is_gone_at_each_of_its_names(bob, shelf):
    delete_version(by=bob, version=shelf["version"], with_aliases=True)
    for way in ("at a path", "in a collection", "by id"):
        _kind, reach, named = WAYS[f"membership {way}"]
        with pytest.raises(Gone, match="was deleted"):
            reach(by=bob, **named(shelf["membership"]))
    with pytest.raises(Gone, match="was deleted"):
        reach_membership_by_full_name(by=bob, full_name="vision/iris/iris-model:v0")
    with pytest.raises(NotFound):
        reach_version(by=bob, pk=shelf["version"].pk)
    assert reach_version(by=bob, pk=shelf["version"].pk, with_deleted=True) == shelf["version"]


def test_a_deleted_run_is_gone(bob, shelf):
    delete_run(by=bob, run=shelf["run"])
    with pytest.raises(Gone, match="was deleted"):
        reach_run(by=bob, **IN_PROJECT, name="r1")


def test_a_deleted_collection_is_gone_but_for_whom_asks_for_deleted_ones(bob, shelf):
    collection = shelf["collection"]
    delete_collection(by=bob, collection=collection)
    with pytest.raises(Gone, match="was deleted"):
        reach_collection(by=bob, **MODEL)
    with pytest.raises(NotFound):
        reach_collection_by_id(by=bob, pk=collection.pk)
    assert reach_collection_by_id(by=bob, pk=collection.pk, with_deleted=True) == collection


def test_a_deleted_project_is_gone(alice, shelf):
    delete_project(by=alice, project=shelf["project"])
    with pytest.raises(Gone, match="was deleted"):
        reach_project(by=alice, **PROJECT)


# ------------------------------------------------------------------ one by one


def test_a_collection_of_another_type_or_kind_is_not_it(bob, shelf):
    with pytest.raises(NotFound, match="of the type “dataset”"):
        reach_collection(by=bob, **MODEL | {"type_name": "dataset"})
    with pytest.raises(NotFound):
        reach_collection_by_id(by=bob, pk=shelf["collection"].pk, kinds=("portfolio",))


@pytest.mark.parametrize("reference", ["v0", "latest"])
def test_a_number_and_latest_name_a_membership(bob, shelf, reference):
    membership = reach_membership(by=bob, **V0 | {"reference": reference})
    collection = shelf["collection"]
    within = reach_membership_in(by=bob, collection=collection, reference=reference)
    assert within == membership
    assert within.collection == collection


@pytest.mark.parametrize("name", ["iris-model:v0", "a/b/c", "a/b/c:", "//:v0", "a/b/c/d:v0"])
def test_what_is_no_full_name(bob, cast, name):
    with pytest.raises(Invalid, match="is no full name of a version"):
        reach_membership_by_full_name(by=bob, full_name=name)


def test_only_an_organization_may_be_left_out(alice, registry, shelf):
    link_version(
        by=alice, version=shelf["version"], project=registry.project, collection_name="best"
    )
    name = "wandb-registry-model/best:v0"
    assert reach_membership_by_full_name(by=alice, full_name=name).collection.name == "best"
    other = factories.make_organization("Other", alice="admin")
    factories.make_registry_project(other)
    with pytest.raises(Invalid, match="put one in front"):
        reach_membership_by_full_name(by=fresh(alice), full_name=name)
    with pytest.raises(NotFound, match="no registry “none”"):
        reach_membership_by_full_name(by=alice, full_name="wandb-registry-none/best:v0")


def test_the_membership_of_a_version(alice, charlie, registry, shelf):
    version = shelf["version"]
    path = IN_PROJECT | {"collection_name": "iris-model"}
    assert reach_membership_of(by=alice, version=version, **path) == shelf["membership"]
    with pytest.raises(NotFound, match="is not in"):
        reach_membership_of(by=charlie, version=version, **path)
    link = {"entity_name": "acme", "project_name": "wandb-registry-model"}
    with pytest.raises(NotFound, match="is not in 'acme/wandb-registry-model/best'"):
        reach_membership_of(by=alice, version=version, **link, collection_name="best")
    made, *_rest = link_version(
        by=alice, version=version, project=registry.project, collection_name="best"
    )
    reached = reach_membership_of(by=alice, version=version, **link, collection_name="best")
    assert reached == made
    unlink_version(by=alice, membership=made)
    with pytest.raises(NotFound, match="is not in"):
        reach_membership_of(by=alice, version=version, **link, collection_name="best")


def test_the_membership_of_a_version_at_a_former_path(bob, shelf, renamed):
    path = IN_PROJECT | {"collection_name": "iris-model"}
    assert reach_membership_of(by=bob, version=shelf["version"], **path) == shelf["membership"]
    assert FormerPathUse.objects.get().user == bob


def test_the_run_to_log_to(bob, victor, charlie, shelf, renamed):
    path = IN_PROJECT | {"name": "r1"}
    assert reach_run_to_log(by=bob, **path) == shelf["run"]
    assert reach_run_to_log(by=bob, **path | {"project_name": "flowers"}) == shelf["run"]
    with pytest.raises(Denied):
        reach_run_to_log(by=victor, **path)
    with pytest.raises(NotFound):
        reach_run_to_log(by=charlie, **path)


def test_the_run_in_a_project(shelf):
    assert reach_run_in(project=shelf["project"], name="r1") == shelf["run"]
    with pytest.raises(NotFound, match="no run 'r2' in vision/iris"):
        reach_run_in(project=shelf["project"], name="r2")


def test_files(shelf):
    run, membership = shelf["run"], shelf["membership"]
    blob = factories.make_blob(b"{}")
    run.files.create(name="config.yaml", blob=blob)
    run.files.create(name="announced.txt")
    assert reach_run_file(run=run, path="config.yaml")[1] == blob
    [entry] = membership.version.entries.all()
    assert reach_file(membership=membership, path=entry.path) == entry
    for refused in (
        lambda: reach_run_file(run=run, path="announced.txt"),
        lambda: reach_file(membership=membership, path="none"),
    ):
        with pytest.raises(NotFound, match="There is no file"):
            refused()
