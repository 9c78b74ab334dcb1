"""Runs of a project: filters, orders, pages, totals, and how many queries a page takes."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from artifacts.models import Run
from tests import factories
from tests.helpers.graphql import sdk_document

pytestmark = pytest.mark.slow
START = datetime(2026, 3, 1, tzinfo=UTC)


def at(minutes):
    return START + timedelta(minutes=minutes)


@pytest.fixture
def runs(project, alice, bob):
    """Four runs, a to d, begun a minute apart."""
    made = {
        "a": {
            "user": alice,
            "state": "finished",
            "tags": ["t1", "t2"],
            "group": "g",
            "config": {"lr": {"value": 0.1}, "deep": {"value": {"n": {"layers": 3}}}},
            "summary": {"acc": 0.9, "top": {"one": 1}},
        },
        "b": {
            "user": bob,
            "state": "failed",
            "tags": ["t1"],
            "job_type": "train",
            "host": "h1",
            "config": {"lr": {"value": 0.01}},
            "summary": {"acc": 0.5},
        },
        "c": {
            "user": None,
            "state": "running",
            "display_name": "Lake",
            "config": {"lr": {"value": "auto"}},
            "summary": {"acc": "NaN"},
        },
        "d": {"user": alice, "state": "running", "notes": "n"},
    }
    for number, (name, fields) in enumerate(made.items()):
        user = fields.pop("user")
        run = factories.make_run(project, user, name=name, **fields)
        Run.objects.filter(pk=run.pk).update(created_at=at(number), heartbeat_at=at(9 - number))
    Run.objects.filter(name="d").update(heartbeat_at=timezone.now())


def listed(api, user, filters=None, order=None, **more):
    values = {"entity": "vision", "project": "iris", "perPage": 50, "order": order, **more}
    filters = filters if isinstance(filters, str) else json.dumps(filters or {})
    return api(user, sdk_document("Runs"), filters=filters, **values)["project"]


def names(found):
    return "".join(edge["node"]["name"] for edge in found["runs"]["edges"])


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, "abcd"),
        ({"name": "b"}, "b"),
        ({"name": {"$in": ["b", "d", "x"]}}, "bd"),
        ({"displayName": "Lake"}, "c"),
        ({"display_name": {"$regex": "^La"}}, "c"),
        ({"state": "finished"}, "a"),
        ({"state": "running"}, "d"),  # c fell silent
        ({"state": "crashed"}, "c"),
        ({"state": {"$ne": "finished"}}, "bcd"),
        ({"$or": [{"state": "failed"}, {"state": "finished"}]}, "ab"),
        ({"state": {"$nin": ["failed", "crashed"]}}, "ad"),
        ({"tags": "t1"}, "ab"),
        ({"tags": {"$in": ["t2", "t9"]}}, "a"),
        ({"tags": {"$ne": "t1"}}, "cd"),
        ({"group": "g"}, "a"),
        ({"jobType": "train"}, "b"),
        ({"host": "h1"}, "b"),
        ({"username": "alice"}, "ad"),
        ({"username": {"$ne": "alice"}}, "bc"),
        ({"created_at": {"$gt": "2026-03-01T00:01:00Z"}}, "cd"),
        ({"createdAt": {"$lt": "2026-03-01T00:01:00"}}, "a"),
        ({"heartbeat_at": {"$gte": "2026-03-01T00:08:00Z"}}, "abd"),
        ({"config.lr": 0.1}, "a"),
        ({"config.lr.value": {"$lte": 0.1}}, "ab"),
        ({"config.lr.value": "auto"}, "c"),
        ({"config.deep.value.n.layers": {"$gt": 2}}, "a"),
        ({"config.deep.n.layers": 3}, "a"),
        ({"config.lr": {"$exists": False}}, "d"),
        ({"summary_metrics.acc": {"$gt": 0.4}}, "ab"),
        ({"summary_metrics.top.one": 1}, "a"),
        ({"summary_metrics.acc": None}, "d"),
        ({"sweep": "s"}, ""),
        ({"sweep": None}, "abcd"),
        ({"$and": [{"config.lr.value": {"$gte": 0}}, {"tags": {"$in": ["t1"]}}]}, "ab"),
        ({"$not": {"tags": "t1"}}, "cd"),
    ],
)
def test_filters(api, victor, runs, filters, expected):
    found = listed(api, victor, filters)
    assert names(found) == expected
    assert found["runCount"] == len(expected)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (None, "abcd"),
        ("+created_at", "abcd"),
        ("-created_at", "dcba"),
        ("heartbeat_at", "cbad"),
        ("-name", "dcba"),
        ("+config.lr.value", "bacd"),
        ("-config.lr", "abcd"),
        ("+summary_metrics.acc", "bacd"),
    ],
)
def test_orders_and_pages(api, victor, runs, order, expected):
    """Two at a time, each page from the last edge's cursor."""
    read, cursor = "", None
    for _page in range(2):
        found = listed(api, victor, order=order, perPage=2, cursor=cursor)
        assert found["runCount"] == 4
        read += names(found)
        cursor = found["runs"]["edges"][-1]["cursor"]
        assert found["runs"]["pageInfo"]["hasNextPage"] is (len(read) < 4)
        assert found["runs"]["pageInfo"]["endCursor"] == cursor
    assert read == expected


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ("{", "JSON"),
        ("[1]", "JSON object"),
        ({"nothing": 1}, "'nothing'"),
        ({"state": {"$like": "x"}}, "$like"),
        ({"state": 5}, "text"),
        ({"created_at": "yesterday"}, "a time"),
        ({"display_name": {"$regex": "("}}, "RE2"),
    ],
)
def test_bad_filters(api, victor, runs, filters, words):
    text = filters if isinstance(filters, str) else json.dumps(filters)
    values = {"entity": "vision", "project": "iris", "filters": text}
    status, message = api.refused(victor, sdk_document("Runs"), **values)
    assert status == 400
    assert words in message


@pytest.mark.parametrize(
    "values", [{"order": "+nothing"}, {"order": "-config"}, {"cursor": "x"}, {"perPage": -1}]
)
def test_bad_orders_and_pages(api, victor, runs, values):
    values = {"entity": "vision", "project": "iris", "filters": "{}"} | values
    assert api.refused(victor, sdk_document("Runs"), **values)[0] == 400


def test_who_sees_them(api, bob, charlie, root, runs):
    assert listed(api, charlie) is None
    assert listed(api, bob)["readOnly"] is False
    assert names(listed(api, root)) == "abcd"
    values = {"entity": "vision", "project": "iris"}
    assert api.post(None, sdk_document("Runs"), **values).status_code == 401


@pytest.mark.parametrize("lazy", [True, False])
def test_queries_do_not_grow(api, alice, project, lazy):
    from wandb.apis.public.runs import _create_runs_query

    def queries(count):
        for _number in range(count):
            run = factories.make_run(project, alice, tags=["t"])
            factories.make_lines(run, "history", {"_step": 0, "x": 1})
            factories.make_lines(run, "events", {"system.cpu": 1})
        values = {"entity": "vision", "project": "iris", "filters": "{}", "perPage": 50}
        api(alice, _create_runs_query(lazy=lazy), **values)
        with CaptureQueriesContext(connection) as asked:
            found = api(alice, _create_runs_query(lazy=lazy), **values)
        return len(found["project"]["runs"]["edges"]), len(asked)

    few, many = queries(1), queries(49)
    assert (few[0], many[0]) == (1, 50)
    assert few[1] == many[1] <= 9
