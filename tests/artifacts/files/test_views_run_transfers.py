import gzip
import json

import pytest

from artifacts.models import RunFile
from artifacts.services.runs.control import delete_run
from artifacts.services.trash.restoration_of_parents import restore_run
from artifacts.signing import upload_path
from tests import factories
from tests.helpers.graphql import auth_of


def stream(client, user, content, run="r1", **headers):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    path = f"/files/vision/iris/{run}/file_stream"
    return client.post(path, body, "application/json", **auth_of(user), **headers)


@pytest.fixture
def run(project, alice):
    return factories.make_run(project, alice, name="r1")


def test_a_run_streams_and_ends(client, signed_in, bob, run):
    answer = stream(
        client,
        bob,
        {
            "files": {
                "wandb-history.jsonl": {"offset": 0, "content": ['{"_step":0}', '{"_step":1}']},
                "wandb-events.jsonl": {"offset": 2, "content": ["{}"]},
                "output.log": {"offset": 0, "content": ["hello\x00"]},
                "wandb-summary.json": {"offset": 0, "content": ['{"loss": NaN}']},
                "other.txt": {"offset": 0, "content": ["x"]},
            }
        },
    )
    assert answer.json()["stopped"] is False
    stream(client, bob, {"files": {"wandb-history.jsonl": {"offset": 1, "content": ["{}"]}}})
    stream(client, bob, {"complete": True, "exitcode": 3, "uploaded": ["x"]})
    run.refresh_from_db()
    lines = [(line.stream, line.line, line.text) for line in run.lines.order_by("stream", "line")]
    assert lines == [
        ("console", 0, "hello\ufffd"),
        ("events", 2, "{}"),
        ("history", 0, '{"_step":0}'),
        ("history", 1, "{}"),
    ]
    assert (run.state, run.exit_code, run.summary) == ("failed", 3, {"loss": "NaN"})


def test_a_run_that_ends_well(client, signed_in, alice, run):
    for _time in range(2):
        assert stream(client, alice, {"complete": True, "exitcode": 0}).status_code == 200
    run.refresh_from_db()
    assert run.state == "finished"


def test_stop_is_passed_on(client, signed_in, alice, run):
    run.stop_requested = True
    run.save()
    assert stream(client, alice, {}).json()["stopped"] is True


def test_packed_streams(client, signed_in, alice, run):
    packed = gzip.compress(b'{"complete": true}')
    assert stream(client, alice, packed, HTTP_CONTENT_ENCODING="gzip").status_code == 200
    for bad in (b"x", packed[:9], packed[:-3] + b"xyz", gzip.compress(b"[" * 2**20)):
        assert stream(client, alice, bad, HTTP_CONTENT_ENCODING="gzip").status_code == 400


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        {"files": [1]},
        {"files": {"output.log": 5}},
        {"files": {"output.log": {"offset": -1, "content": []}}},
        {"files": {"output.log": {"offset": 2**40, "content": ["x"]}}},
        {"files": {"output.log": {"offset": 0, "content": [5]}}},
        {"files": {"wandb-summary.json": {"offset": 0, "content": ["["]}}},
    ],
)
def test_bad_streams(client, signed_in, alice, run, content):
    assert stream(client, alice, content).status_code == 400


def test_who_may_stream(client, signed_in, victor, charlie, run):
    assert stream(client, victor, {}).status_code == 403
    assert stream(client, charlie, {}).status_code == 404
    assert stream(client, victor, {}, run="none").status_code == 404
    path = "/files/vision/iris/r1/file_stream"
    assert client.post(path, b"{}", "application/json").status_code == 401


def test_a_database_away_is_503(client, signed_in, alice, run, monkeypatch):
    from django.db import OperationalError

    from artifacts.views.sdk import streams

    def away(**_arguments):
        raise OperationalError("database is locked")

    monkeypatch.setattr(streams, "add_lines", away)
    response = stream(client, alice, {})
    assert response.status_code == 503
    assert response["Retry-After"]


def test_run_files_take_any_bytes(client, run):
    row = RunFile.objects.create(run=run, name="output.log")
    for content in (b"a", b"bc"):
        assert client.put(upload_path("run_file", row.pk), content).status_code == 200
    row.refresh_from_db()
    assert row.blob.size == 2


def test_files_of_a_run_in_the_trash_do_not_change(client, bob, run):
    row = RunFile.objects.create(run=run, name="output.log", blob=factories.make_blob(b"a"))
    delete_run(by=bob, run=run)
    assert client.put(upload_path("run_file", row.pk), b"bc").status_code == 404
    row.refresh_from_db()
    assert row.blob.size == 1
    restore_run(by=bob, run=run)
    assert client.put(upload_path("run_file", row.pk), b"bc").status_code == 200
