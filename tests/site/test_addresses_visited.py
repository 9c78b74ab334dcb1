"""A run of the whole suite fails for addresses that no test visits."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.conf import settings
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
    """The exit status of a session that ends, and what it reports of addresses."""
    told = []
    hook = SimpleNamespace(pytest_runtest_logreport=lambda report: told.append(report.longrepr))
    session = SimpleNamespace(config=config(), exitstatus=exitstatus)
    vars(session.config).update({"hook": hook} | of_config)
    recorder.pytest_sessionfinish(session)
    return session.exitstatus, told


@pytest.mark.parametrize("before", [pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED])
def test_the_whole_suite_fails_for_what_it_did_not_visit(before):
    recorder = Addresses()
    recorder.visited = NAMES - {"readyz", "healthz"}
    sentence = "No test gets an answer from these addresses of the site:\n    healthz\n    readyz"
    assert finished(recorder, exitstatus=before) == (pytest.ExitCode.TESTS_FAILED, [sentence])


def test_it_passes_when_all_were_visited_in_any_process():
    recorder = Addresses()
    half = sorted(NAMES)[::2]
    worker = Addresses()
    worker.visited = set(half)
    output = {}
    assert finished(worker, workeroutput=output) == (0, [])
    recorder.visited = NAMES - set(half)
    recorder.pytest_testnodedown(SimpleNamespace(workeroutput=output), None)
    recorder.pytest_testnodedown(SimpleNamespace(), "crashed")
    assert finished(recorder) == (0, [])


def test_a_part_and_an_interrupted_run_say_nothing():
    recorder = Addresses()
    assert finished(recorder, option=config(keyword="link").option) == (0, [])
    assert finished(recorder, option=config(maxfail=1).option) == (0, [])
    interrupted = pytest.ExitCode.INTERRUPTED
    assert finished(recorder, exitstatus=interrupted) == (interrupted, [])


# ------------------------------------------------------------------ a suite of three addresses
SUITE = {
    "pytest.ini": "[pytest]\ntestpaths = pages",
    "conftest.py": """
from django.conf import settings
from tests.helpers.addresses import Addresses
settings.configure(ROOT_URLCONF="three", ALLOWED_HOSTS=["testserver"], LOGIN_URL="/login")
def pytest_configure(config):
    config.pluginmanager.register(Addresses())
""",
    "three.py": """
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path(name, lambda _: HttpResponse(), name=name) for name in ("one", "two", "three")]
""",
    "pages/test_one.py": """
from django.test import Client
def test_one():
    assert Client().get("/one").status_code == 200
""",
    "pages/test_two.py": """
from django.test import Client
def test_two():
    assert Client().get("/two").status_code == 200
""",
}


@pytest.fixture
def suite(tmp_path):
    """Run pytest over the suite, with the address of `three` left out, and return what came of it.

    Its environment is not this run's: it has settings of its own, and is no worker of ours.
    """
    for name, text in SUITE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(settings.BASE_DIR)}

    def run(*arguments):
        command = [sys.executable, "-m", "pytest", "-p", "no:django", "-p", "no:cacheprovider"]
        return subprocess.run(
            [*command, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True
        )

    return run


@pytest.mark.slow
def test_processes_tell_the_run_what_they_visited(suite, tmp_path):
    result = suite("-n", "2", "--junit-xml=report.xml")
    assert result.returncode == pytest.ExitCode.TESTS_FAILED, result.stdout
    assert "these addresses of the site:\n    three\n" in result.stdout
    assert "1 failed" in result.stdout
    assert 'failures="1"' in (tmp_path / "report.xml").read_text()


@pytest.mark.slow
def test_a_part_of_it_passes(suite):
    assert suite("pages/test_one.py").returncode == pytest.ExitCode.OK
