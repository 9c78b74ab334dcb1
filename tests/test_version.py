"""The number of the release, which everybody who tells it reads from pyproject.toml."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.urls import reverse

from registry_site import VERSION

ROOT = Path(__file__).resolve().parent.parent


def test_it_is_that_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION
    assert re.fullmatch(r"\d+\.\d+\.\d+", VERSION)


def test_readyz_tells_it(client, db):
    assert client.get(reverse("readyz")).json()["version"] == VERSION


@pytest.mark.parametrize("argument", ["version", "--version"])
def test_the_command_line_tells_it(argument):
    command = [sys.executable, "manage.py", argument]
    assert subprocess.check_output(command, cwd=ROOT, text=True) == f"{VERSION}\n"


def test_it_is_the_newest_of_the_changelog():
    headings = re.findall(r"^## \[(\d[\w.]*)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == VERSION


def test_no_dump_is_of_a_later_release():
    dumps = (ROOT / "tests" / "dumps").iterdir()
    assert max(_key(path.name) for path in dumps) <= _key(VERSION)


def _key(number):
    return [int(part) for part in number.split(".")]
