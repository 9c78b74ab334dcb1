"""Histories of runs: files of one, and several over each other."""

import csv
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from artifacts.models import Version
from artifacts.services.runs.control import delete_run
from tests import factories
from tests.helpers.queries import count_queries

URL = "/-/histories"
NAME = "vision/iris/iris-model"


@pytest.fixture
def runs(sequence, bob):
    """Three runs, each of which logged one version, v0 to v2; and v3, which no run logged."""
    found = []
    for number in range(3):
        run = factories.make_run(sequence.project, bob, name=f"run{number}")
        rows = [{"_step": 2 * n, "loss": n + number / 10, "eval": {"f1": n}} for n in range(4)]
        run = factories.make_lines(run, "history", *rows)
        factories.make_version(sequence, by=bob, run=run)
        found.append(run)
    factories.make_version(sequence, by=bob)
    return found


def address(*numbers, url=URL, **more):
    names = [("version", f"{NAME}:v{number}") for number in numbers]
    return f"{url}?{urlencode([*names, *more.items()])}"


def csv_of(response):
    return list(csv.reader(b"".join(response).decode().splitlines()))


def test_addresses():
    assert reverse("artifacts:histories") == URL
    assert reverse("artifacts:histories_export", args=["csv"]) == f"{URL}.csv"


# ------------------------------------------------------------------ several runs


def test_histories_are_drawn_over_each_other(client, victor, runs):
    client.force_login(victor)
    page = client.get(address(0, 2, key="loss"))
    chart = page.context["page"].chart
    assert [series.label for series in chart.series] == ["iris-model:v0", "iris-model:v2"]
    assert [point.y for point in chart.series[1].points] == [0.2, 1.2, 2.2, 3.2]
    text = page.content.decode()
    assert "loss: lowest 0, highest 3.2; lines: 2" in text
    assert 'href="/vision/iris/runs/run2"' in text
    lines = csv_of(client.get(chart.files[0]["url"]))
    assert lines[0] == ["version", "run", "_step", "loss"]
    assert lines[5] == [f"{NAME}:v2", "vision/iris/run2", "0", "0.2"]
    assert len(lines) == 9
    odd = csv_of(client.get(address(0, url=f"{URL}.csv", key="version")))
    assert odd == [["version", "run", "_step", "value"]]


def test_the_key_is_chosen_among_those_that_most_runs_have(client, victor, runs, sequence, bob):
    run = factories.make_lines(
        factories.make_run(sequence.project, bob), "history", {"loss": 1, "lr": 2, "name": "x"}
    )
    factories.make_version(sequence, by=bob, run=run)
    client.force_login(victor)
    page = client.get(address(0, 4))
    assert page.context["page"].keys == ["loss", "eval.f1", "lr"]
    assert page.context["page"].key == "loss"
    page = client.get(address(0, 4, key="eval.f1"))
    assert "iris-model:v4 has no eval.f1 in its history." in page.content.decode()
    assert client.get(address(0, 4, key="gone")).status_code == 200


def test_versions_of_one_run_share_a_line(client, victor, runs, sequence, bob):
    factories.make_version(sequence, by=bob, run=runs[0])
    client.force_login(victor)
    (series,) = client.get(address(0, 4, 0, key="loss")).context["page"].chart.series
    assert series.label == "iris-model:v0, iris-model:v4"


def test_names_in_full_where_short_ones_mean_several(client, victor, runs, registry):
    shelf = factories.make_collection(registry.project, "iris-model")
    factories.make_membership(shelf, Version.objects.get(run=runs[1]))
    client.force_login(victor)
    names = [f"{NAME}:v0", "acme/wandb-registry-model/iris-model:v0"]
    page = client.get(f"{URL}?{urlencode([('version', name) for name in names])}")
    assert [series.label for series in page.context["page"].chart.series] == names


def test_versions_without_a_run_that_one_may_see_are_named(
    client, alice, bob, runs, acme, collection
):
    hidden = factories.make_project(factories.make_team("secret", acme, alice="admin"))
    run = factories.make_lines(factories.make_run(hidden, alice), "history", {"loss": 31337})
    version = factories.make_version(factories.make_collection(hidden), by=alice, run=run)
    factories.make_membership(collection, version)
    client.force_login(bob)
    linked = "acme/wandb-registry-model/iris-classifier:v0"
    url = f"{address(0, 3)}&version={linked}&key=loss"
    page = client.get(url)
    assert [series.label for series in page.context["page"].chart.series] == ["iris-model:v0"]
    text = page.content.decode()
    assert "iris-model:v3 was not logged by a run that is still there." in text
    assert "iris-classifier:v0 was logged by a run in a project that you cannot open." in text
    assert "31337" not in text.replace(",", "")
    assert len(csv_of(client.get(url.replace(URL, f"{URL}.csv")))) == 5
    delete_run(by=bob, run=runs[0])
    text = client.get(url).content.decode()
    assert f"iris-model:v0 was logged by {runs[0].display_name}:" in text
    assert "cannot open" in text  # of the other one alone
    assert text.count("cannot open") == 1


def test_nothing_chosen_and_nothing_logged(client, victor, runs):
    client.force_login(victor)
    assert "tick the versions" in client.get(URL).content.decode()
    assert "No numbers were logged over time." in client.get(address(3)).content.decode()
    assert csv_of(client.get(f"{URL}.csv")) == [["version", "run", "_step", "value"]]


@pytest.mark.slow
def test_refusals(client, victor, charlie, runs):
    assert client.get(URL)["Location"] == f"/login?next={URL}"
    client.force_login(victor)
    assert client.post(URL).status_code == 405
    for file in ("", ".csv"):
        url = f"{URL}{file}"
        assert client.get(address(*range(11), url=url)).status_code == 400
        assert client.get(address(9, url=url)).status_code == 404
        assert client.get(f"{url}?version=nonsense").status_code == 400
    text = client.get(address(*range(11))).content.decode()
    assert "10 versions can be drawn, and 11 were chosen. Choose fewer." in text
    client.force_login(charlie)
    assert client.get(address(0)).status_code == 404
    assert client.get(address(0, url=f"{URL}.csv")).status_code == 404
    assert client.get("/vision/iris/runs/run0/-/history.csv").status_code == 404


def test_long_histories_keep_their_extremes(client, victor, sequence, bob):
    for number in range(2):
        rows = [{"_step": n, "loss": 50 if n == 1_777 else n / 3_000} for n in range(3_000)]
        run = factories.make_run(sequence.project, bob, name=f"long{number}")
        run = factories.make_lines(run, "history", *rows)
        factories.make_version(sequence, by=bob, run=run)
    client.force_login(victor)
    page = client.get(address(0, 1))
    for series in page.context["page"].chart.series:
        assert len(series.points) < 400
        assert (series.points[0].x, series.points[-1].x) == (0, 2_999)
        assert (1_777, 50) in [(point.x, point.y) for point in series.points]
        assert series.extent.count == 3_000
    assert len(page.content) < 150 * 1024


@pytest.mark.slow
def test_numbers_are_a_table_only_when_asked_for(client, victor, runs):
    odd = ['{"_step": 9, "loss": NaN}', '{"_step": 11, "loss": Infinity}']
    more = [{"_step": n, "loss": n} for n in range(20, 200)]
    factories.make_lines(runs[0], "history", *odd, *more, offset=4)
    client.force_login(victor)
    page = client.get(address(0, 2, key="loss"))
    assert "<table" not in page.content.decode()
    table = client.get(page.context["page"].chart.table_url).context["page"].table
    assert table.rows[0] == ("0", ["0", "0.2"])
    assert table.rows[4:6] == [("9", ["NaN", ""]), ("11", ["Infinity", ""])]
    assert len(table.rows) == 100
    more = client.get(table.next_url).context["page"].table
    assert more.rows[0][0] == "114"
    assert client.get(more.previous_url).context["page"].table.rows == table.rows
    for odd in ("x", "-", "9" * 30, "-5"):
        assert client.get(f"{address(0, key='loss')}&numbers=1&step={odd}").status_code == 200


def test_of_very_many_names_some_are_offered_and_it_says_so(client, victor, sequence, bob):
    run = factories.make_run(sequence.project, bob)
    run = factories.make_lines(run, "history", {f"m{n}": n for n in range(250)})
    factories.make_version(sequence, by=bob, run=run)
    client.force_login(victor)
    page = client.get(address(0))
    assert page.context["page"].keys[:3] == ["m0", "m1", "m2"]
    assert "200 of 250 names are offered; type any other." in page.content.decode()
    assert client.get(address(0, key="m249")).context["page"].chart.title == "m249"


def test_queries_do_not_grow_with_lines(client, victor, runs):
    client.force_login(victor)
    few = count_queries(client, address(0, 1))
    for run in runs:
        factories.make_lines(run, "history", *[{"loss": 1}] * 300, offset=4)
    assert count_queries(client, address(0, 1)) == few
    assert few <= 30
