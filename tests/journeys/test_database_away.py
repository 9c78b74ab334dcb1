"""The database goes away while the real SDK logs, links and uses: it waits, and loses nothing."""

import contextlib
import sqlite3
import subprocess
import sys
import time

import pytest

from tests.helpers.graphql import sdk_environment
from tests.journeys.test_production_server import KEY, Server
from tests.pg import switched_postgres

pytestmark = [pytest.mark.slow, pytest.mark.sdk]
AWAY = 8  # seconds
LOCKED = 23  # seconds; SQLite itself waits for 20
SCRIPT = """
import time
from pathlib import Path
import wandb

def reach(step):
    Path(step).touch()
    while not Path(step + ".away").exists():
        time.sleep(0.05)

for number in range(20):
    Path(f"{number}.txt").write_text(f"file {number}")
with wandb.init(entity="flowers", project="p") as run:
    artifact = wandb.Artifact("weights", "model")
    for number in range(20):
        artifact.add_file(f"{number}.txt")
    reach("log")
    run.log({"loss": 1})
    run.log_artifact(artifact).wait()
    reach("link")
    run.link_artifact(artifact, "bloom/wandb-registry-model/weights")
    reach("use")
    used = run.use_artifact("bloom/wandb-registry-model/weights:v0")
    assert used.digest == artifact.digest
"""


@contextlib.contextmanager
def script_of(server, folder):
    """The script at work, `reached(step)` and `go_on(step)`."""
    environment = sdk_environment(f"http://127.0.0.1:{server.port}", KEY, folder)
    with (folder / "output").open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def away_at(step, folder, process, leave, come_back, seconds):
    """When the script reaches the step, the database leaves, and comes back later."""
    until = time.monotonic() + 120
    while not (folder / step).exists():
        assert process.poll() is None, (folder / "output").read_text()
        assert time.monotonic() < until
        time.sleep(0.05)
    leave()
    (folder / f"{step}.away").touch()
    time.sleep(seconds)
    come_back()


def check_all_is_there(server, folder, process):
    assert process.wait(120) == 0, (folder / "output").read_text()
    version = server.ask(
        """{ project(name: "wandb-registry-model", entityName: "bloom") {
        artifactCollectionMembership(name: "weights:v0") { artifact { state usedBy { edges { node {
        historyKeys state } } } } files(first: 50) { edges { node { name } } } } } }"""
    )["project"]["artifactCollectionMembership"]
    assert version["artifact"]["state"] == "COMMITTED"
    [run] = version["artifact"]["usedBy"]["edges"]
    assert run["node"]["state"] == "finished"
    assert "loss" in run["node"]["historyKeys"]["keys"]
    assert len(version["files"]["edges"]) == 20


def test_postgresql_is_away(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    with switched_postgres("-c fsync=off") as postgres:
        server = Server(tmp_path, DATABASE_URL=postgres.address)
        with contextlib.closing(server), script_of(server, home) as process:
            for step in ("log", "link", "use"):
                away_at(step, home, process, postgres.stop, postgres.start, AWAY)
            check_all_is_there(server, home, process)


def test_sqlite_is_locked(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    server = Server(tmp_path)
    other = sqlite3.connect(tmp_path / "cairn.sqlite3", isolation_level=None)
    with contextlib.closing(server), script_of(server, home) as process:
        away_at(
            "log", home, process, lambda: other.execute("BEGIN IMMEDIATE"), other.rollback, LOCKED
        )
        for step in ("link", "use"):
            (home / f"{step}.away").touch()
        check_all_is_there(server, home, process)
    other.close()
