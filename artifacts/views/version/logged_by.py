"""The run that logged a version, as far as the person may see it."""

from dataclasses import dataclass

from artifacts.models import Run, Version
from artifacts.services.paths.pointers import Deletion, deletions_of_runs
from registry_site.accounts.models import User


@dataclass(frozen=True)
class LoggedBy:
    """The run, or its deletion; neither where no run logged the version, or a hidden one did."""

    run: Run | None
    deletion: Deletion | None


def runs_of(user: User, *versions: Version) -> dict[int, Run]:
    """Return the runs that logged the versions, as far as the person may see them."""
    keys = [version.run_id for version in versions if version.run_id]
    return Run.objects.visible_to(user).for_path().in_bulk(keys) if keys else {}


def logged_by(user: User, version: Version, runs: dict[int, Run]) -> LoggedBy:
    """Return the version's run out of `runs_of`, or that it was deleted."""
    run = runs.get(version.run_id or 0)
    deletions = deletions_of_runs(user, [version.run_id]) if version.run_id and not run else {}
    return LoggedBy(run, deletions.get(version.run_id or 0))
