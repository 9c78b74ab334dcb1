"""The projects and links of the left rail, read only where a template uses them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, Q, When, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from artifacts.models import Project
from registry_site.accounts.models import Entity, User
from registry_site.accounts.roles import roles_of
from registry_site.queries.natural_order import natural_key

PROJECTS_SHOWN = 6  # of one team
MOST_SHOWN = 60  # of all teams together


@dataclass(frozen=True)
class RailEntity:
    """A team of the person, or their personal account, with the projects that changed last."""

    name: str
    url: str
    projects: list[Project]
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
    """Return each entity's projects that changed last, and always the one that is open.

    One statement reads them all.
    """
    entities = [user.entity_id, *roles_of(user).team_entities.values()]
    last = Window(RowNumber(), "entity", order_by=[F("updated_at").desc(), F("pk").desc()])
    ranked = Project.objects.live().filter(entity__in=entities).select_related("entity")
    ranked = ranked.annotate(rank=last, total=Window(Count("pk"), "entity"))
    is_open = Q(entity__name__lower=opened[0].lower(), name=opened[1])
    listed = ranked.annotate(is_behind=Case(When(is_open, then=0), default=1)).filter(
        Q(rank__lte=PROJECTS_SHOWN) | Q(is_behind=0)
    )
    projects = listed.order_by("is_behind", "rank", "pk")[:MOST_SHOWN]
    by_entity: dict[Entity, list[Any]] = {}
    for project in sorted(projects, key=_name_key):
        by_entity.setdefault(project.entity, []).append(project)
    return [
        RailEntity(entity.name, entity.get_absolute_url(), listed, listed[0].total)
        for entity, listed in by_entity.items()
    ]


def _name_key(project: Project) -> Any:
    return natural_key(project.entity.name), natural_key(project.name)
