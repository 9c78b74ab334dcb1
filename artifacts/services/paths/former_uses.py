"""Uses of former paths: noted when such a path leads on, shown before the path is given up.

There is a row for each person, path and day. Every such request comes through here, so nothing is
written for a path that this process has just noted, and no request fails or waits because of it.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import Error
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from artifacts.models import FormerPathUse, Project
from artifacts.services.memory.recent import Recent
from artifacts.services.memory.side_notes import impatient, savepoint
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, check

_log = logging.getLogger(__name__)
_noted = Recent(3600)
_PEOPLE_READ = 500  # people read for all former names of a project
_PEOPLE_SHOWN = 5  # people shown for one name


def record_former_use(
    *, by: User, project: Project, project_name: str, collection_name: str = ""
) -> None:
    """Note that the person used this former path and was led to the project."""
    check(by, Action.READ, project)
    path = "/".join(part for part in (project.entity.name, project_name, collection_name) if part)[
        :400
    ]
    now = timezone.now()
    use = project.pk, path, by.pk, now.date()
    if _noted.get(use):
        return
    row = FormerPathUse(
        project_id=project.pk,
        project_name=project_name[:128],
        path=path,
        user_id=by.pk,
        day=now.date(),
        at=now,
    )
    try:
        with impatient(), savepoint():
            FormerPathUse.objects.bulk_create([row], ignore_conflicts=True)
    except Error as error:  # such as a busy database: the next request notes it
        _log.info("The use of a former path was not noted: %s", error)
    else:
        _noted.set(use, True)


@dataclass
class FormerUses:
    """The number of people who used a former name of a project, the last time, the last people."""

    people_30: int = 0
    people_90: int = 0
    last_at: datetime | None = None
    people: list[str] = field(default_factory=list)


def former_uses_of(*, by: User, project: Project, names: Iterable[str]) -> dict[str, FormerUses]:
    """Return, by former name of the project, its uses, those for collections included.

    All people are counted; those whom `by` may not know are not named. Takes three queries.
    """
    check(by, Action.READ, project)
    uses_of = {name.lower(): FormerUses() for name in names}
    uses = FormerPathUse.objects.filter(project=project)
    for name, people_30, people_90, last_at in _counted(uses):
        if of_name := uses_of.get(name.lower()):
            of_name.people_30 += people_30
            of_name.people_90 += people_90
            of_name.last_at = max(filter(None, (of_name.last_at, last_at)))
    visible = uses.filter(user__in=User.objects.visible_to(by).values("pk"))
    pairs = visible.values_list("project_name", "user__username").annotate(last=Max("at"))
    for name, username, _last in pairs.order_by("-last", "user__username")[:_PEOPLE_READ]:
        of_name = uses_of.get(name.lower())
        if of_name and username not in of_name.people and len(of_name.people) < _PEOPLE_SHOWN:
            of_name.people.append(username)
    return uses_of


def _counted(uses: QuerySet) -> Iterable[Any]:
    """Return a row for each name as it was used, with the people of the last 30 and 90 days."""
    now = timezone.now()
    people = {
        f"people_{days}": Count("user", distinct=True, filter=Q(at__gte=now - timedelta(days=days)))
        for days in (30, 90)
    }
    return uses.values_list("project_name").annotate(**people, last=Max("at"))
