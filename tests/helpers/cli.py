"""The SDK's command line against the server as scripts/run starts it."""

import re
import time
from dataclasses import dataclass

from tests.helpers.graphql import sdk_environment
from tests.helpers.sdk_forks import run_script
from tests.journeys.test_production_server import KEY, Server

# `python -m wandb`
MODULE = "import runpy, sys; sys.argv = {words}; runpy.run_module('wandb', None, '__main__', True)"
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

    def run(self, *words, key=KEY, **environment):
        """Run one command to its end; it fails the test when it takes more than two minutes."""
        script = MODULE.format(words=["wandb", *words])
        return self._start(script, key, environment)

    def python(self, script):
        """Run a script, which must not fail."""
        done = self._start(script, KEY, {})
        assert done.status == 0, done.text

    def _start(self, script, key, environment):
        begun = time.monotonic()
        settings = sdk_environment(self.address, key, self.home)
        del settings["WANDB_SILENT"]
        done = run_script(script, self.home, settings | environment, has_errors_apart=False)
        return Outcome(done.returncode, _COLOUR.sub("", done.stdout), time.monotonic() - begun)

    @staticmethod
    def first(pattern, text):
        """What the group of the pattern matches first."""
        match = re.search(pattern, text)
        assert match, text
        return match[1]

    def log(self):
        """What the server wrote to its log."""
        return self.server.log_file.read_text()
