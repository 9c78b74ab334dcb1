"""To delete what was chosen: a few things at once, many by a job."""

from collections.abc import Iterable
from typing import Any

from artifacts.models import Job, Project
from artifacts.services.jobs.life import create_job, settle
from registry_site.accounts.models import User


def delete_things(
    *,
    by: User,
    kind: str,
    project: Project,
    about: str,
    things: Iterable[tuple[int, str]],
    page: str,
    arguments: dict[str, Any],
) -> Job:
    """Delete things by their keys, and return the job that tells how it went.

    Up to AT_ONCE are gone when this returns, if the machine is well; a worker does the others.
    """
    job = create_job(
        by=by, kind=kind, project=project, about=about, things=things, page=page,
        arguments=arguments,
    )  # fmt: skip
    return settle(job)
