"""What the left rail shows, read only where a template asks for it."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from artifacts.models import Project
from registry_site.accounts.standing import standing_of

PROJECTS_SHOWN = 30


def rail(request: HttpRequest) -> dict[str, Any]:
    """`rail.user`, `rail.registry_url`, `rail.projects`; nothing for anonymous visitors."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"rail": {}}
    return {"rail": SimpleLazyObject(lambda: _rail(user))}


def _rail(user: Any) -> dict[str, Any]:
    return {
        "user": user,
        "registry_url": reverse("registries:registry_home"),
        "projects": _projects(user),
    }


def _projects(user: Any) -> list[dict[str, str]]:
    """The projects changed last in the person's own entity and teams, by entity and name."""
    standing = standing_of(user)
    entities = [user.entity_id, *standing.team_entities.values()]
    newest = Project.objects.live().filter(entity__in=entities).select_related("entity")
    projects = newest.order_by("-updated_at", "-pk")[:PROJECTS_SHOWN]
    return [
        {
            "entity_name": project.entity.name,
            "name": project.name,
            "url": project.get_absolute_url(),
        }
        for project in sorted(projects, key=lambda project: (project.entity.name, project.name))
    ]
