import pytest

from artifacts.models import RunInput, RunOutput
from artifacts.services.lineage.lineage import Scope
from artifacts.services.lineage.nodes import find_members
from tests import factories
from tests.artifacts.lineage.conftest import made, run_on
from tests.artifacts.lineage.test_lineage import cluster_in, edges, names, read
from tests.factories import fresh


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
