"""History, events and console of a run, as the SDK reads them back."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from artifacts.models import Run, RunLine
from tests import factories
from tests.helpers.graphql import sdk_document

pytestmark = pytest.mark.slow
PLACE = {"entity": "vision", "project": "iris"}
READ = """query Read($steps: Int, $min: Int64, $max: Int64) {
  project(name: "iris", entityName: "vision") { run(name: "r1") {
    history(samples: $steps, minStep: $min, maxStep: $max) events(samples: $steps) } } }"""


@pytest.fixture
def run(project, alice):
    return factories.make_run(project, alice, name="r1")


def of_run(data):
    return data["project"]["run"]


def page(api, user, first, end, size=None):
    values = {"minStep": first, "maxStep": end, "pageSize": end - first if size is None else size}
    found = of_run(api(user, sdk_document("HistoryPage"), **PLACE, run="r1", **values))
    return [json.loads(line)["_step"] for line in found["history"]]


def rows(api, user, **spec):
    values = {"run": "r1", "spec": json.dumps(spec)}
    return of_run(api(user, sdk_document("SampledHistoryPage"), **PLACE, **values))[
        "sampledHistory"
    ][0]


def test_a_page_of_the_history_ends_before_its_last_step(api, victor, run):
    factories.make_lines(run, "history", *({"_step": step, "x": 1} for step in range(0, 20, 2)))
    assert page(api, victor, 0, 5) == [0, 2, 4]
    assert page(api, victor, 4, 8) == [4, 6]
    assert page(api, victor, 18, 19) == [18]
    assert page(api, victor, 19, 100) == []
    assert page(api, victor, 5, 5) == []


def test_a_page_has_all_rows_of_its_steps_in_the_order_of_steps(api, victor, run):
    """Several processes may write one run: steps then come more than once, and in any order."""
    factories.make_lines(run, "history", *({"_step": step} for step in (3, 1, 1, 2, 0, 3)))
    assert page(api, victor, 0, 4) == [0, 1, 1, 2, 3, 3]
    assert page(api, victor, 1, 3) == [1, 1, 2]


def test_lines_as_they_came(api, victor, run):
    """Python reads NaN and numbers without end; what is no JSON was never sent by the SDK."""
    sent = ['{"_step":0,"x":NaN}', '{"_step":1,"x":1e999}', '{"_step":"odd"}']
    factories.make_lines(run, "history", *sent)
    found = of_run(api(victor, READ, steps=9))
    assert found["history"] == sent
    assert of_run(api(victor, READ, min=0, max=9))["history"] == sent[:2]


def test_a_sample_is_spread_evenly_from_the_first_to_the_last(api, victor, run):
    factories.make_lines(run, "history", *({"_step": step} for step in range(1000)))
    factories.make_lines(run, "events", *({"n": number} for number in range(1000)))
    found = of_run(api(victor, READ, steps=5))
    assert [json.loads(line)["_step"] for line in found["history"]] == [0, 249, 499, 749, 999]
    assert [json.loads(line)["n"] for line in found["events"]] == [0, 249, 499, 749, 999]
    bounded = of_run(api(victor, READ, steps=3, min=100, max=201))["history"]
    assert [json.loads(line)["_step"] for line in bounded] == [100, 150, 200]
    assert len(of_run(api(victor, READ))["history"]) == 500
    assert of_run(api(victor, READ, steps=0))["history"] == []
    assert [
        json.loads(line)["_step"] for line in of_run(api(victor, READ, steps=1))["history"]
    ] == [999]


def test_a_sample_reads_a_bounded_number_of_lines(api, victor, run, monkeypatch):
    """Of 3,000 lines a sample of 5 takes 6 and then 5; with keys a thousand."""
    factories.make_lines(run, "history", *({"_step": step, "x": 1} for step in range(3000)))
    read = []
    fetched = RunLine.objects.all().__class__._numbered

    def counted(self, run, stream, numbers, steps):
        read.append(len(numbers))
        return fetched(self, run, stream, numbers, steps)

    monkeypatch.setattr(RunLine.objects.all().__class__, "_numbered", counted)
    with CaptureQueriesContext(connection) as asked:
        of_run(api(victor, READ, steps=5))
        assert len(rows(api, victor, keys=["x"], samples=5)) == 5
    assert read == [5, 1000]
    texts = [
        query["sql"] for query in asked if "runline" in query["sql"] and '"text"' in query["sql"]
    ]
    assert all("LIMIT" in sql or " IN (" in sql for sql in texts)


def test_rows_with_keys_end_with_their_last_step(api, victor, run):
    """wandb 0.31 names the step twice if its caller names it, too."""
    factories.make_lines(
        run,
        "history",
        *(
            {"_step": step, "loss": step / 2, "n": {"deep": step}}
            | ({"rare": 1} if step == 3 else {})
            for step in range(5)
        ),
    )
    spec = {"keys": ["loss", "_step", "_step"], "minStep": 1, "maxStep": 3, "samples": 3}
    assert rows(api, victor, **spec) == [
        {"loss": 0.5, "_step": 1},
        {"loss": 1.0, "_step": 2},
        {"loss": 1.5, "_step": 3},
    ]
    assert rows(api, victor, keys=["_step", "rare"], samples=9) == [{"_step": 3, "rare": 1}]
    assert rows(api, victor, keys=["n.deep"], minStep=4) == [{"n.deep": 4}]
    assert rows(api, victor, keys=["n"], maxStep=0) == [{"n": {"deep": 0}}]
    assert rows(api, victor, keys=["none"]) == []


@pytest.mark.parametrize(
    "key", ["rare", "a/b c", "a.b", "Grüße", "<x>", 'q"q', "back\\slash", "[0]", "100%_"]
)
def test_rare_keys_are_found_in_a_long_history(api, victor, run, key):
    """Ten of 3,000 rows have it; a key of other capitals is another."""
    value = {"a": {"b": 1}} if key == "a.b" else {key: 1}
    other = {"RARE": 1, "loss": 0}
    factories.make_lines(
        run,
        "history",
        *({"_step": step} | (value if step % 300 == 7 else other) for step in range(3000)),
    )
    found = rows(api, victor, keys=["_step", key], samples=20)
    assert [row["_step"] for row in found] == list(range(7, 3000, 300))
    assert len(rows(api, victor, keys=["_step", key], samples=4)) == 4


def test_keys_say_type_count_and_last_value(api, victor, run):
    factories.make_lines(run, "history", {"_step": 0, "x": 1, "n": {"a": 2}}, {"_step": 1, "x": 3})
    factories.make_lines(
        run,
        "history",
        {"_step": 1, "x": 3},  # sent again
        {"_step": 2, "x": "NaN", "h": {"_type": "histogram", "values": [1]}},
        '{"_step": 3, "x": NaN, "b\\u0000": true, "big": 1e400, "huge": 1' + "0" * 400 + "}",
        "no JSON",
        offset=1,
    )
    found = of_run(api(victor, sdk_document("RunHistoryKeys"), **PLACE, name="r1"))["historyKeys"]
    assert found["lastStep"] == 3
    keys = found["keys"]
    assert keys["x"] == {
        "typeCounts": [{"type": "number", "count": 3}, {"type": "string", "count": 1}],
        "monotonic": False,
        "previousValue": "NaN",
    }
    assert keys["_step"]["monotonic"] is True
    assert keys["n.a"]["previousValue"] == 2
    assert keys["h"]["typeCounts"] == [{"type": "histogram", "count": 1}]
    assert keys["b\ufffd"]["typeCounts"] == [{"type": "boolean", "count": 1}]
    assert keys["huge"]["previousValue"] is None
    assert Run.objects.get().history_lines == 5


def test_a_run_without_history(api, victor, run):
    found = of_run(api(victor, sdk_document("RunHistoryKeys"), **PLACE, name="r1"))
    assert found["historyKeys"] == {"lastStep": -1, "keys": {}, "sets": []}
    values = {"runName": "r1", "liveKeys": ["_step"]}
    found = of_run(api(victor, sdk_document("RunParquetHistory"), **PLACE, **values))
    assert found["parquetHistory"] == {"parquetUrls": [], "liveData": []}
    assert page(api, victor, 0, 10) == []


def test_all_of_a_history_is_live(api, victor, run):
    """0.27 reads no step below the first live one, and none at all where none is live."""
    factories.make_lines(run, "history", {"_step": 0, "x": 1}, {"_step": 1, "x": 2})
    values = {"runName": "r1", "liveKeys": ["_step"]}
    found = of_run(api(victor, sdk_document("RunParquetHistory"), **PLACE, **values))
    assert found["parquetHistory"] == {"parquetUrls": [], "liveData": [{"_step": 0}]}


@pytest.mark.parametrize(
    "values",
    [{"steps": -1}, {"min": 2**63}, {"steps": 2**31}, {"min": 0, "max": 10**6, "steps": 10**6}],
)
def test_bad_pages(api, victor, run, values):
    factories.make_lines(run, "history", {"_step": 0})
    status, message = api.refused(victor, READ, **values)
    assert status == 400
    assert message


@pytest.mark.parametrize(
    "spec",
    [
        "5",
        "{}",
        '{"keys": [' + '"x",' * 1000 + '"y"]}',
        '{"keys": 5}',
        '{"keys": [5]}',
        '{"keys": ["x"], "samples": "many"}',
        "[",
    ],
)
def test_bad_specs(api, victor, run, spec):
    values = {"run": "r1", "spec": spec}
    assert api.refused(victor, sdk_document("SampledHistoryPage"), **PLACE, **values)[0] == 400


def console(api, user, name="RunConsoleLogPage", **values):
    return of_run(api(user, sdk_document(name), **PLACE, runName="r1", **values))


def test_console_in_both_forms(api, victor, run):
    factories.make_lines(
        run,
        "console",
        {"ts": "2026-11-23T03:15:19.902613", "content": "new"},
        {"ts": "2026-11-23T03:15:20Z", "content": "wrong", "level": "error", "label": "w1"},
        "2026-11-23T03:36:26.499157 old",
        "ERROR 2026-11-23T03:36:27.5 bad",
        "bare",
    )
    found = console(api, victor, first=10)
    assert found["logLineCount"] == 5
    nodes = [edge["node"] for edge in found["logLines"]["edges"]]
    assert [(node["number"], node["level"], node["label"], node["line"]) for node in nodes] == [
        (0, "", "", "new"),
        (1, "error", "w1", "wrong"),
        (2, "", "", "old"),
        (3, "error", "", "bad"),
        (4, "", "", "bare"),
    ]
    assert [node["timestamp"] for node in nodes] == [
        "2026-11-23T03:15:19.902613+00:00",
        "2026-11-23T03:15:20+00:00",
        "2026-11-23T03:36:26.499157+00:00",
        "2026-11-23T03:36:27.500000+00:00",
        None,
    ]


def test_console_pages_and_tail(api, victor, run):
    factories.make_lines(run, "console", *(f"line {number}" for number in range(25)))
    read, cursor = [], None
    while True:
        lines = console(api, victor, first=10, after=cursor)["logLines"]
        read += [edge["node"]["number"] for edge in lines["edges"]]
        cursor = lines["pageInfo"]["endCursor"]
        if not lines["pageInfo"]["hasNextPage"]:
            break
    assert read == list(range(25))
    tail = console(api, victor, "RunConsoleLogTail", last=3)["logLines"]["edges"]
    assert [edge["node"]["line"] for edge in tail] == ["line 22", "line 23", "line 24"]
    assert console(api, victor, "RunConsoleLogTail", last=-5)["logLines"]["edges"] == []


def test_who_sees_it(api, charlie, root, run):
    factories.make_lines(run, "history", {"_step": 0})
    assert api(charlie, READ)["project"] is None
    assert len(of_run(api(root, READ))["history"]) == 1
    assert api.post(None, READ).status_code == 401
