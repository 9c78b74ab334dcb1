import random
from itertools import combinations, product

import pytest

from artifacts.models import RunInput, RunOutput, Version
from artifacts.services.lineage.lineage import Scope, read_lineage
from artifacts.services.lineage.nodes import find_members
from artifacts.services.paths.placeholders import placeholder_of
from artifacts.services.runs.control import delete_run
from artifacts.services.trash.trash import delete_version
from artifacts.views.lineage.layout import NODE_HEIGHT, NODE_WIDTH, lay_out
from tests import factories
from tests.factories import fresh


@pytest.fixture
def secret(acme):
    return factories.make_project(factories.make_team("nlp", acme), "secret")


def made(project, name, run=None, type_name="model"):
    collection = factories.make_collection(project, name, type_name)
    version = factories.make_version(collection, files={})
    if run:
        RunOutput.objects.create(run=run, version=version)
    return version


def run_on(project, name, *inputs):
    run = factories.make_run(project, display_name=name)
    for version in inputs:
        RunInput.objects.create(run=run, version=version)
    return run


def read(user, version, **options):
    membership = version.memberships.first()
    return read_lineage(by=fresh(user), membership=membership, **options)


def names(lineage):
    return sorted(node.name for node in lineage.nodes.values())


def edges(lineage):
    return sorted(
        (lineage.nodes[start].name, lineage.nodes[end].name) for start, end in lineage.edges
    )


@pytest.fixture
def story(project):
    """data → train → model → evaluate → report, by name."""
    data = made(project, "data", type_name="dataset")
    model = made(project, "model", run_on(project, "train", data))
    report = made(project, "report", run_on(project, "evaluate", model), "report")
    return {"data": data, "model": model, "report": report}


def test_reads_where_it_came_from_and_what_came_of_it(bob, story):
    lineage = read(bob, story["model"])
    assert edges(lineage) == [
        ("data:v0", "train"),
        ("evaluate", "report:v0"),
        ("model:v0", "evaluate"),
        ("train", "model:v0"),
    ]
    assert [node.name for node in lineage.nodes.values() if node.is_current] == ["model:v0"]
    assert read(bob, story["data"]).nodes.keys() == lineage.nodes.keys()


def test_what_else_came_of_its_sources_is_left_out(bob, project, story):
    made(project, "other", run_on(project, "train again", story["data"]))
    assert names(read(bob, story["model"])) == names(read(bob, story["report"]))
    assert "other:v0" in names(read(bob, story["data"]))


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        (Scope(sides=["up"]), ["data:v0", "model:v0", "train"]),
        (Scope(sides=["down"]), ["evaluate", "model:v0", "report:v0"]),
        (Scope(depth=1), ["evaluate", "model:v0", "train"]),
        (Scope(sides=["up"], depth=2), ["data:v0", "model:v0", "train"]),
    ],
)
def test_reads_one_side_or_some_steps(bob, story, scope, found):
    assert names(read(bob, story["model"], scope=scope)) == found


@pytest.fixture
def fan(project):
    """One data set, from which eight runs trained a model each."""
    data = made(project, "data")
    for number in range(8):
        made(project, f"model{number}", run_on(project, f"run{number}", data))
    return data


def test_five_siblings_are_one_cluster(bob, project, fan):
    lineage = read(bob, fan)
    assert names(lineage) == ["8 runs", "data:v0"]
    few = made(project, "few")
    for number in range(4):
        run_on(project, f"reader{number}", few)
    assert len(read(bob, few).nodes) == 5


def test_more_siblings_than_are_read_are_said_to_be_cut(bob, fan, monkeypatch):
    assert not read(bob, fan).is_cut
    monkeypatch.setattr("artifacts.services.lineage.edges._MOST_EDGES", 6)
    lineage = read(bob, fan)
    assert names(lineage) == ["6 runs", "data:v0"]
    assert lineage.is_cut


def cluster_in(lineage):
    return next(node for node in lineage.nodes.values() if node.is_cluster)


def clusters_in(lineage):
    nodes = lineage.nodes.values()
    return sorted((node.name, node.type_name) for node in nodes if node.is_cluster)


@pytest.fixture
def mixed(project):
    """What a run made: six data sets, five models, and of three more types two each."""
    run = factories.make_run(project, display_name="many")
    kinds = [("dataset", 6), ("model", 5), ("report", 2), ("table", 2), ("plot", 2)]
    for type_name, count in kinds:
        for number in range(count):
            made(project, f"{type_name}{number}", run, type_name)
    data = made(project, "data")
    RunInput.objects.create(run=run, version=data)
    return data


def test_a_cluster_holds_one_type_or_what_is_left(bob, mixed):
    lineage = read(bob, mixed)
    assert clusters_in(lineage) == [
        ("5 artifacts", "model"),
        ("6 artifacts", "dataset"),
        ("6 artifacts", "plot, table, report"),
    ]
    keys = {node.type_name: node.key for node in lineage.nodes.values() if node.is_cluster}
    opened = read(bob, mixed, scope=Scope(opened=[keys["dataset"]]))
    assert clusters_in(opened) == [("5 artifacts", "model"), ("6 artifacts", "plot, table, report")]
    siblings = keys["dataset"].rpartition(".")[0]
    assert clusters_in(read(bob, mixed, scope=Scope(opened=[siblings]))) == []


def test_a_few_of_another_type_stand_beside_the_cluster(bob, project, fan):
    fan_out = [factories.make_run(project, display_name=f"e{n}", job_type="eval") for n in range(4)]
    RunInput.objects.bulk_create(RunInput(run=run, version=fan) for run in fan_out)
    assert names(read(bob, fan)) == ["8 runs", "data:v0", "e0", "e1", "e2", "e3"]


def test_a_cluster_of_what_is_hidden_tells_no_type(bob, alice, project, secret):
    data = made(project, "data")
    for number in range(6):
        run = factories.make_run(secret, display_name=f"secret{number}", job_type="secret-job")
        RunInput.objects.create(run=run, version=data)
    assert clusters_in(read(bob, data)) == [("6 runs", "not visible to you")]
    assert clusters_in(read(alice, data)) == [("6 runs", "secret-job")]


def test_a_cluster_opens(bob, fan):
    opened = read(bob, fan, scope=Scope(opened=[cluster_in(read(bob, fan)).key]))
    assert len(opened.nodes) == 1 + 8 + 8
    assert not any(node.is_cluster for node in opened.nodes.values())


def test_a_node_is_pulled_out_of_its_cluster(bob, fan):
    member = cluster_in(read(bob, fan)).members[0]  # the newest
    lineage = read(bob, fan, scope=Scope(pulled=[member]))
    assert names(lineage) == ["7 runs", "data:v0", "model7:v0", "run7"]
    assert ("data:v0", "run7") in edges(lineage)


def test_members_are_found_by_name(bob, fan):
    cluster = cluster_in(read(bob, fan))
    found, total = find_members(by=fresh(bob), node=cluster, text="run3", most=5)
    assert ([node.name for node, _row in found], total) == (["run3"], 1)
    found, total = find_members(by=fresh(bob), node=cluster, text="", most=5)
    assert (len(found), total) == (5, 8)


def test_members_that_are_hidden_have_no_name(bob, alice, project, secret):
    data = made(project, "data")
    for number in range(6):
        run_on(secret, f"secret{number}", data)
    cluster = cluster_in(read(bob, data))
    assert find_members(by=fresh(bob), node=cluster, text="", most=9) == ([], 6)
    assert find_members(by=fresh(bob), node=cluster, text="secret", most=9) == ([], 0)
    assert find_members(by=fresh(alice), node=cluster, text="secret", most=9)[1] == 6


@pytest.mark.parametrize(
    ("text", "found"), [("model:v1", 1), ("model", 6), ("v4", 1), ("model:", 6), ("v", 0), (":", 6)]
)
def test_members_that_are_versions_are_found_by_number(bob, project, text, found):
    run = factories.make_run(project, display_name="many")
    collection = factories.make_collection(project, "model")
    for _number in range(6):
        RunOutput.objects.create(run=run, version=factories.make_version(collection, files={}))
    data = made(project, "data")
    RunInput.objects.create(run=run, version=data)
    cluster = cluster_in(read(bob, data))
    assert cluster.name == "6 artifacts"
    assert find_members(by=fresh(bob), node=cluster, text=text, most=9)[1] == found


def test_the_path_between_two_nodes(bob, project, story):
    run_on(project, "compare", story["data"], story["report"])
    lineage = read(bob, story["data"])
    by_name = {node.name: key for key, node in lineage.nodes.items()}

    def path(start, end):
        return [lineage.nodes[key].name for key in lineage.path(by_name[start], by_name[end])]

    assert path("train", "report:v0") == ["train", "model:v0", "evaluate", "report:v0"]
    assert path("report:v0", "model:v0") == ["report:v0", "evaluate", "model:v0"]
    assert path("compare", "data:v0") == ["compare", "data:v0"]
    made(project, "alone", run_on(project, "lonely", story["data"]))
    lineage = read(bob, story["data"])
    by_name = {node.name: key for key, node in lineage.nodes.items()}
    assert path("lonely", "train") == ["lonely", "data:v0", "train"]


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


def test_what_was_deleted_says_so_and_leads_on(bob, project):
    raw = made(project, "raw")
    data = made(project, "data", run_on(project, "clean", raw))
    train = run_on(project, "train", data)
    model = made(project, "model", train)
    delete_version(by=bob, version=data, with_aliases=True)
    delete_run(by=bob, run=train)
    lineage = read(bob, model)
    assert names(lineage) == ["clean", "data:v0", "model:v0", "raw:v0", "train"]
    marks = {node.name: (node.is_deleted, node.is_hidden) for node in lineage.nodes.values()}
    assert marks["data:v0"] == marks["train"] == (True, False)
    assert marks["raw:v0"] == marks["clean"] == marks["model:v0"] == (False, False)


def test_what_was_never_committed_is_in_no_lineage(bob, project):
    data = made(project, "data")
    model = made(project, "model", run_on(project, "train", data))
    Version.objects.filter(pk=data.pk).update(state="PENDING", version_index=None)
    assert names(read(bob, model)) == ["model:v0", "train"]


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


def test_a_long_history_is_cut_at_the_nearest(bob, fan):
    opened = Scope(opened=[cluster_in(read(bob, fan)).key])
    lineage = read(bob, fan, scope=opened, most=12)
    assert lineage.is_cut
    assert len(lineage.nodes) == 12
    assert {node.kind for node in lineage.nodes.values()} == {"artifact", "run"}
    assert all(start in lineage.nodes and end in lineage.nodes for start, end in lineage.edges)
    assert not read(bob, fan, scope=opened).is_cut


def test_a_chain_is_followed_so_many_steps(bob, project, monkeypatch):
    monkeypatch.setattr("artifacts.services.lineage.lineage.MOST_STEPS", 4)
    version = first = made(project, "v0")
    for number in range(1, 4):
        version = made(project, f"v{number}", run_on(project, f"r{number}", version))
    lineage = read(bob, first)
    assert lineage.is_cut
    assert names(lineage) == ["r1", "r2", "v0:v0", "v1:v0", "v2:v0"]
    assert not read(bob, first, scope=Scope(depth=2)).is_cut


def test_a_circle_ends(bob, project):
    data = made(project, "data")
    run = run_on(project, "again", data)
    RunOutput.objects.create(run=run, version=data)  # equal content logged by who used it
    lineage = read(bob, data)
    assert edges(lineage) == [("again", "data:v0"), ("data:v0", "again")]


@pytest.mark.parametrize("rows", [1, 50])
def test_queries_depend_on_depth_only(bob, project, rows, django_assert_num_queries):
    data = made(project, "data")
    for number in range(rows):
        made(project, f"model{number}", run_on(project, f"run{number}", data))
    scope = Scope(opened=[f"version-{data.pk}.down.run"])
    membership = data.memberships.for_path().first()
    with django_assert_num_queries(8):
        read_lineage(by=fresh(bob), membership=membership, scope=scope)


# ------------------------------------------------------------------ layout


def test_layout_goes_from_left_to_right():
    layout = lay_out("abcd", [("a", "b"), ("b", "c"), ("a", "c"), ("a", "d")])
    x = {node: membership[0] for node, membership in layout.places.items()}
    assert x["a"] < x["b"] < x["c"]
    assert x["d"] == x["b"]
    assert layout.paths.keys() == {("a", "b"), ("b", "c"), ("a", "c"), ("a", "d")}


def test_layout_leaves_room_for_a_higher_node():
    heights = {"b": NODE_HEIGHT + 60}
    layout = lay_out("abcd", [("a", "b"), ("a", "c"), ("a", "d")], heights)
    placed = sorted((layout.places[node][1], node) for node in "bcd")
    for (top, node), (below, _other) in zip(placed, placed[1:], strict=False):
        assert top + heights.get(node, NODE_HEIGHT) < below
    top, node = placed[-1]
    assert top + heights.get(node, NODE_HEIGHT) < layout.height
    x, y = layout.places["b"]
    assert layout.paths["a", "b"].endswith(f" {x} {y + (NODE_HEIGHT + 60) // 2}")


def test_layout_has_no_overlaps_and_fits():
    nodes = [f"n{number}" for number in range(40)]
    pairs = [(nodes[number // 3], nodes[number]) for number in range(1, 40)]
    layout = lay_out(nodes, [*pairs, ("n0", "n39")])
    assert len(set(layout.places.values())) == 40
    for x, y in layout.places.values():
        assert 0 <= x <= layout.width - NODE_WIDTH
        assert 0 <= y <= layout.height - NODE_HEIGHT
        same = [other for other in layout.places.values() if other[0] == x and other[1] != y]
        assert all(abs(other[1] - y) >= NODE_HEIGHT for other in same)


def test_layout_untangles_what_it_can():
    crossed = [("a", "y"), ("b", "x")]
    layout = lay_out("abxy", crossed)
    above = layout.places["a"][1] < layout.places["b"][1]
    assert above == (layout.places["y"][1] < layout.places["x"][1])


def test_layout_swaps_neighbours_that_means_leave_crossed():
    edges = random.Random(0).sample(list(product(range(15), range(15, 30))), 40)
    y = {node: membership[1] for node, membership in lay_out(range(30), edges).places.items()}
    pairs = combinations(edges, 2)
    crossed = sum((y[a] - y[c]) * (y[b] - y[d]) < 0 for (a, b), (c, d) in pairs)
    assert crossed < 78  # as many as there are without


def test_layout_of_circles_and_of_one():
    layout = lay_out("abc", [("a", "b"), ("b", "c"), ("c", "a"), ("a", "a")])
    assert layout.places.keys() == set("abc")
    assert len(layout.paths) == 4
    assert lay_out("a", []).places.keys() == {"a"}
