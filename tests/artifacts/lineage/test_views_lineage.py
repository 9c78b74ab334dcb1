"""The tab Lineage: what its address says is what the page shows."""

import re

import pytest

from artifacts.models import RunInput, RunOutput
from artifacts.services.paths.placeholders import placeholder_of
from tests import factories
from tests.helpers.htmx import assert_swap_equals_reload, htmx

URL = "/vision/iris/artifacts/model/iris-model/v0/lineage"


@pytest.fixture
def run(project, version, alice):
    """The run that made the version out of a data set."""
    run = factories.make_run(
        project, alice, display_name="train", summary={"acc": 0.9}, config={"lr": {"value": 0.1}}
    )
    data = factories.make_version(factories.make_collection(project, "flowers", "dataset"))
    RunInput.objects.create(run=run, version=data)
    RunOutput.objects.create(run=run, version=version)
    return run


@pytest.fixture
def readers(project, alice, version):
    runs = [factories.make_run(project, alice, display_name=f"read-{n}") for n in range(6)]
    for run in runs:
        RunInput.objects.create(run=run, version=version)
    return runs


@pytest.fixture
def page(client, victor):
    client.force_login(victor)

    def page(**query):
        response = client.get(URL, query)
        assert response.status_code == 200
        return response

    return page


def shown(response):
    return sorted(box.name for box in response.context["lineage"].drawing.boxes)


def cluster_of(response):
    return next(box.key for box in response.context["lineage"].drawing.boxes if box.is_cluster)


def test_graph_and_table_show_the_same(page, run, version, secret):
    unseen = factories.make_run(secret, display_name="unseen")
    RunInput.objects.create(run=unseen, version=version)
    response, table = page(), page(view="table")
    text = response.content.decode()
    assert shown(response) == ["flowers:v0", "iris-model:v0", "not visible to you", "train"]
    assert sorted(row.node.name for row in table.context["lineage"].rows) == shown(response)
    relations = {row.node.name: (row.level, row.relation) for row in table.context["lineage"].rows}
    assert relations == {
        "iris-model:v0": (0, ""),
        "train": (1, "logged it"),
        "flowers:v0": (2, "used by it"),
        "not visible to you": (1, "used it"),
    }
    assert "unseen" not in text + table.content.decode()
    assert 'class="node node-artifact node-current"' in text
    assert text.count("data-edge=") == 3


def test_what_a_row_leaves_out_its_panel_names(page, project, version):
    runs = [factories.make_run(project, display_name=f"reader-{n}") for n in range(4)]
    made = [factories.make_version(factories.make_collection(project, f"m{n}")) for n in range(8)]
    for run in runs:
        RunInput.objects.create(run=run, version=version)
        RunOutput.objects.bulk_create(RunOutput(run=run, version=each) for each in made)
    query = {
        "view": "table",
        "direction": "down",
        "open": [f"run-{run.pk}.down.version" for run in runs],
    }
    table = page(**query)
    rows = {row.node.name: row for row in table.context["lineage"].rows}
    row = min(rows.values(), key=lambda row: (not row.more, row.node.name))
    assert (len(row.others), row.more) == (5, 3)
    assert f'<a href="{row.url.replace("&", "&amp;")}">and 3 more</a>' in table.content.decode()
    panel = page(**query, node=row.node.key).context["lineage"].details
    assert [node.name for node, _url in panel.before] == ["iris-model:v0"]
    assert len(panel.after) == 8


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"direction": "up"}, ["flowers:v0", "iris-model:v0", "train"]),
        ({"direction": "down"}, ["6 runs", "iris-model:v0"]),
        (
            {"direction": "sideways", "depth": "-1"},
            ["6 runs", "flowers:v0", "iris-model:v0", "train"],
        ),
        ({"direction": "up", "depth": "all"}, ["flowers:v0", "iris-model:v0", "train"]),
        (
            {"open": "nonsense", "out": f"run-{9**30}", "node": "run-x", "start": "a" * 999},
            ["6 runs", "flowers:v0", "iris-model:v0", "train"],
        ),
    ],
)
def test_the_address_says_what_is_shown(page, run, readers, query, names):
    assert shown(page(**query)) == names


def test_details_of_a_run_and_of_a_version(page, run, version):
    text = page(node=f"run-{run.pk}").content.decode()
    assert 'id="lineage-details"' in text
    assert '<span class="key">acc</span> <span class="mono">0.9</span>' in text
    assert '<span class="key">lr</span> <span class="mono">0.1</span>' in text
    text = page(node=f"version-{version.pk}").content.decode()
    assert "<code>vision/iris/iris-model:v0</code>" in text
    assert "nowhere that you can see" in text


def test_no_details_of_what_is_hidden_or_not_in_the_graph(page, run, version, secret, alice):
    unseen = factories.make_run(secret, alice, display_name="unseen")
    RunInput.objects.create(run=unseen, version=version)
    other = factories.make_run(run.project, alice, display_name="elsewhere")
    for pk in (unseen.pk, other.pk):
        response = page(node=f"run-{pk}")
        assert response.context["lineage"].details is None
        assert "unseen" not in response.content.decode()


def test_what_is_hidden_is_no_link(page, run, version, secret):
    unseen = factories.make_run(secret, display_name="unseen")
    RunInput.objects.create(run=unseen, version=version)
    text = page().content.decode()
    graph = re.search("<svg width.*?</svg>", text, re.S)[0]
    nodes = re.findall(r'<(a|g) id="node-([\w-]+)"([^>]*)>', graph)
    assert sorted((tag, "href=" in rest) for tag, _key, rest in nodes) == [
        ("a", True),
        ("a", True),
        ("a", True),
        ("g", False),
    ]
    key = placeholder_of("run", unseen.pk)
    assert f'<g id="node-{key}"' in graph
    table = page(view="table").content.decode()
    row = re.search(f'<tr id="row-{key}".*?</tr>', table, re.S)[0]
    assert "<a " not in row


@pytest.fixture
def linked(run, version, registry, collection):
    """The version as v1 of a registry's collection, where it has another number."""
    other = factories.make_version(factories.make_collection(run.project, "other"))
    factories.make_membership(collection, other)
    return factories.make_membership(collection, version)


def test_a_linked_version_has_the_name_of_its_page(client, victor, linked):
    client.force_login(victor)
    address = linked.tab_url("lineage")
    response = client.get(address)
    assert shown(response) == ["flowers:v0", "iris-classifier:v1", "train"]
    (current,) = [box for box in response.context["lineage"].drawing.boxes if box.is_current]
    assert current.source_name == "source iris-model:v0"
    text = response.content.decode()
    assert '<text x="36" y="35">iris-classifier:v1</text>' in text
    assert ">source iris-model:v0</text>" in text
    table = client.get(address, {"view": "table"}).content.decode()
    row = re.search(f'<tr id="row-version-{linked.version_id}".*?</tr>', table, re.S)[0]
    assert ">iris-classifier:v1</a>" in row
    assert "source iris-model:v0" in row


def test_the_panel_of_a_linked_version_is_that_of_its_page(client, victor, linked):
    client.force_login(victor)
    query = {"node": f"version-{linked.version_id}"}
    text = client.get(linked.tab_url("lineage"), query).content.decode()
    panel = re.search('<aside class="panel lineage-details".*?</aside>', text, re.S)[0]
    assert f"<code>{linked.full_name}</code>" in panel
    source = linked.version.memberships.get(collection=linked.version.sequence)
    assert f'<dt>Source</dt><dd><a href="{source.get_absolute_url()}">{source.full_name}' in panel
    assert "Also linked to" in panel


@pytest.mark.slow
def test_the_table_says_how_what_is_beyond_hidden_ones_is_related(
    client, bob, secret, version, registry, collection
):
    """dataset → hidden run → hidden data set → hidden run → model, of which both ends are linked"""
    data = factories.make_version(factories.make_collection(secret, "data", "dataset"))
    model = factories.make_version(factories.make_collection(secret, "model"))
    clean, train = (factories.make_run(secret, display_name=name) for name in ("clean", "train"))
    RunInput.objects.create(run=clean, version=version)
    RunOutput.objects.create(run=clean, version=data)
    RunInput.objects.create(run=train, version=data)
    RunOutput.objects.create(run=train, version=model)
    client.force_login(bob)
    membership = factories.make_membership(collection, model)
    rows = client.get(membership.tab_url("lineage"), {"view": "table"}).context["lineage"].rows
    assert [(row.node.name, row.level, row.relation) for row in rows] == [
        ("iris-classifier:v0", 0, ""),
        ("not visible to you", 1, "led to it"),
        ("iris-model:v0", 2, "led to it"),
    ]
    response = client.get(membership.tab_url("lineage"))
    assert response.context["lineage"].counts.hidden == 1
    text = response.content.decode()
    assert "runs and artifacts" in text
    assert not {"clean", "train", "data:v0", f"run-{train.pk}"} & set(re.findall(r"[\w:-]+", text))


@pytest.mark.slow
def test_a_cluster_is_searched_and_nodes_taken_out(page, version, readers):
    cluster = cluster_of(page())
    response = page(node=cluster, find="read-3")
    (member,) = response.context["lineage"].details.members
    assert member.node.name == "read-3"
    assert member.out_url == f"?out={member.node.key}"
    assert (
        "this version"
        not in re.search('class="lineage-members".*?</ul>', response.content.decode(), re.S)[0]
    )
    assert shown(page(out=member.node.key)) == ["5 runs", "iris-model:v0", "read-3"]
    assert len(shown(page(open=cluster))) == 7


@pytest.mark.parametrize(
    ("name", "shown_name"),
    [
        ("iris-measurements", "iris-measurements"),
        ("evaluate-softmax-decay-0.001", "evaluate-softmax-d…"),
        ("学習ジョブ：決定木の深さを変えた実験", "学習ジョブ：決定木の…"),
        ("m" * 99, "mmmmmmmmmm…"),
    ],
)
def test_a_name_is_cut_to_the_width_of_its_node(page, project, version, name, shown_name):
    RunInput.objects.create(run=factories.make_run(project, display_name=name), version=version)
    assert shown(page()) == sorted(["iris-model:v0", shown_name])


@pytest.mark.slow
def test_a_cluster_of_what_is_hidden_says_so(page, version, secret):
    for _number in range(5):
        RunInput.objects.create(run=factories.make_run(secret), version=version)
    cluster = cluster_of(page())
    assert "You can see none of them." in page(node=cluster).content.decode()
    assert "has this in its name." in page(node=cluster, find="secret").content.decode()


def test_the_path_is_marked(page, run, version):
    data = run.inputs.get().version
    response = page(start=f"version-{data.pk}", node=f"version-{version.pk}")
    assert [node.name for node, _url in response.context["lineage"].path] == [
        "flowers:v0",
        "train",
        "iris-model:v0",
    ]
    assert response.content.decode().count('<path class="on-trace"') == 2
    assert "Choose the node where it ends." in page(start=f"run-{run.pk}").content.decode()


def test_swap_equals_reload(client, victor, run, readers):
    client.force_login(victor)
    address = f"{URL}?node=run-{run.pk}&depth=2"
    assert_swap_equals_reload(client.get(address, headers=htmx()), client.get(address), "lineage")


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 4, 40])
def test_queries_do_not_grow_with_nodes(
    client, bob, project, version, count, django_assert_max_num_queries
):
    for number in range(count):
        reader = factories.make_run(project, bob, display_name=f"read-{number}")
        RunInput.objects.create(run=reader, version=version)
        RunOutput.objects.create(
            run=reader,
            version=factories.make_version(factories.make_collection(project, f"made{number}")),
        )
    client.force_login(bob)
    with django_assert_max_num_queries(21):
        client.get(URL, {"open": f"version-{version.pk}.down.run"})


def test_a_form_keeps_what_was_chosen(page, run):
    lineage = page(start=f"run-{run.pk}", depth="2", view="table", find="x").context["lineage"]
    assert lineage.form_fields == [("start", f"run-{run.pk}"), ("view", "table")]
