import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from artifacts.models import Run, RunLine
from artifacts.services.runs.streams import Chunk, add_lines, read_chunk
from registry_site.errors import NotFound
from tests import factories


@pytest.fixture
def run(project, alice):
    return factories.make_run(project, alice, name="r1")


def send(run, user, **body):
    return add_lines(by=user, run=run, chunk=read_chunk(body))


def history(offset, *rows):
    content = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    return {"wandb-history.jsonl": {"offset": offset, "content": content}}


def kept(run):
    lines = RunLine.objects.of_stream(run, "history")
    return [(line.line, line.step, line.text) for line in lines]


def test_lines_have_their_numbers_and_steps(run, bob):
    odd = ['{"_step": 2.0}', '{"_step": 2.5}', '{"_step": true}', '{"_step": 1e30}', "x", "[1]", ""]
    send(run, bob, files=history(3, {"_step": 7}, *odd))
    assert kept(run) == [
        (3, 7, '{"_step": 7}'),
        (4, 2, odd[0]),
        (5, None, odd[1]),
        (6, None, odd[2]),
        (7, None, odd[3]),
        (8, None, "x"),
        (9, None, "[1]"),
        (10, None, ""),
    ]
    run.refresh_from_db()
    assert (run.history_lines, run.last_step) == (11, 7)


def test_lines_sent_again_overwrite_and_count_once(run, bob):
    send(run, bob, files=history(0, {"_step": 0, "x": 1}, {"_step": 1, "x": 2}))
    send(run, bob, files=history(1, {"_step": 5, "x": 2}, {"_step": 2, "x": 3}))
    assert [step for _line, step, _text in kept(run)] == [0, 5, 2]
    run.refresh_from_db()
    assert run.history_keys["x"]["typeCounts"] == [{"type": "number", "count": 3}]
    assert (run.history_lines, run.last_step) == (3, 2)
    send(run, bob, files=history(0, {"_step": 0, "x": 1}))
    run.refresh_from_db()
    assert (run.history_lines, run.history_keys["x"]["previousValue"]) == (3, 3)


@pytest.mark.parametrize("text", ["it's %s", 'q"q\\', "\\u0000", "日本\n", "{}", "\U0001f600"])
def test_any_text_is_kept_as_it_is(run, bob, text):
    send(run, bob, files={"output.log": {"offset": 0, "content": [text]}})
    assert RunLine.objects.get().text == text


def test_many_lines_take_as_many_queries_as_few(run, bob):
    def queries(count):
        with CaptureQueriesContext(connection) as asked:
            send(run, bob, files=history(0, *({"_step": number} for number in range(count))))
        return len(asked)

    queries(1)  # warms up what is read of the person
    assert queries(2) == queries(10_000)
    assert RunLine.objects.count() == 10_000


def test_the_last_event_is_what_the_machine_measured(run, bob):
    lines = ['{"system.cpu": 1, "_wandb": true}', '{"system.gpu\\u0000": NaN, "system.cpu": 2}']
    send(run, bob, files={"wandb-events.jsonl": {"offset": 0, "content": lines}})
    run.refresh_from_db()
    assert run.system_metrics == {"system.gpu\ufffd": "NaN", "system.cpu": 2}
    send(run, bob, files={"wandb-events.jsonl": {"offset": 2, "content": ["no JSON"]}})
    run.refresh_from_db()
    assert run.system_metrics == {}


@pytest.mark.parametrize(
    ("said", "code", "state"),
    [
        ([], 0, "finished"),
        ([], 3, "failed"),
        ([{"preempting": True}], 3, "preempted"),
        ([{"preempting": True}, {}], 1, "preempted"),
        ([{"preempting": True}], 0, "finished"),
    ],
)
def test_how_a_run_ends(run, bob, said, code, state):
    for body in said:
        send(run, bob, **body)
        run.refresh_from_db()
        assert run.state == "preempting"
    for _time in range(2):
        send(run, bob, complete=True, exitcode=code)
        run.refresh_from_db()
        assert (run.state, run.exit_code) == (state, code)
        assert run.finished_at


def test_metrics_beyond_the_limit_are_only_in_the_lines(run, bob, monkeypatch):
    monkeypatch.setattr("artifacts.formats.run_history.MOST_METRICS", 2)
    send(run, bob, files=history(0, {"a": 1, "b": 1, "c": 1}, {"c": 1, "a": 2}))
    run.refresh_from_db()
    assert sorted(run.history_keys) == ["a", "b"]
    assert run.history_keys["a"]["previousValue"] == 2


def test_a_run_deleted_meanwhile(run, bob):
    Run.objects.all().delete()
    with pytest.raises(NotFound, match="has been deleted"):
        add_lines(by=bob, run=run, chunk=Chunk())
