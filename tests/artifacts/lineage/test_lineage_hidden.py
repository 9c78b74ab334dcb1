import pytest

from artifacts.models import RunInput
from artifacts.services.lineage.lineage import Scope, read_lineage
from artifacts.services.lineage.nodes import find_members
from artifacts.services.paths.placeholders import placeholder_of
from artifacts.services.runs.control import delete_run
from tests import factories
from tests.artifacts.lineage.conftest import made, run_on
from tests.artifacts.lineage.test_lineage import cluster_in, edges, names, read
from tests.factories import fresh


def test_what_is_hidden_has_no_name_and_nothing_behind_it(bob, alice, project, secret):
    model = made(project, "model")
    made(secret, "secret-report", run_on(secret, "secret-run", model))
    assert names(read(alice, model)) == ["model:v0", "secret-report:v0", "secret-run"]
    lineage = read(bob, model)
    assert names(lineage) == ["model:v0", "not visible to you"]
    hidden = next(node for node in lineage.nodes.values() if node.is_hidden)
    assert hidden.kind == "run"


@pytest.fixture
def pipeline(secret, collection):
    """raw → clean → data → train → model in a hidden project; raw and model are linked.

    The memberships of raw and model in a registry that its organization may read.
    """
    raw = made(secret, "raw", type_name="dataset")
    data = made(secret, "data", run_on(secret, "clean", raw), "dataset")
    model = made(secret, "model", run_on(secret, "train", data))
    shelf = factories.make_collection(collection.project, "shelf", "dataset", kind="portfolio")
    return [factories.make_membership(shelf, raw), factories.make_membership(collection, model)]


def test_what_is_visible_beyond_what_is_hidden_is_shown(bob, pipeline):
    raw, model = pipeline
    lineage = read_lineage(by=fresh(bob), membership=model)
    assert edges(lineage) == [
        ("not visible to you", "iris-classifier:v0"),
        ("shelf:v0", "not visible to you"),
    ]
    down = read_lineage(by=fresh(bob), membership=raw)
    assert edges(down) == edges(lineage)
    direct = read_lineage(by=fresh(bob), membership=model, scope=Scope(depth=2))
    assert edges(direct) == edges(lineage)  # one step however many lie between
    near = read_lineage(by=fresh(bob), membership=model, scope=Scope(depth=1))
    assert names(near) == ["iris-classifier:v0", "not visible to you"]


def test_what_is_passed_on_the_way_stays_opaque(bob, alice, pipeline, secret):
    """Neither names nor keys nor how many there are; only that it is no single run."""
    lineage = read_lineage(by=fresh(bob), membership=pipeline[1])
    (hidden,) = [node for node in lineage.nodes.values() if node.is_hidden]
    assert (hidden.kind, hidden.type_name) == ("steps", "runs and artifacts")
    train = secret.runs.get(display_name="train")
    assert hidden.key == placeholder_of("run", train.pk)
    longer = made(secret, "longer", run_on(secret, "again", pipeline[1].version))
    assert read_lineage(by=fresh(bob), membership=pipeline[1]).nodes.keys() - lineage.nodes == {
        placeholder_of("run", secret.runs.get(display_name="again").pk)
    }
    assert len(read(alice, longer).nodes) == 7


def test_a_hidden_run_between_two_that_are_visible_is_a_run(bob, secret, project, collection):
    raw = made(project, "raw")
    model = made(secret, "model", run_on(secret, "train", raw))
    lineage = read_lineage(by=fresh(bob), membership=factories.make_membership(collection, model))
    assert edges(lineage) == [
        ("not visible to you", "iris-classifier:v0"),
        ("raw:v0", "not visible to you"),
    ]
    (hidden,) = [node for node in lineage.nodes.values() if node.is_hidden]
    assert (hidden.kind, hidden.type_name) == ("run", "run")


def test_hidden_circles_end(bob, pipeline, secret):
    train = secret.runs.get(display_name="train")
    RunInput.objects.create(run=train, version=pipeline[1].version)
    clean = secret.runs.get(display_name="clean")
    RunInput.objects.create(run=clean, version=clean.outputs.get().version)
    assert ("shelf:v0", "not visible to you") in edges(
        read_lineage(by=fresh(bob), membership=pipeline[1])
    )


def test_hidden_ones_are_followed_only_so_far(bob, pipeline, monkeypatch):
    monkeypatch.setattr("artifacts.services.lineage.edges.MOST_HIDDEN_STEPS", 1)
    lineage = read_lineage(by=fresh(bob), membership=pipeline[1])
    assert names(lineage) == ["iris-classifier:v0", "not visible to you"]
    (hidden,) = [node for node in lineage.nodes.values() if node.is_hidden]
    assert (hidden.kind, hidden.type_name) == ("run", "run")
    assert not lineage.is_cut


def test_a_hidden_cluster_leads_on_as_one(bob, project, secret, collection):
    raw = made(project, "raw")
    for number in range(6):
        model = made(secret, f"model{number}", run_on(secret, f"train{number}", raw))
        factories.make_membership(collection, model) if number < 3 else None
    lineage = read(bob, raw)
    assert names(lineage) == [
        "6 runs",
        "iris-classifier:v0",
        "iris-classifier:v1",
        "iris-classifier:v2",
        "raw:v0",
    ]
    assert {start for start, _end in edges(lineage)} == {"6 runs", "raw:v0"}


def test_visible_siblings_beyond_what_is_hidden_are_one_cluster(bob, project, secret, collection):
    raw = made(project, "raw")
    run = run_on(secret, "train", raw)
    for number in range(6):
        factories.make_membership(collection, made(secret, f"model{number}", run))
    lineage = read(bob, raw)
    assert names(lineage) == ["6 artifacts", "not visible to you", "raw:v0"]
    cluster = cluster_in(lineage)
    assert cluster.key.startswith(placeholder_of("run", run.pk) + ".down.version.")
    opened = read(bob, raw, scope=Scope(opened=[cluster.key]))
    assert len(opened.nodes) == 1 + 1 + 6


@pytest.mark.parametrize("rows", [1, 30])
def test_queries_beyond_what_is_hidden_do_not_grow(
    bob, project, secret, collection, rows, django_assert_num_queries
):
    raw = made(project, "raw")
    for number in range(rows):
        data = made(secret, f"data{number}", run_on(secret, f"clean{number}", raw))
        model = made(secret, f"model{number}", run_on(secret, f"train{number}", data))
        factories.make_membership(collection, model)
    scope = Scope(sides=["down"], opened=[f"version-{raw.pk}.down.run"])
    membership = raw.memberships.for_path().first()
    placeholder_of("run", 0)  # the process reads its key once
    with django_assert_num_queries(10):
        lineage = read_lineage(by=fresh(bob), membership=membership, scope=scope)
    assert sum(name.startswith("iris-classifier") for name in names(lineage)) == rows


def test_the_key_of_what_is_hidden_tells_no_number_and_is_its_own(bob, project, secret):
    """It is in the page, in the address of edges too."""
    model = made(project, "model")
    runs = [run_on(secret, f"secret-{number}", model) for number in range(2)]
    lineage = read(bob, model)
    hidden = {key for key, node in lineage.nodes.items() if node.is_hidden}
    assert hidden == {placeholder_of("run", run.pk) for run in runs}
    assert set(lineage.edges) == {(f"version-{model.pk}", key) for key in hidden}
    assert set(lineage.found_from) == hidden
    assert set(read(bob, model).nodes) == set(lineage.nodes)


def test_a_cluster_lists_what_one_sees_only_through_links(bob, secret, project, collection):
    """Each version once, by the name of its source where one may see it."""
    run = run_on(project, "report", made(project, "data"))
    for number in range(5):
        hidden = made(secret, f"secret-{number}", type_name="model")
        factories.make_membership(collection, hidden)
        RunInput.objects.create(run=run, version=hidden)
    mine = made(project, "mine", type_name="model")
    factories.make_membership(collection, mine)
    RunInput.objects.create(run=run, version=mine)
    lineage = read(bob, made(project, "result", run))
    (cluster,) = [node for node in lineage.nodes.values() if node.is_cluster]
    members, total = find_members(by=fresh(bob), node=cluster, text="", most=9)
    listed = sorted(node.name for node, _membership in members)
    assert [name for name in listed if "classifier" in name] == [
        f"iris-classifier:v{number}" for number in range(5)
    ]
    assert "mine:v0" in listed
    assert len(listed) == total == len(cluster.members)
    assert find_members(by=fresh(bob), node=cluster, text="secret", most=9) == ([], 0)


def test_a_version_is_shown_where_one_may_see_it(bob, secret, project, collection):
    hidden = made(secret, "source")
    factories.make_membership(collection, hidden)
    result = made(project, "result", run_on(project, "train", hidden))
    assert "iris-classifier:v0" in names(read(bob, result))


def test_the_version_from_which_one_looks_has_the_name_by_which_one_came(bob, project, collection):
    """Others have those of their sources."""
    first = made(project, "first")
    factories.make_membership(collection, first)
    second = made(project, "second", run_on(project, "tune", first))
    membership = factories.make_membership(collection, second)
    nodes = read_lineage(by=fresh(bob), membership=membership).nodes.values()
    named = {node.name: (node.source_name, node.is_current) for node in nodes}
    assert named == {
        "iris-classifier:v1": ("second:v0", True),
        "first:v0": ("", False),
        "tune": ("", False),
    }
    assert next(iter(read(bob, second).nodes.values())).source_name == ""


def test_a_source_that_one_may_not_see_is_not_named(bob, secret, collection):
    membership = factories.make_membership(collection, made(secret, "source"))
    (node,) = read_lineage(by=fresh(bob), membership=membership).nodes.values()
    assert (node.name, node.source_name) == ("iris-classifier:v0", "")


def test_deleted_and_hidden_siblings_share_no_cluster(bob, project, secret):
    fan = made(project, "fan")
    for number in range(5):
        run_on(project, f"r{number}", fan)
    for number in range(5):
        RunInput.objects.create(run=run_on(secret, f"s{number}"), version=fan)
    for number in range(5):
        gone = run_on(project, f"g{number}", fan)
        delete_run(by=bob, run=gone)
    clusters = [node for node in read(bob, fan).nodes.values() if node.is_cluster]
    assert len(clusters) == 3
    counts = {(node.is_deleted, node.holds_hidden): len(node.members) for node in clusters}
    assert counts[True, False] == counts[False, True] == 5
    deleted = next(node for node in clusters if node.is_deleted)
    found, total = find_members(by=bob, node=deleted, text="g3", most=10)
    assert ([node.name for node, _row in found], total) == (["g3"], 1)
