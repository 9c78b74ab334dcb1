"""The projects and links of the left rail, read only where a template uses them."""

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from artifacts.models import Project
from registry_site.accounts.models import TeamMember, User
from registry_site.queries.natural_order import natural_key
from registry_site.queries.prepared import prepared

PROJECTS_SHOWN = 6  # of one team
MOST_SHOWN = 60  # of all teams together


@dataclass(frozen=True)
class RailProject:
    """A project's line in the rail."""

    name: str
    url: str


@dataclass(frozen=True)
class RailEntity:
    """A team of the person, or their personal account, with the projects that changed last."""

    name: str
    url: str
    projects: list[RailProject]
    total: int

    @property
    def has_more(self) -> bool:
        return self.total > len(self.projects)


def rail(request: HttpRequest) -> dict[str, Any]:
    """Return `rail.user`, `rail.registry_url`, `rail.entities`; nothing for anonymous visitors."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"rail": {}}
    return {"rail": SimpleLazyObject(lambda: _rail(request, user))}


def _rail(request: HttpRequest, user: User) -> dict[str, Any]:
    return {
        "user": user,
        "registry_url": reverse("registries:registry_home"),
        "entities": _entities(user, _open_project(request)),
    }


def _open_project(request: HttpRequest) -> tuple[str, str]:
    """Return the names of the entity and the project that is open, "" where none is."""
    arguments = request.resolver_match.kwargs if request.resolver_match else {}
    entity, project = arguments.get("entity", ""), arguments.get("project", "")
    return (entity, project) if isinstance(entity, str) and isinstance(project, str) else ("", "")


def _entities(user: User, opened: tuple[str, str]) -> list[RailEntity]:
    """Return each entity's projects that changed last, and always the one that is open."""
    rows = _rail_projects(user.pk, opened[0].lower(), opened[1])
    rows.sort(key=lambda row: (natural_key(row[0]), natural_key(row[1])))
    return [_entity(name, list(each)) for name, each in groupby(rows, key=itemgetter(0))]


def _entity(name: str, rows: list[Any]) -> RailEntity:
    projects = [
        RailProject(project, reverse("artifacts:project_detail", args=[name, project]))
        for _entity_name, project, _total in rows
    ]
    _entity_name, _project, total = rows[0]
    return RailEntity(name, reverse("artifacts:entity_detail", args=[name]), projects, total)


@prepared
def _rail_projects(user: User, entity_name: Any, project_name: Any) -> QuerySet:
    """Return rows of (entity's name, project's name, number of the entity's projects)."""
    teams = TeamMember.objects.filter(user=user).values("team__entity")
    owners = User.objects.filter(pk=user).values("entity").union(teams)
    last = Window(RowNumber(), "entity", order_by=[F("updated_at").desc(), F("pk").desc()])
    is_open = Q(entity__name__lower=entity_name, name=project_name)
    ranked = Project.objects.live().filter(entity__in=owners)
    ranked = ranked.annotate(rank=last, total=Window(Count("pk"), "entity"))
    ranked = ranked.annotate(is_behind=Case(When(is_open, then=0), default=1))
    rows = ranked.filter(Q(rank__lte=PROJECTS_SHOWN) | Q(is_behind=0))
    rows = rows.order_by("is_behind", "rank", "pk")
    return rows.values_list("entity__name", "name", "total")[:MOST_SHOWN]
