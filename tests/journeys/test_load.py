"""Several SDK processes log, link, name and delete at once, while the server is killed again and
again; afterwards everything that was acknowledged is there, whole and numbered without gaps.

LOAD_SECONDS says how long, for each database.
"""

import contextlib
import json
import os
import subprocess
import sys
import time

import pytest

from tests.helpers.graphql import sdk_environment
from tests.journeys.test_production_server import KEY, Server
from tests.pg import running_postgres

pytestmark = [pytest.mark.sdk, pytest.mark.slow]
SECONDS = int(os.environ.get("LOAD_SECONDS", "15"))
PROCESSES = 4
LIFE = 4  # seconds of the server, each time
# Soon again, and for as long as a start takes on a busy machine.
PATIENT = {
    "WANDB_HTTP_TIMEOUT": "90", "WANDB_INIT_TIMEOUT": "120",
    "WANDB__GRAPHQL_RETRY_WAIT_MIN_SECONDS": "1", "WANDB__GRAPHQL_RETRY_WAIT_MAX_SECONDS": "2",
    "WANDB__FILE_TRANSFER_RETRY_WAIT_MIN_SECONDS": "1",
    "WANDB__FILE_TRANSFER_RETRY_WAIT_MAX_SECONDS": "2",
    "WANDB__FILE_STREAM_RETRY_WAIT_MIN_SECONDS": "1",
    "WANDB__FILE_STREAM_RETRY_WAIT_MAX_SECONDS": "2",
}  # fmt: skip

# Writes a line of the journal after each call that came back.
WORK = """
import json, sys, time, wandb
me, until = sys.argv[1], time.monotonic() + float(sys.argv[2])
journal = open("journal.jsonl", "a", buffering=1)
def note(**facts):
    journal.write(json.dumps(facts) + "\\n")
def work(run, number):
    name = f"shared{number % 2}"
    made = wandb.Artifact(name, "model", metadata={"by": me})
    with made.new_file("a.txt") as file:
        file.write(f"{me} {number} " * 999)
    with made.new_file("d/b.txt") as file:
        file.write(f"{number} of {me}")
    made = run.log_artifact(made, aliases=[f"newest-of-{me}", "best"]).wait(120)
    note(logged=made.name, digest=made.digest, size=made.size)
    linked = run.link_artifact(made, "wandb-registry-model/hub", aliases=["prod", f"from-{me}"])
    note(linked=linked.name, source=made.name)
    made.aliases.append("moved")
    made.save()
    note(aliased=made.name)
    if number % 3 == 2:
        made.delete(delete_aliases=True)
        note(deleted=made.name)
number = 0
while time.monotonic() < until:
    try:
        with wandb.init(entity="flowers", project="load") as run:
            for _time in range(3):
                work(run, number)
                number += 1
    except Exception as error:
        note(error=f"{type(error).__name__}: {error}")
"""

# What the database and the store hold, seen from inside.
LOOK = """
import json
from artifacts import storage
from artifacts.models import Alias, Collection, ManifestEntry, Version
from django.db.models import F
def is_whole(version):
    entries = version.entries.select_related("blob")
    return (version.manifest and storage.is_there(version.manifest.sha256)
        and entries.count() == version.file_count
        and all(each.blob and storage.is_there(each.blob.sha256) for each in entries)
        and version.memberships.filter(collection=version.sequence_id).count() == 1)
committed = Version.objects.exclude(version_index=None).select_related("sequence", "manifest")
print(json.dumps({
    "versions": {str(v): [v.state, v.digest, v.size] for v in committed},
    "broken": [str(v) for v in committed if not is_whole(v)],
    "pending": Version.objects.filter(version_index=None, memberships__isnull=False).count()
        + ManifestEntry.objects.filter(version__version_index=None).count(),
    "numbers": {c.name: [sorted(c.memberships.values_list("index", flat=True)), c.next_index]
        for c in Collection.objects.all()},
    "links": {m.full_name.rpartition("/")[2]: str(m.version) for c in
        Collection.objects.filter(name="hub") for m in c.memberships.select_related(
            "version__sequence", "collection__project__entity")},
    "dangling": Alias.objects.exclude(collection=F("membership__collection")).count()
        + Alias.objects.filter(membership__version__deleted_at__isnull=False).count(),
}))
"""


@pytest.fixture(params=["sqlite", "postgres"])
def server(request, tmp_path):
    is_postgres = request.param == "postgres"
    with running_postgres() if is_postgres else contextlib.nullcontext("") as address:
        running = Server(tmp_path, DATABASE_URL=address)
        yield running
        running.stop()


def test_nothing_acknowledged_is_lost(server, tmp_path):
    address = f"http://127.0.0.1:{server.port}"
    workers = []
    for number in range(PROCESSES):
        home = tmp_path / f"home{number}"
        home.mkdir()
        command = [sys.executable, "-c", WORK, f"w{number}", str(SECONDS)]
        environment = sdk_environment(address, KEY, home) | PATIENT
        workers.append(subprocess.Popen(command, cwd=home, env=environment))
    kills, until = 0, time.monotonic() + SECONDS
    while time.monotonic() < until:
        server.request("GET", "/readyz")
        time.sleep(LIFE)
        server.kill()
        kills += 1
    assert [each.wait(240) for each in workers] == [0] * PROCESSES
    assert kills > 1
    lines = [
        json.loads(line)
        for file in tmp_path.glob("home*/journal.jsonl")
        for line in file.read_text().splitlines()
    ]
    held = json.loads(server.manage("shell", "--no-imports", "-c", LOOK))
    check(lines, held)
    assert "locked" not in server.log_file.read_text()


def check(lines, held):
    """What the journals say against what is held."""
    # core repeats what got no answer, but not what was cut off within one (wandb 0.31)
    errors = [each["error"] for each in lines if "error" in each]
    assert [error for error in errors if "unexpected EOF" not in error] == []
    assert (held["broken"], held["pending"], held["dangling"]) == ([], 0, 0)
    deleted = {each["deleted"] for each in lines if "deleted" in each}
    for each in lines:
        if "logged" in each:
            state, *facts = held["versions"][each["logged"]]
            assert facts == [each["digest"], each["size"]]
            # a deletion whose answer was cut off is in no journal
            assert state == ("DELETED" if each["logged"] in deleted else "COMMITTED") or errors
        elif "linked" in each:
            assert held["links"][each["linked"]] == each["source"]
    for numbers, next_index in held["numbers"].values():
        assert numbers == list(range(next_index))
    logged = [each["logged"] for each in lines if "logged" in each]
    assert len(set(logged)) == len(logged) > 0
