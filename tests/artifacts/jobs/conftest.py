import pytest

from artifacts.services.deletion import consequences
from artifacts.services.jobs import kinds, running


@pytest.fixture(autouse=True)
def _steps_of_twenty(monkeypatch):
    """Steps end by their number of things, however slow the machine is, and without a rest."""
    monkeypatch.setattr(kinds, "STEP_SECONDS", 60)
    monkeypatch.setattr(consequences, "STEP_SECONDS", 60)
    monkeypatch.setattr(running, "MOST_REST", 0)
