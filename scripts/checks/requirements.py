"""Compiles the two requirements files from pyproject.toml, or checks that they are fresh.

Each compiled file begins with the digest of the packages that it was compiled from, so that
scripts/check can tell a stale one without asking a package index.

    python scripts/checks/requirements.py compile | check
"""

import hashlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

PYPROJECT = Path("pyproject.toml")
COMMAND = "scripts/fix requirements"


def packages_of_files() -> dict[str, list[str]]:
    """Return the packages that each requirements file must hold."""
    pyproject = tomllib.loads(PYPROJECT.read_text())
    core = pyproject["project"]["dependencies"]
    return {
        "requirements.txt": core,
        "requirements-dev.txt": core + pyproject["dependency-groups"]["dev"],
    }


def header(packages: list[str]) -> str:
    digest = hashlib.sha256("\n".join(packages).encode()).hexdigest()
    return f"# Compiled from pyproject.toml by: {COMMAND}\n# Input: sha256:{digest}\n"


def purposes() -> dict[str, str]:
    """Return the comment above each package in pyproject.toml, by the package's name."""
    comments: dict[str, str] = {}
    comment = ""
    for line in map(str.strip, PYPROJECT.read_text().splitlines()):
        if line.startswith("#"):
            comment = line
        elif match := re.match(r'"([\w.-]+)(\[\w+\])?==', line):
            comments[match[1]] = comment
    return comments


def compile_file(name: str, packages: list[str]) -> None:
    """Write pins and hashes of every package, for all platforms, without naming the index."""
    command = [
        *(sys.executable, "-m", "uv", "pip", "compile", "-", "--quiet", "--no-header"),
        *("--universal", "--python-version", "3.11", "--generate-hashes"),
        *("--no-emit-index-url", "--annotation-style=line"),
        "--no-strip-extras",  # pip before 23.3 doesn't apply a pin of `a` to `a[b]`
    ]
    if name != "requirements.txt":
        command += ["--constraints", "requirements.txt"]  # tests use the versions that users get
    pins = subprocess.run(
        command, input="\n".join(packages), stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    Path(name).write_text(header(packages) + "".join(entries(pins)))


def entries(pins: str) -> Iterator[str]:
    """Yield each package of uv's output, with a comment above it that says what it is for."""
    comments = purposes()
    for entry in re.split(r"\n(?=\w)", pins.strip()):
        pin, _, needed_by = entry.partition("\n    # via ")
        needed_by = needed_by.removesuffix(", -c requirements.txt")
        name = re.split(r"\[|==", pin, maxsplit=1)[0]
        yield f"\n{comments.get(name, f'# Needed by {needed_by}')}\n{pin}\n"


def main(action: str) -> int:
    stale = []
    for name, packages in packages_of_files().items():
        if action == "compile":
            compile_file(name, packages)
        elif not Path(name).read_text().startswith(header(packages)):
            stale.append(name)
    if stale:
        print(f"{' and '.join(stale)}: older than pyproject.toml. Run: {COMMAND}")
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
