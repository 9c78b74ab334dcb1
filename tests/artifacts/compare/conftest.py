"""Two versions of one collection to compare."""

import pytest

from tests import factories


@pytest.fixture
def base(version):
    """`vision/iris/iris-model:v0`."""
    return version


@pytest.fixture
def other(sequence, bob):
    """`vision/iris/iris-model:v1`, in production."""
    return factories.make_version(
        sequence, by=bob, files={"a": b"1", "b": b"22345"}, aliases=["production"]
    )
