import pytest

from artifacts.models import RunOutput, Version
from artifacts.services.lineage.lineage import Scope, read_lineage
from artifacts.services.runs.control import delete_run
from artifacts.services.trash.trash import delete_version
from tests.artifacts.lineage.conftest import made, run_on
from tests.factories import fresh


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


def cluster_in(lineage):
    return next(node for node in lineage.nodes.values() if node.is_cluster)


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
