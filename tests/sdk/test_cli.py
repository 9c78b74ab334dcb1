"""Every command of the SDK's command line: it works, or says why not at once.

What answers with the client's own words, or its own bug, is marked `client`.
"""

from concurrent.futures import ThreadPoolExecutor

import click
import pytest
from wandb.cli.cli import cli

from tests.helpers.cli import CommandLine
from tests.journeys.test_production_server import Server

pytestmark = [pytest.mark.slow, pytest.mark.sdk]

GOOD, REFUSED = 0, 1
NO_SWEEPS, NO_QUEUES = "it has no sweeps.", "it has no launch queues."
SWEEP = "flowers/p/abc"
IN_P = ["-e", "flowers", "-p", "p"]
# command, how it ends, what it says; {run} is the run that logged flowers/p/set:v0
WALK = [
    ("login --verify", GOOD, "Currently logged in as: ana (flowers)"),
    ("login --verify " + "a" * 40, REFUSED, "The API key is not valid on this server."),
    ("status", GOOD, '"base_url"'),
    ("init -e flowers -p p", GOOD, "Updated settings file"),
    ("init", REFUSED, "Which team should we use?"),  # client: asks in a terminal only
    ("projects", REFUSED, "object of type 'Projects' has no len()"),  # client
    ("offline", GOOD, "W&B offline."),
    ("online", GOOD, "W&B online."),
    ("off", GOOD, "W&B offline."),
    ("on", GOOD, "W&B online."),
    ("disabled", GOOD, "W&B disabled."),
    ("enabled", GOOD, "W&B enabled."),
    ("sync --dry-run offline-run", GOOD, "Would sync 1 run(s)"),
    ("sync offline-run", GOOD, "Finished syncing"),
    ("beta sync offline-run", GOOD, "Finished syncing"),
    ("pull flowers/p/{run}", GOOD, "File requirements.txt"),
    ("pull flowers/p/none", REFUSED, "Could not find run"),
    ("restore --no-git flowers/p/{run}", GOOD, "Restored config variables"),
    ("restore flowers/p/none", REFUSED, "Could not find run"),
    ("artifact put one.txt --name flowers/p/one --type dataset -a first", GOOD,
     'use_artifact("flowers/p/one:v0")'),
    ("artifact put one.txt --name nobody/p/one --type dataset", REFUSED,
     "There is no entity 'nobody' that you may log to; yours is 'flowers'."),
    ("artifact put one.txt --name flowers/p/set --type model", REFUSED,
     "already exists with type 'dataset'"),
    ("artifact get flowers/p/set --root out", GOOD, "Artifact downloaded to out"),
    ("artifact get flowers/p/none:v0", REFUSED, "artifact membership 'none:v0' not found"),
    ("artifact get none/none/none:v0", REFUSED, "project 'none' not found under entity 'none'"),
    ("artifact ls flowers/p -t dataset", GOOD, "set:v0"),
    ("artifact ls flowers/none", REFUSED, "Unable to parse 'ArtifactTypes'"),  # client
    ("artifact cache cleanup 1GB", GOOD, "Reclaimed"),
    ("purge-cache --force --age 100d", GOOD, "Cache directory does not exist"),
    ("clean", REFUSED, "No wandb directory found."),  # client: there is nothing to clean
    ("job create -e flowers -p p -n j image alpine:1", GOOD, "Created job: flowers/p/j:v0"),
    ("job list -e flowers -p p", GOOD, "Listing jobs in flowers/p"),
    ("job list -e flowers -p none", GOOD, "Project: 'none' not found in entity: 'flowers'"),
    ("job describe flowers/p/none:latest", GOOD, "Job artifact flowers/p/none:latest not found"),
    ("launch -d alpine:1 -q default -e flowers -p p", REFUSED, NO_QUEUES),
    ("launch-agent -q default -e flowers", REFUSED, NO_QUEUES),
    ("launch-sweep launch-sweep.yaml -q default -e flowers -p p", REFUSED, NO_SWEEPS),
    ("sweep sweep.yaml -e flowers -p p", REFUSED, f"upsertSweep (UpsertSweep): {NO_SWEEPS}"),
    (f"sweep --stop {SWEEP}", REFUSED, NO_SWEEPS),
    (f"sweep --update {SWEEP} sweep.yaml", REFUSED, NO_SWEEPS),
    (f"agent {SWEEP}", REFUSED, NO_SWEEPS),
    (f"scheduler {SWEEP}", REFUSED, NO_SWEEPS),
    (f"controller {SWEEP}", REFUSED, "wandb[sweeps] is required"),  # client
    (f"sweep-scheduler {SWEEP}", REFUSED, "does not support the local sweep scheduler"),
]  # fmt: skip
# What talks to no server of ours, or has a test of its own.
ELSEWHERE = {
    "beta core start": "starts a process of the SDK on this machine",
    "beta core stop": "ends it",
    "beta leet config": "a terminal for files on this machine",
    "beta leet inspect": "the same",
    "beta leet run": "the same",
    "beta leet symon": "measures this machine",
    "docker": "needs a Docker daemon",
    "docker-run": "needs a Docker daemon",
    "leet config": "a terminal for files on this machine",
    "leet inspect": "the same",
    "leet run": "the same",
    "leet symon": "measures this machine",
    "local": "starts W&B's own server in Docker",
    "server start": "the same",
    "server stop": "the same",
    "verify": "test_cli_verify.py",
}
OFFLINE = """
import glob, os, wandb
with wandb.init(entity="flowers", project="p", mode="offline") as run:
    run.log({"x": 1})
os.rename(glob.glob("wandb/offline-run-*")[0], "offline-run")
"""


@pytest.fixture
def line(tmp_path):
    server = Server(tmp_path)
    (tmp_path / "home").mkdir()
    yield CommandLine(server, tmp_path / "home")
    server.stop()


def prepared(line, number, command):
    """A folder of its own for a command, with what it is about."""
    home = line.home / str(number)
    home.mkdir()
    (home / "one.txt").write_text("1")
    grid = "method: grid\nparameters: {x: {values: [1]}}\n"
    (home / "sweep.yaml").write_text("program: a.py\n" + grid)
    (home / "launch-sweep.yaml").write_text("image_uri: alpine:1\n" + grid)
    own = CommandLine(line.server, home)
    if "offline-run" in command:
        own.python(OFFLINE)
    return own


def test_every_command_works_or_says_why_not(line):
    put = line.run("artifact", "put", __file__, "--name", "flowers/p/set", "--type", "dataset")
    run = line.first(r"runs/(\w+)", put.text)

    def walk(number, step):
        command, status, words = step
        own = prepared(line, number, command)
        done = own.run(*command.format(run=run).split())
        is_right = done.status == status and words in done.text
        return None if is_right else f"wandb {command} ended with {done.status}: {done.text[-600:]}"

    with ThreadPoolExecutor(2) as pool:
        wrong = [found for found in pool.map(walk, range(len(WALK)), WALK) if found]
    assert not wrong, "\n\n".join(wrong)
    assert "ERROR" not in line.log()  # no 5xx, which the SDK repeats without end


def test_no_command_is_left_out():
    walked = {
        command
        for command in _commands(cli)
        for step, *_outcome in WALK
        if f"{step} ".startswith(f"{command} ")
    }
    assert set(_commands(cli)) == walked | set(ELSEWHERE)


def _commands(group, *words):
    """The names of all commands, hidden ones too."""
    if not isinstance(group, click.Group):
        return [" ".join(words)]
    return [
        name for word, inner in group.commands.items() for name in _commands(inner, *words, word)
    ]
