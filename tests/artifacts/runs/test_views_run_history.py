"""What a run logged over time: its charts, the numbers of one metric, and its files."""

import csv
import json
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from artifacts.formats.run_history import MOST_METRICS
from tests import factories
from tests.helpers.htmx import assert_swap_equals_reload, htmx
from tests.helpers.queries import count_queries

LIMIT = 150 * 1024  # bytes of a page
PAGE = "/vision/iris/runs/run0"


@pytest.fixture
def run(project, bob):
    return factories.make_run(project, bob, name="run0", state="finished")


def history(client, **query):
    return client.get(f"{PAGE}?{urlencode(query)}").context["page"].history


def csv_of(response):
    return list(csv.reader(b"".join(response).decode().splitlines()))


def wide(names, steps):
    return [
        {"_step": step} | {name: step / (n + 1) for n, name in enumerate(names)}
        for step in range(steps)
    ]


# ------------------------------------------------------------------ charts


def test_a_spike_is_drawn_and_said(client, victor, run):
    rows = [{"_step": n, "loss": 50 if n == 3_333 else 1 + n % 7 / 100} for n in range(5_000)]
    factories.make_lines(run, "history", *rows)
    client.force_login(victor)
    page = client.get(PAGE)
    (chart,) = page.context["page"].history.charts
    assert (3_333, 50) in [(point.x, point.y) for point in chart.points]
    assert "loss: lowest 1 · highest 50 · last 1.01; values: 5,000" in page.content.decode()
    assert [tick.label for tick in chart.x_ticks] == ["0", "1,000", "2,000", "3,000", "4,000"]
    assert "the lowest and the highest value of each stretch" in page.content.decode()


@pytest.mark.parametrize("odd", ["NaN", '"NaN"'])
def test_nan_and_infinities_hide_nothing_and_are_counted(client, victor, run, odd):
    """The SDK writes NaN bare; some scripts send the word."""
    rows = [f'{{"_step": {n}, "loss": {odd if n % 10 == 0 else n}}}' for n in range(5_000)]
    rows += ['{"_step": 5000, "loss": Infinity}', '{"_step": 5001, "loss": -Infinity}']
    factories.make_lines(run, "history", *rows)
    client.force_login(victor)
    page = client.get(PAGE)
    (chart,) = page.context["page"].history.charts
    assert (chart.points[0].x, chart.points[-1].x) == (1, 4_999)
    words = "NaN 500 times · Infinity 1 time · -Infinity 1 time"
    assert words in page.content.decode()
    assert chart.series[0].gaps
    table = client.get(chart.table_url).context["page"].table
    assert table.rows[:3] == [("0", "NaN"), ("1", "1"), ("2", "2")]
    assert table.summary.startswith("5,002 values")


def test_a_single_value_is_a_number_and_none_a_sentence(client, victor, run):
    lines = ['{"_step": 7, "best": 0.123456}', *['{"bad": NaN}'] * 3, '{"far": Infinity}']
    factories.make_lines(run, "history", *lines)
    client.force_login(victor)
    section = history(client)
    assert not section.charts
    assert [(each.title, each.value, each.note) for each in section.singles] == [
        ("bad", "NaN 3 times", "and no number"),
        ("best", "0.1235", "at step 7, its only value"),
        ("far", "Infinity 1 time", "and no number"),
    ]
    assert section.singles[1].exact == "0.123456"


def test_extreme_numbers_are_drawn(client, victor, run):
    rows = [
        '{"a": 1e308, "b": 5e-324, "c": 1, "d": 1e999, "_step": 1e308}',
        '{"a": -1e308, "b": 0, "c": 0.9999999999999999, "d": 2, "_step": -1e308}',
        '{"a": 1e299, "b": -5e-324, "c": 1.0000000000000002, "d": -Infinity, "_step": NaN}',
        '{"a": 1' + "0" * 400 + ', "name": "x", "flag": true}',
        "[" * 5000,
    ]
    factories.make_lines(run, "history", *rows)
    client.force_login(victor)
    page = client.get(PAGE)
    assert [chart.title for chart in page.context["page"].history.charts] == ["a", "b", "c", "d"]
    assert "3 too large to draw" in page.content.decode()


@pytest.mark.slow
def test_of_many_metrics_it_says_how_many_and_all_can_be_reached(client, victor, run):
    names = [f"{prefix}{n}" for prefix in ("train/m", "val/m", "layer ") for n in range(1, 14)]
    factories.make_lines(run, "history", *wide([*names, "_own"], 3))
    client.force_login(victor)
    section = history(client)
    assert section.summary == "39 metrics · 1 to 8 shown"
    assert [chart.title for chart in section.charts][::5] == ["layer 1", "layer 6"]
    seen, url = [], PAGE
    while url:
        page = client.get(url)
        seen += [chart.title for chart in page.context["page"].history.charts]
        url = page.context["page"].history.next_url
    assert sorted(seen) == sorted(names)
    assert [(group.label, group.count) for group in section.groups] == [
        ("all", 39),
        ("train/", 13),
        ("val/", 13),
        ("without a prefix", 13),
    ]
    group = client.get(section.groups[2].url).context["page"].history
    assert group.summary == "39 metrics · 13 chosen · 1 to 8 shown"
    assert {chart.title[:5] for chart in group.charts} == {"val/m"}
    assert [each.is_current for each in group.groups] == [False, False, True, False]
    assert [c.title for c in history(client, find="VAL 13").charts] == ["val/m13"]
    assert [c.title for c in history(client, metrics="train/", find="m13").charts] == ["train/m13"]
    text = client.get(f"{PAGE}?find=nothing").content.decode()
    assert "No metric has “nothing” in its name." in text
    for odd in ("x", "-1", "9" * 30, "999"):
        assert history(client, metrics_from=odd).charts


def test_charts_are_swapped_as_they_would_be_reloaded(client, victor, run):
    factories.make_lines(run, "history", *wide([f"m{n}" for n in range(30)], 3))
    client.force_login(victor)
    url = history(client).next_url
    swapped = client.get(url, headers=htmx(target="history"))
    assert_swap_equals_reload(swapped, client.get(url), "history")


def test_it_says_which_media_were_logged_and_how_often(client, victor, run):
    image = {"_type": "image-file", "path": "media/images/a.png"}
    rows = [{"img": image, "deep": {"h": {"_type": "histogram"}}, "text": "x"} for _ in range(3)]
    factories.make_lines(run, "history", *rows, {"img": {"_type": "table-file"}})
    client.force_login(victor)
    page = client.get(PAGE)
    assert page.context["page"].history.media == [
        ("deep.h", "histogram, 3 times"),
        ("img", "image-file, 3 times, table-file, 1 time"),
    ]
    assert "Media were logged, too" in page.content.decode()


def test_a_running_run_says_yet(client, victor, run):
    client.force_login(victor)
    assert "No numbers were logged over time." in client.get(PAGE).content.decode()
    type(run).objects.update(state="running")
    assert "No numbers were logged over time yet." in client.get(PAGE).content.decode()


# more metrics than are counted; more steps than make a run long, and its page ask less often
@pytest.mark.slow
@pytest.mark.parametrize(
    ("metrics", "steps"), [(40, 2_000), (MOST_METRICS + 1_000, 2), (3, 25_000)]
)
def test_a_page_stays_small_whatever_was_logged(client, victor, run, metrics, steps):
    rows = wide([f"group {n % 50}/metric {n}" for n in range(metrics)], steps)
    run = factories.make_lines(run, "history", *rows)
    run.summary = rows[-1]
    run.save(update_fields=["summary"])
    client.force_login(victor)
    few = count_queries(client, PAGE)
    page = client.get(PAGE)
    assert len(page.content) < LIMIT
    assert page.content.count(b"<") < 4_000
    for chart in page.context["page"].history.charts:
        assert chart.extent.count == steps
        assert len(client.get(chart.table_url).content) < LIMIT
        break
    assert count_queries(client, f"{PAGE}?metrics_from=8") == few
    assert few <= 18


def test_more_metrics_than_are_counted_are_found_by_their_whole_name(
    client, victor, run, monkeypatch
):
    monkeypatch.setattr("artifacts.formats.run_history.MOST_METRICS", 5)
    monkeypatch.setattr("artifacts.views.run.history.MOST_METRICS", 5)
    factories.make_lines(run, "history", *wide([f"m{n}" for n in range(20)], 3))
    client.force_login(victor)
    assert history(client).summary.startswith(
        "4 metrics are listed; find others by their whole name"
    )
    assert [chart.title for chart in history(client, find="m17").charts] == ["m17"]


@pytest.mark.slow
def test_statements_do_not_grow_with_rows(client, victor, run):
    factories.make_lines(run, "history", *wide(["loss", "acc"], 2))
    client.force_login(victor)
    few = count_queries(client, PAGE)
    factories.make_lines(run, "history", *wide(["loss", "acc"], 6_000), offset=2)
    assert count_queries(client, PAGE) <= few  # a long history is remembered


@pytest.mark.slow
def test_a_long_history_is_read_once_until_the_run_speaks_again(client, victor, run, monkeypatch):
    factories.make_lines(run, "history", *wide(["loss"], 6_000))
    client.force_login(victor)
    (before,) = history(client).charts
    with monkeypatch.context() as patch:
        patch.setattr("artifacts.services.runs.curves.read_line", None)
        (again,) = history(client).charts
    assert again == before
    factories.make_lines(run, "history", {"_step": 5_999, "loss": 7_777})  # overwrites the first
    (after,) = history(client).charts
    assert after.extent.high == 7_777
    factories.make_lines(run, "history", {"_step": 6_000, "loss": 8_888}, offset=6_000)
    (after,) = history(client).charts
    assert (after.extent.high, after.extent.total) == (8_888, 6_001)


# ------------------------------------------------------------------ numbers of one


def test_the_numbers_of_a_metric_have_an_address(client, victor, run):
    factories.make_lines(run, "history", *wide(["loss"], 250), {"loss": "none"}, {"acc": 1})
    client.force_login(victor)
    url = reverse("artifacts:run_history", args=["vision", "iris", "run0"])
    page = client.get(url)  # of the first metric
    assert page.context["page"].key == "acc"
    page = client.get(f"{url}?key=loss")
    table = page.context["page"].table
    assert (len(table.rows), table.total) == (100, 251)
    assert table.files[0]["url"] == f"{url}.csv?key=loss"
    second = client.get(table.next_url)
    assert second.context["page"].table.rows[0] == ("100", "100")
    swapped = client.get(table.next_url, headers=htmx(target="numbers"))
    assert_swap_equals_reload(swapped, second, "numbers")
    assert "has no other in its history" in client.get(f"{url}?key=other").content.decode()


def test_the_numbers_for_others(client, charlie, run):
    url = reverse("artifacts:run_history", args=["vision", "iris", "run0"])
    assert client.get(url).status_code == 302
    client.force_login(charlie)
    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 405


# ------------------------------------------------------------------ files


def test_charts_have_their_files(client, victor, run):
    rows = [{"_step": 2 * n, "loss": n + 0.1, "eval": {"f1": n}} for n in range(4)]
    factories.make_lines(run, "history", *rows)
    client.force_login(victor)
    page = client.get(PAGE)
    charts = page.context["page"].history.charts
    assert [chart.title for chart in charts] == ["eval.f1", "loss"]
    for chart in charts:
        assert f'href="{chart.files[0]["url"]}"' in page.content.decode()
    lines = csv_of(client.get(charts[0].files[0]["url"]))
    assert lines == [["_step", "eval.f1"], ["0", "0"], ["2", "1"], ["4", "2"], ["6", "3"]]
    whole = csv_of(client.get(f"{PAGE}/-/history.csv"))
    assert whole[:2] == [["_step", "eval.f1", "loss"], ["0", "0", "0.1"]]


def test_a_file_of_a_run_has_all_its_metrics(client, victor, run):
    factories.make_lines(run, "history", *wide([f"m{n}" for n in range(500)], 2))
    client.force_login(victor)
    lines = csv_of(client.get(f"{PAGE}/-/history.csv"))
    assert [len(line) for line in lines] == [501] * 3
    assert lines[0][:3] == ["_step", "m0", "m1"]


def test_a_file_has_every_line_with_the_key_and_no_other(client, victor, run):
    rows = [{"_step": n, "loss": n} if n % 3 else {"_step": n, "acc": 1} for n in range(2_000)]
    odd = [
        "no JSON",
        '{"loss": NaN}',
        '{"loss": "x"}',
        '{"loss": null}',
        '{"loss": {"_type": "h"}}',
    ]
    run = factories.make_lines(run, "history", *rows)
    factories.make_lines(run, "history", *odd, offset=2_000)
    client.force_login(victor)
    lines = csv_of(client.get(f"{PAGE}/-/history.csv?key=loss"))
    assert len(lines) == 1 + 1_333 + 3
    assert lines[-3:] == [["2001", "nan"], ["2002", "x"], ["2004", '{"_type":"h"}']]
    text = b"".join(client.get(f"{PAGE}/-/history.json?key=loss&key=acc"))
    objects = json.loads(text)
    assert objects[0] == {"_step": 0, "loss": None, "acc": 1}
    assert objects[-3] == {"_step": 2001, "loss": None, "acc": None}
    assert csv_of(client.get(f"{PAGE}/-/history.csv?key=")) == [["_step", ""]]
    lines = csv_of(client.get(f"{PAGE}/-/history.csv?key=_step&key=acc&key=acc"))
    assert lines[0] == ["_step", "acc"]


def test_a_head_request_reads_nothing(client, victor, run, monkeypatch):
    monkeypatch.setattr("artifacts.views.run.history_values.read_line", None)
    factories.make_lines(run, "history", {"loss": 1})
    client.force_login(victor)
    assert client.head(f"{PAGE}/-/history.csv").status_code == 200
