"""The server as scripts/run starts it has a worker, which comes again when it dies."""

import contextlib
import json
import os
import signal
import sqlite3
import time
import urllib.request
from pathlib import Path

import pytest

from tests.journeys.test_production_server import Server

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
    assert len(server.workers()) == 3
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
