import pytest

from artifacts.services.deletion import consequences
from artifacts.services.jobs import steps as running


@pytest.fixture(autouse=True)
def _without_haste(monkeypatch):
    """However slow the machine is, a page waits for what it looks at, and no job rests."""
    monkeypatch.setattr(consequences, "REHEARSAL_SECONDS", 60)
    monkeypatch.setattr(running, "MOST_REST", 0)
