"""Who uses what: a version becomes an input of a run."""

from django.db.models import Q

from artifacts.models import Project, Run, RunInput, Version
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, check


def use_version(
    *, by: User, version: Version, run: Run, project: Project | None = None, used_as: str = ""
) -> RunInput:
    """Note that the run uses the version, reached through `project`; a repetition changes nothing.

    The right to use comes from the project through which the version is reached; where none is
    given, or the version has no place there, from the highest role over all its places.
    """
    check(by, Action.EDIT, run.project)
    through = None
    if project and version.memberships.live().filter(Q(collection__project=project)).exists():
        through = project
    check(by, Action.DOWNLOAD, through or version)
    entry, _created = RunInput.objects.get_or_create(
        run=run, version=version, defaults={"project": through, "used_as": used_as[:256]}
    )
    return entry
