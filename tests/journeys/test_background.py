"""The server as scripts/run starts it has a worker, which comes again when it dies."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.journeys.test_production_server import ROOT, Server

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("server"))
    running.wait()
    yield running
    running.stop()


def readyz(server):
    address = f"http://127.0.0.1:{server.port}/readyz"
    with urllib.request.urlopen(address, timeout=10) as answer:
        return json.load(answer)


def until(true, seconds=20):
    """Return what becomes true."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def worker_of(server):
    """Those of its processes that said that they work in the background."""
    database = Path(server.environment["DATA_DIR"]) / "cairn.sqlite3"
    with contextlib.closing(sqlite3.connect(database)) as connection:
        said = {pid for (pid,) in connection.execute("SELECT pid FROM artifacts_jobworker")}
    return [pid for pid in server.workers() if pid in said]


def test_a_worker_lives_dies_and_comes_again(server):
    assert until(lambda: readyz(server)["worker"] == "alive")
    until(lambda: len(server.workers()) == 3)
    [pid] = until(lambda: worker_of(server))
    os.kill(pid, signal.SIGKILL)
    [again] = until(lambda: [each for each in worker_of(server) if each != pid])
    assert until(lambda: readyz(server)["worker"] == "alive")
    server.process.send_signal(signal.SIGHUP)  # reload: other processes, one of them works
    until(lambda: len(server.workers()) == 3 and worker_of(server) not in ([], [again]))
    assert len(worker_of(server)) == 1
    assert readyz(server)["worker"] == "alive"


def test_it_ends_with_the_server(server, tmp_path):
    workers = worker_of(server)
    server.process.kill()  # gunicorn itself, without a word to its processes
    server.process.wait()
    until(lambda: not Path(f"/proc/{workers[0]}").exists())
    server.start()
    server.wait()


# ------------------------------------------------------------------ jobs, killed and shared

SEED = """
from artifacts.services.deletion.job_kinds import VERSIONS
from artifacts.services.jobs.jobs import create_job
from registry_site.accounts.models import Team, User
from tests import factories
import registry_site.urls
ana = User.objects.get(username="ana")
team = Team.objects.get(entity__name="flowers")
for name, count in {jobs}.items():
    project = factories.make_project(team, name)
    sequence = factories.make_collection(project, "many")
    versions = [factories.make_version(sequence, files={{}}) for _number in range(count)]
    things = [(each.pk, str(each)) for each in versions]
    create_job(by=ana, kind=VERSIONS, project=project, about=name, things=things,
               arguments={{"with_aliases": True}})
"""
UNDO = """
import registry_site.urls
from artifacts.models import Job
from artifacts.services.jobs.jobs import undo_job
job = Job.objects.get(about="{about}", kind="delete_versions")
undo_job(by=job.by, job=job)
"""


def ask(server, statement, *values):
    database = Path(server.environment["DATA_DIR"]) / "cairn.sqlite3"
    with contextlib.closing(sqlite3.connect(database, timeout=20)) as connection:
        return connection.execute(statement, values).fetchall()


def job_of(server, about, kind="delete_versions"):
    """State and progress of a job."""
    statement = "SELECT state, done, refused FROM artifacts_job WHERE about = ? AND kind = ?"
    return ask(server, statement, about, kind)[0]


def events(server, about, verb):
    """How many versions of a project have such an event, and how many such events there are."""
    statement = (
        "SELECT COUNT(DISTINCT subject_id), COUNT(*) FROM accounts_event"
        " WHERE kind = 'version' AND verb = ? AND subject LIKE ?"
    )
    return ask(server, statement, verb, f"flowers/{about}/%")[0]


def test_killed_in_the_middle_of_a_job_it_goes_on(server):
    until(lambda: worker_of(server))
    server.manage("shell", "-v0", "-c", SEED.format(jobs={"killed": 200}))
    for least in (20, 60, 120):  # again and again
        until(lambda: job_of(server, "killed")[1] >= least)  # noqa: B023 - called at once
        assert job_of(server, "killed")[0] == "running"
        for pid in worker_of(server):
            os.kill(pid, signal.SIGKILL)
    until(lambda: job_of(server, "killed")[0] == "done", 60)
    assert job_of(server, "killed") == ("done", 200, 0)
    assert events(server, "killed", "delete") == (200, 200)
    server.manage("shell", "-v0", "-c", UNDO.format(about="killed"))
    until(lambda: job_of(server, "killed", "restore_versions")[0] == "done", 60)
    assert events(server, "killed", "restore") == (200, 200)
    live = "SELECT COUNT(*) FROM artifacts_version WHERE deleted_at IS NULL"
    assert ask(server, live) == [(200,)]
    assert readyz(server)["tasks_waiting"] == 0
    assert "Took up" in server.log_file.read_text()


def test_several_workers_share_the_work(server):
    command = [sys.executable, "manage.py", "worker", "--interval", "0.1"]
    more = [
        subprocess.Popen(command, cwd=ROOT, env=server.environment, stderr=subprocess.PIPE)
        for _number in range(2)
    ]
    try:
        until(lambda: ask(server, "SELECT COUNT(*) FROM artifacts_jobworker")[0][0] >= 3)
        names = [f"shared{number}" for number in range(4)]
        server.manage("shell", "-v0", "-c", SEED.format(jobs=dict.fromkeys(names, 50)))
        for name in names:
            until(lambda: job_of(server, name) == ("done", 50, 0), 60)  # noqa: B023
            assert events(server, name, "delete") == (50, 50)
        done_by = "SELECT COUNT(DISTINCT worker_ids) FROM django_tasks_database_dbtaskresult"
        assert ask(server, done_by)[0][0] > 1
    finally:
        for process in more:
            process.terminate()
        told = [process.communicate(timeout=20)[1].decode() for process in more]
    assert [process.returncode for process in more] == [0, 0]
    assert told == ["", ""]
