"""A Python that has imported the SDK once, and forks a process for each script.

Importing takes a second of the processor, which is more than most scripts do. Everything else
is the script's own: process, home, environment, output, and the end with what the SDK does there.

    python -m tests.helpers.sdk_forks     reads one order a line, prints how each child ended
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
SECONDS = 120


class Done(NamedTuple):
    """How a script ended, and what it printed; errors may stand among the output."""

    returncode: int
    stdout: str
    stderr: str


def run_script(
    script: str, home: Path, environment: dict[str, str], *, has_errors_apart: bool = True
) -> Done:
    """Run a script of the SDK in a folder, with nothing but this environment."""
    out, err = home.with_name(f"{home.name}.out"), home.with_name(f"{home.name}.err")
    err = err if has_errors_apart else out
    for file in (out, err):
        file.write_text("")  # of the last script in this folder
    order = {"script": script, "home": str(home), "environment": environment}
    status = _parent().ask(order | {"stdout": str(out), "stderr": str(err)})
    return Done(status, out.read_text(), err.read_text())


class _Parent:
    """The process that forks, seen from the tests: one for each thread that runs scripts."""

    def __init__(self) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            env=kept | {"WANDB_ERROR_REPORTING": "false"},  # read when it is imported
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        atexit.register(self.process.communicate)  # it ends when nothing more is ordered

    def ask(self, order: dict[str, Any]) -> int:
        print(json.dumps(order), file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())


_parents = threading.local()


def _parent() -> _Parent:
    if not hasattr(_parents, "own"):
        _parents.own = _Parent()
    return _parents.own


def _main() -> dict[str, Any]:
    """Fork a child for each order and tell how it ended; return in the children, to their order."""
    import wandb.apis.public  # the SDK imports this and the rest when they are first used
    import wandb.cli.cli
    import wandb.sdk.artifacts.artifact  # noqa: F401

    assert threading.active_count() == 1, "A process with threads must not fork."
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            return json.loads(line)
        _child, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - the answer
    sys.exit()


def _folders() -> list[tuple[tempfile.TemporaryDirectory, str]]:
    """What the SDK makes when it is imported: the first child that ends would remove it for all."""
    from wandb.sdk.artifacts.artifact import Artifact
    from wandb.sdk.data_types._private import MEDIA_TMP

    return [(MEDIA_TMP, "wandb-media"), (Artifact._TMP_DIR, "wandb-artifacts")]


def _become(order: dict[str, Any]) -> dict[str, Any]:
    """Make this process what `python -c` would begin with; return the namespace of the script."""
    for number, path in enumerate((os.devnull, order["stdout"], order["stderr"])):
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["home"])
    tempfile.tempdir = None
    for folder, name in _folders():
        folder._finalizer.detach()
        folder.__init__(name)
    sys.argv, sys.path[0] = ["-c"], ""
    sys.modules["__main__"] = ModuleType("__main__")
    signal.alarm(SECONDS)  # the end of a script that hangs
    return vars(sys.modules["__main__"])


if __name__ == "__main__":
    order = _main()
    exec(compile(order["script"], "<string>", "exec"), _become(order))  # noqa: S102 - our own
