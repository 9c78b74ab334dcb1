"""The SDK's command line against the server as scripts/run starts it."""

import re
import subprocess
import sys
import time
from dataclasses import dataclass

from tests.helpers.graphql import sdk_environment
from tests.journeys.test_production_server import KEY, Server

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Outcome:
    """What a command printed, and how it ended."""

    status: int
    text: str
    seconds: float


class CommandLine:
    """`run("artifact", "ls", …)` in a folder of its own, with Ana's key."""

    def __init__(self, server: Server, home):
        self.server, self.home = server, home
        self.address = f"http://127.0.0.1:{server.port}"

    def run(self, *words, key=KEY, typed="", **environment):
        """Run one command to its end; it fails the test when it takes more than two minutes."""
        begun = time.monotonic()
        settings = sdk_environment(self.address, key, self.home)
        del settings["WANDB_SILENT"]
        done = subprocess.run(
            [sys.executable, "-m", "wandb", *words], cwd=self.home, input=typed, timeout=120,
            env={**settings, "WANDB_DOCKER": "none", **environment}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        text = _COLOUR.sub("", done.stdout)
        return Outcome(done.returncode, text, time.monotonic() - begun)

    def log(self):
        """What the server wrote to its log."""
        return self.server.log_file.read_text()
