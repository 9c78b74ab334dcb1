from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.helpers.order import spread

FILES = {
    "tests/artifacts/test_a.py": 20, "tests/graphql/test_b.py": 1, "tests/graphql/test_c.py": 30,
    "tests/journeys/test_axe.py": 2, "tests/journeys/test_background.py": 4,
    "tests/sdk/test_cli.py": 2, "tests/sdk/test_sdk_runs.py": 3, "tests/sdk/test_sdk_lists.py": 1,
}  # fmt: skip


def items_of(files):
    return [
        SimpleNamespace(path=Path(file), name=f"{file}::{number}")
        for file, count in files.items()
        for number in range(count)
    ]


@pytest.mark.parametrize("processes", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("files", [FILES, {"tests/sdk/test_sdk_runs.py": 5}, {}])
def test_every_test_is_run_once(files, processes):
    items = items_of(files)
    assert sorted(each.name for each in spread(items, processes)) == sorted(
        each.name for each in items
    )


def test_each_process_begins_with_a_long_test():
    """xdist gives 63 tests to four processes as 15, 16, 16 and 16."""
    order = spread(items_of(FILES), 4)
    begin = [order[at].path.name for at in (0, 15, 31, 47)]
    assert begin == ["test_axe.py", "test_axe.py", "test_cli.py", "test_cli.py"]


def test_those_that_wait_stand_apart():
    files = dict.fromkeys(each.path.stem for each in spread(items_of(FILES), 1))
    assert " ".join(files) == (
        "test_axe test_cli test_a test_background test_b test_sdk_runs test_c test_sdk_lists"
    )
