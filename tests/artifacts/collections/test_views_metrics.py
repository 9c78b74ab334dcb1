"""The numbers of versions as columns and as a chart, on the pages of both kinds of collection."""

import csv
import json

import pytest
from django.urls import reverse

from artifacts.models import Membership
from tests import factories
from tests.helpers.htmx import HTMX, assert_swap_equals_reload
from tests.helpers.queries import count_queries

SOURCE = "/vision/iris/artifacts/model/iris-model"
LINKED = "/orgs/Acme/registry/model/iris-classifier"
LOSSES = [0.5, 0.25, "NaN", None]


@pytest.fixture
def versions(sequence, collection, bob):
    """v0 … v3, logged by a run each and linked in the same order; v1 is `best` in both."""
    memberships = []
    for number, loss in enumerate(LOSSES):
        summary = {"loss": loss, "eval": {"f1": number / 10}, "ok": True, "_step": 9}
        run = factories.make_run(sequence.project, bob, summary=summary)
        metadata = {"rows": 10**number, "loss": 7, "huge": 10**400, "name": "x"}
        aliases = ["best"] if number == 1 else []
        version = factories.make_version(
            sequence, by=bob, run=run, metadata=metadata, aliases=aliases
        )
        memberships.append(factories.make_membership(collection, version, aliases=aliases))
    return memberships


def rows_of(response):
    table = response.context["table"].page
    return {
        row.names.number: [cell.text + "*" * cell.is_best for cell in row.cells]
        for row in table.rows
    }


def names_of(response):
    return [column.name for column in response.context["table"].metrics.columns]


@pytest.mark.parametrize("url", [SOURCE, LINKED])
def test_metrics_are_hidden_until_asked_for(client, victor, versions, url):
    client.force_login(victor)
    response = client.get(f"{url}?x=1")
    text = response.content.decode()
    assert "Show metrics" in text
    assert "run.loss" not in text
    assert f'href="{url}?x=1&amp;metrics=1"' in text


@pytest.mark.parametrize("url", [SOURCE, LINKED])
def test_default_columns_are_the_commonest_numbers_each_once(client, victor, versions, url):
    client.force_login(victor)
    response = client.get(f"{url}?metrics=1")
    assert names_of(response) == ["run.eval.f1", "metadata.rows", "run.loss"]
    assert rows_of(response) == {
        "v3": ["0.3*", "1,000*", ""],
        "v2": ["0.2", "100", "NaN"],
        "v1": ["0.1", "10", "0.25*"],
        "v0": ["0", "1", "0.5"],
    }
    assert "best of all 4 versions" in response.content.decode()
    assert response.content.decode().count('<span class="visually-hidden"> best</span>') == 3


@pytest.mark.parametrize("url", [SOURCE, LINKED])
def test_columns_are_chosen_in_order_and_best_is_turned(client, victor, versions, url):
    client.force_login(victor)
    query = (
        "?metrics=1&columns=metadata.rows&columns=run.loss&columns=metadata.gone&columns=nonsense"
    )
    response = client.get(f"{url}{query}&best=run.loss:max&best=metadata.rows:min&best=x&best=a:up")
    assert names_of(response) == ["metadata.rows", "run.loss", "metadata.gone"]
    assert rows_of(response)["v0"] == ["1*", "0.5*", ""]
    rows, loss, _gone = response.context["table"].metrics.columns
    assert (rows.earlier_url, loss.is_lowest_best) == ("", False)
    moved = client.get(loss.earlier_url)
    assert names_of(moved) == ["run.loss", "metadata.rows", "metadata.gone"]
    assert rows_of(moved)["v0"] == ["0.5*", "1*", ""]
    assert rows_of(client.get(loss.turn_url))["v1"] == ["10", "0.25*", ""]


def test_best_is_of_all_versions_whatever_page_and_filter(client, victor, versions):
    client.force_login(victor)
    response = client.get(f"{LINKED}?metrics=1&q=v3&columns=metadata.rows&best=metadata.rows:min")
    assert rows_of(response) == {"v3": ["1,000"]}
    assert "best of all 4 versions" in response.content.decode()


def test_best_is_of_the_newest_versions_where_there_are_many(client, victor, versions, monkeypatch):
    monkeypatch.setattr(
        "artifacts.services.versions.metrics.read_measured.__kwdefaults__", {"most": 2}
    )
    client.force_login(victor)
    response = client.get(
        f"{LINKED}?metrics=1&columns=run.loss&columns=metadata.rows&chart=metadata.rows"
    )
    assert rows_of(response)["v1"] == ["0.25", "10"]
    assert rows_of(response)["v3"] == ["", "1,000*"]
    assert "best of the newest 2 versions" in response.content.decode()
    assert "The newest 2 versions are drawn" in response.content.decode()
    assert [point.label for point in response.context["table"].metrics.chart.points] == ["v2", "v3"]


def test_a_version_in_the_trash_counts_for_nothing(client, victor, versions):
    Membership.objects.filter(pk=versions[3].pk).update(hidden_at="2026-01-01T00:00Z")
    client.force_login(victor)
    response = client.get(f"{LINKED}?metrics=1&columns=metadata.rows")
    assert rows_of(response)["v2"] == ["100*"]


def test_summaries_of_runs_that_one_may_not_see_stay_hidden(
    client, alice, bob, versions, collection, acme
):
    hidden = factories.make_project(factories.make_team("secret", acme, alice="admin"))
    run = factories.make_run(hidden, alice, summary={"loss": 0.001, "leak": 1})
    version = factories.make_version(
        factories.make_collection(hidden), by=alice, run=run, metadata={"rows": 5}
    )
    factories.make_membership(collection, version)
    client.force_login(bob)
    response = client.get(f"{LINKED}?metrics=1&choose=1&chart=run.loss")
    assert rows_of(response)["v4"] == ["5", "", ""]
    assert rows_of(response)["v1"][-1] == "0.25*"
    assert "leak" not in response.content.decode()
    assert "0.001" not in response.content.decode()
    rows = json.loads(b"".join(client.get(f"{LINKED}/-/versions.json?columns=run.loss")))
    assert [row["run.loss"] for row in rows] == [None, None, "NaN", 0.25, 0.5]
    client.force_login(alice)
    assert rows_of(client.get(f"{LINKED}?metrics=1&columns=run.loss"))["v4"] == ["0.001*"]


def test_names_are_found_and_offered(client, victor, versions):
    client.force_login(victor)
    response = client.get(f"{SOURCE}?metrics=1&columns=run.loss&choose=1")
    assert response.context["table"].metrics.offered == [
        "run.eval.f1",
        "metadata.loss",
        "metadata.rows",
    ]
    response = client.get(f"{SOURCE}?metrics=1&columns=run.loss&choose=1&find=LOSS")
    assert response.context["table"].metrics.offered == ["metadata.loss"]
    assert 'value="run.loss" checked' in response.content.decode()
    response = client.get(f"{SOURCE}?metrics=1&columns=run.loss&choose=1&find=zzz")
    assert "No other metric has this in its name." in response.content.decode()


@pytest.mark.parametrize("url", [SOURCE, LINKED])
def test_a_chart_over_versions_has_aliases_links_a_table_and_files(client, victor, versions, url):
    client.force_login(victor)
    response = client.get(f"{url}?metrics=1&chart=run.loss")
    chart = response.context["table"].metrics.chart
    assert [(point.label, point.value, point.marks) for point in chart.points] == [
        ("v0", "0.5", ()),
        ("v1", "0.25", ("best",)),
        ("v2", "NaN", ()),
    ]
    assert chart.points[1].url == f"{url}/v1"
    text = response.content.decode()
    assert "run.loss: lowest 0.25 · highest 0.5 · last 0.25 · NaN 1 time; values: 3" in text
    assert f'<th scope="row"><a href="{url}/v1">v1</a></th><td>best</td>' in text
    address = f"{url}/-/versions.csv?columns=run.loss"
    assert f'href="{address}"' in text
    rows = list(csv.DictReader(b"".join(client.get(address)).decode().splitlines()))
    assert [(row["version"], row["run.loss"]) for row in rows] == [
        ("v3", ""),
        ("v2", "NaN"),
        ("v1", "0.25"),
        ("v0", "0.5"),
    ]
    latest = client.get(f"{url}?metrics=1&chart=metadata.rows").context["table"].metrics.chart
    assert latest.points[-1].marks == ("latest",)


@pytest.mark.slow
def test_a_chart_of_nothing_says_so(client, victor, versions):
    client.force_login(victor)
    for name in ("run.gone", "nonsense", "run.", "run.ok"):
        response = client.get(f"{LINKED}?metrics=1&chart={name}")
        assert f"No version has a metric named {name}." in response.content.decode()


def test_the_file_of_the_list_has_the_columns_of_the_page(client, victor, versions):
    client.force_login(victor)
    page = client.get(f"{LINKED}?metrics=1")
    (file,) = [file for file in page.context["table"].page.files if file["label"] == "JSON"]
    rows = json.loads(b"".join(client.get(file["url"])))
    assert rows[0]["run.eval.f1"] == 0.3
    assert rows[1]["run.loss"] == "NaN"
    assert "run.loss" not in json.loads(b"".join(client.get(f"{LINKED}/-/versions.json")))[0]


@pytest.mark.parametrize(
    "query",
    [
        "metrics=1&choose=1&chart=run.loss&columns=run.loss",
        "metrics=1&columns=run.%F0%9F%92%A9&best=:min&find=%ff&chart=run.%ed%a0%80",
        "metrics=1&" + "&".join(f"columns=run.{number}" for number in range(300)),
        "metrics=1&columns=run." + "a." * 120 + "&chart=run." + "." * 3000,
        "metrics=1&columns=<i>&columns=run.<i>&chart=run.<i>&find=<i>&choose=1",
    ],
)
@pytest.mark.parametrize(("url", "fragment"), [(SOURCE, "versions"), (LINKED, "versions")])
def test_any_query_swaps_as_it_reloads(client, victor, versions, url, fragment, query):
    client.force_login(victor)
    page = client.get(f"{url}?{query}")
    assert page.status_code == 200
    assert "<i>" not in page.content.decode()
    assert len(names_of(page)) <= 30
    swapped = client.get(f"{url}?{query}", headers=HTMX)
    assert_swap_equals_reload(swapped, page, fragment)


def test_deep_and_odd_values(client, victor, sequence, bob):
    deep = {"a": 1}
    for _level in range(400):
        deep = {"a": deep}
    odd = {"deep": deep, "list": [1], "text": "5", "null": None, "no": False, "": 3, "a.b": 4}
    factories.make_version(sequence, by=bob, metadata=odd)
    client.force_login(victor)
    response = client.get(f"{SOURCE}?metrics=1&chart=metadata.{'a.' * 400}a")
    assert response.status_code == 200
    assert "metadata.a.b" in names_of(response)
    assert not {"metadata.list", "metadata.text", "metadata.null", "metadata.no"} & set(
        names_of(response)
    )


@pytest.mark.slow
@pytest.mark.parametrize("url", [SOURCE, LINKED])
def test_queries_do_not_grow_with_versions(
    client, victor, sequence, collection, bob, versions, url
):
    client.force_login(victor)
    address = f"{url}?metrics=1&choose=1&chart=metadata.rows"
    few = count_queries(client, address)
    for number in range(20):
        run = factories.make_run(sequence.project, bob, summary={"loss": number})
        version = factories.make_version(
            sequence, by=bob, run=run, metadata={"rows": number}, aliases=[f"a{number}"]
        )
        factories.make_membership(collection, version, aliases=[f"a{number}"])
    assert count_queries(client, address) == few
    assert few - count_queries(client, url) <= 3  # memberships, runs, aliases


def test_ticked_versions_are_sent_by_their_full_names(client, victor, versions):
    client.force_login(victor)
    text = client.get(LINKED).content.decode()
    assert f'action="{reverse("artifacts:compare")}"' in text
    assert f'formaction="{reverse("artifacts:histories")}"' in text
    assert 'name="version" value="acme/wandb-registry-model/iris-classifier:v1"' in text


def test_no_numbers_at_all(client, victor, sequence, bob):
    factories.make_version(sequence, by=bob)
    client.force_login(victor)
    assert "No version here has numbers" in client.get(f"{SOURCE}?metrics=1").content.decode()
