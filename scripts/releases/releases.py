"""Installs releases of the SDK, each in a virtual environment of its own in .cache/releases."""

import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

OLDEST = (0, 19)
PLACE = Path(".cache/releases")


def series_of(release: str) -> str:
    """Return the minor series of a release: 0.25 for 0.25.1."""
    return ".".join(release.split(".")[:2])


def last_releases(names: list[str]) -> list[str]:
    """Return the last release of each of these series (all since 0.19 by default), oldest first.

    pip asks the package index; without an answer, the releases that were installed before count.
    """
    newest: dict[str, str] = {}
    for release in sorted(_published(), key=number_of):
        if number_of(release) >= OLDEST:
            newest[series_of(release)] = release
    if missing := set(names) - set(newest):
        sys.exit(f"No such series of wandb: {', '.join(missing)}. There are {', '.join(newest)}.")
    return [newest[series] for series in names or newest]


def install(release: str) -> Path:
    """Return the Python of an environment with this release and nothing of this project."""
    place = PLACE / release
    if not place.exists():
        print(f"cairn: installing wandb {release}", flush=True)
        unfinished = PLACE / f"{release}.unfinished"
        venv.create(unfinished, clear=True, symlinks=True)
        _pip("--python", unfinished / "bin/python", "install", "-qq", f"wandb=={release}")
        for older in PLACE.glob(f"{series_of(release)}.*[0-9]"):
            shutil.rmtree(older)
        unfinished.rename(place)
    return place / "bin/python"


def _published() -> list[str]:
    try:
        answer = _pip("index", "versions", "wandb")
    except subprocess.CalledProcessError:
        print("cairn: the package index doesn't answer; taking what is installed", flush=True)
        return [path.name for path in PLACE.glob("*.*[0-9]")]
    return re.findall(r"\d+\.\d+\.\d+\b", answer.partition("Available versions:")[2])


def _pip(*arguments: object) -> str:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    errors = None if "install" in arguments else subprocess.DEVNULL
    return subprocess.run(
        command, check=True, stdout=subprocess.PIPE, stderr=errors, text=True
    ).stdout


def number_of(release: str) -> tuple[int, ...]:
    """Return the numbers of a release or series, to compare by."""
    return tuple(map(int, release.split(".")))
