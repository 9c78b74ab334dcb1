"""A run of the whole suite tells which addresses no test visits."""

from types import SimpleNamespace

import pytest
from django.core.handlers.base import BaseHandler
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from tests.helpers.addresses import Addresses, addresses, answers, is_whole, unvisited

NAMES = {name for name, _pattern in addresses()}


@pytest.fixture
def recorder(monkeypatch):
    """One beside that of this run; what it wraps is unwrapped afterwards."""
    monkeypatch.setattr(BaseHandler, "get_response", BaseHandler.get_response)
    recorder = Addresses()
    recorder.record()
    return recorder


def test_what_is_answered_is_visited(recorder, client, db):
    client.get(reverse("healthz"))
    client.get("/no/such/address/at/all")
    client.get("/")  # which sends to the login
    client.post(reverse("healthz"))
    client.get(reverse("api:no_telemetry", args=["v1"]))
    assert recorder.visited == {"healthz", "api:no_telemetry"}
    assert set(unvisited(recorder.visited)) == NAMES - recorder.visited


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (HttpResponse(), True),
        (HttpResponse(status=304), True),
        (HttpResponseRedirect("/elsewhere"), True),
        (HttpResponseRedirect("/login"), True),  # after the logout
        (HttpResponseRedirect("/login?next=/"), False),
        (HttpResponse(status=403), False),
        (HttpResponse(status=404), False),
    ],
)
def test_refusals_are_no_visits(response, expected):
    assert answers(response) is expected


def config(source=pytest.Config.ArgsSource.TESTPATHS, **options):
    return SimpleNamespace(args_source=source, option=SimpleNamespace(**options))


def test_a_part_of_the_suite_is_not_whole():
    assert is_whole(config(keyword="", markexpr="", verbose=1))
    assert not is_whole(config(keyword="link", markexpr=""))
    assert not is_whole(config(markexpr="on_postgres"))
    assert not is_whole(config(source=pytest.Config.ArgsSource.ARGS))


def finished(recorder, *, exitstatus=0, **of_config):
    session = SimpleNamespace(config=config(), exitstatus=exitstatus)
    vars(session.config).update(of_config)
    recorder.pytest_sessionfinish(session)
    return session


def test_the_whole_suite_names_what_it_did_not_visit():
    recorder = Addresses()
    recorder.visited = NAMES - {"readyz"}
    assert finished(recorder).exitstatus == 0
    assert recorder.missing == ["readyz"]
    told = []
    recorder.pytest_terminal_summary(
        SimpleNamespace(section=lambda title, **_: told.append(title), write_line=told.append)
    )
    assert told == ["addresses that no test visits", "readyz"]


def test_it_passes_when_all_were_visited_in_any_process():
    recorder = Addresses()
    half = sorted(NAMES)[::2]
    worker = Addresses()
    worker.visited = set(half)
    output = {}
    assert finished(worker, workeroutput=output).exitstatus == 0
    recorder.visited = NAMES - set(half)
    recorder.pytest_testnodedown(SimpleNamespace(workeroutput=output), None)
    recorder.pytest_testnodedown(SimpleNamespace(), "crashed")
    assert finished(recorder).exitstatus == 0
    assert recorder.missing == []


def test_a_part_and_an_interrupted_run_say_nothing():
    recorder = Addresses()
    part = config(keyword="link")
    assert finished(recorder, option=part.option).exitstatus == 0
    assert finished(recorder, exitstatus=pytest.ExitCode.INTERRUPTED).exitstatus == 2
    assert recorder.missing == []
