"""What the steps of the walk share: the list of steps, their running, and their checks."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import wandb

NAME = os.environ["COMPAT_NAME"]  # unique to this walk
TEAM, ORGANIZATION, ORG_ENTITY = "compat-team", "Compat Labs", "compat-labs"
PERSON, VIEWER = "compat-ana", "compat-vic"
PROJECT = f"{TEAM}/{NAME}"
TARGET = f"wandb-registry-model/{NAME}"
PATIENCE, QUICK = 60, 5  # seconds: for a step, for a refusal
ENVIRONMENT = dict(os.environ)  # before the SDK adds the address of its own service
PATHS = ("weights.txt", "folder/notes ü.txt")

Step = Callable[[], None]
steps: dict[str, dict[str, Step]] = {"member": {}, "viewer": {}, "nobody": {}}
memory: dict[str, Any] = {}  # values that a step leaves for later ones


class WrongError(Exception):
    """A step got something else than it needs."""


class NotInThisReleaseError(Exception):
    """This release has no such call."""


def step(name: str, part: str = "member") -> Callable[[Step], Step]:
    """Return a decorator that adds a function to the steps of a part of the walk."""

    def add(function: Step) -> Step:
        steps[part][name] = function
        return function

    return add


def run(part: str, file: str) -> None:
    """Run the steps of a part in the order of their listing; write the outcome of each."""
    signal.signal(signal.SIGALRM, give_up)
    with open(file, "a") as lines:
        for name, function in steps[part].items():
            begun = time.monotonic()
            outcome, text = outcome_of(function)
            seconds = round(time.monotonic() - begun, 1)
            result = {"step": name, "outcome": outcome, "text": text, "seconds": seconds}
            lines.write(json.dumps(result) + "\n")
            lines.flush()


def outcome_of(function: Step) -> tuple[str, str]:
    signal.alarm(PATIENCE)
    try:
        function()
    except NotInThisReleaseError:
        return "absent", ""
    except Exception as error:
        words = " ".join(str(error).split())
        return "failed", words if isinstance(
            error, WrongError
        ) else f"{type(error).__name__}: {words}"
    finally:
        signal.alarm(0)
        if wandb.run:  # end the run of a failed step
            wandb.run.finish()
    return "ok", ""


def give_up(*_signal: object) -> None:
    raise WrongError(f"no answer after {PATIENCE} s")


# --------------------------------------------------------------- what a step looks for
def need(expected: Any, got: Any) -> None:
    if expected != got:
        raise WrongError(f"{expected!r} was expected, not {got!r}")


def offered(kind: type, name: str) -> None:
    """Raise NotInThisReleaseError where the release does not have this attribute."""
    if not hasattr(kind, name):
        raise NotInThisReleaseError


def refused(words: str, call: Callable[..., Any], *arguments: Any, **more: Any) -> None:
    """Check that the call soon raises an error with these words."""
    begun, printed = time.monotonic(), io.StringIO()
    try:
        with contextlib.redirect_stderr(printed), contextlib.redirect_stdout(printed):
            call(*arguments, **more)
    except Exception as error:
        message, raised = f"{type(error).__name__}: {error}", True
    else:
        message, raised = " ".join(printed.getvalue().split()), False
    seconds = time.monotonic() - begun
    if words.lower() not in message.lower():
        raise WrongError(f"{words!r} is not in the refusal: {message!r}")
    if seconds > QUICK:
        raise WrongError(f"refused only after {seconds:.1f} s: {message}")
    if not raised:
        raise WrongError(f"printed, but not raised: {message}")


def need_content(content: str, version: wandb.Artifact, folder: str) -> None:
    """Check that the folder has exactly these bytes, and nothing of another version."""
    root = Path(version.download(root=folder))
    got = {p.relative_to(root).as_posix(): p.read_text() for p in root.rglob("*.txt")}
    need({path: f"{content} of {path}" for path in PATHS}, got)


# --------------------------------------------------------------- short ways to say it
def artifact(content: str, name: str = "weights", type: str = "model", **more: Any) -> Any:
    made = wandb.Artifact(name, type, **more)
    for path in PATHS:
        with made.new_file(path) as file:
            file.write(f"{content} of {path}")
    return made


def command(*arguments: str, **environment: str) -> str:
    """Return what this release's Python prints for this command."""
    done = subprocess.run(
        [sys.executable, *arguments],
        env=ENVIRONMENT | environment,
        timeout=PATIENCE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise WrongError(f"{arguments} ended with {done.returncode}: {done.stdout[-300:]}")
    return done.stdout


def init(**more: Any) -> Any:
    return wandb.init(**{"entity": TEAM, "project": NAME, **more})


def api() -> wandb.Api:
    """Return a new API object: an old one caches what it has read."""
    return wandb.Api()


def find(name: str) -> Any:
    return api().artifact(name)


def registry() -> Any:
    """Return the registry that the walk has made."""
    return api().registry(NAME, organization=ORGANIZATION)


def names(things: Any) -> list[str]:
    return sorted(thing.name for thing in things)
