"""The order of the tests when several processes share them.

xdist gives each process one stretch of the list. Tests of journeys and of the SDK wait half of
their time, for servers and for the browser: beside tests that only calculate they cost little,
but all at once they leave the processor idle. So they are spread evenly over the list, and a test
of half a minute or more begins a stretch: it should not be the last, for which the others wait.
"""

from collections.abc import Iterator
from itertools import groupby, islice

import pytest

LONGEST = ("test_axe.py", "test_database_away.py", "test_load.py", "test_cli.py")


@pytest.hookimpl(trylast=True)  # when those that are not asked for are gone
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order the tests in each process of xdist; all of them have to come to the same order."""
    if processes := getattr(config, "workerinput", {}).get("workercount"):
        items[:] = spread(items, processes)


def spread(items: list[pytest.Item], processes: int) -> list[pytest.Item]:
    """Return all of the tests, ordered for so many processes; those of a file stay together."""
    longest = [item for item in items if item.path.name in LONGEST]
    others = iter(_mixed([item for item in items if item.path.name not in LONGEST]))
    stretches = []
    count = len(items)
    for process in range(processes):
        size = count // (processes - process)  # as xdist divides them
        count -= size
        first = longest[process::processes]
        stretches += [*first, *islice(others, size - len(first))]
    return stretches


def _mixed(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """Put the files of tests that wait between the others, at even distances."""
    files = [list(tests) for _path, tests in groupby(items, key=lambda item: item.path)]
    ranks = {}
    for kind in (True, False):
        alike = [tests for tests in files if _waits(tests[0]) is kind]
        ranks |= {id(tests): number / len(alike) for number, tests in enumerate(alike)}
    for tests in sorted(files, key=lambda tests: ranks[id(tests)]):
        yield from tests


def _waits(item: pytest.Item) -> bool:
    return not {"journeys", "sdk"}.isdisjoint(item.path.parts)
