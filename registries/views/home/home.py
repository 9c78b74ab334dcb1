from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from artifacts.models import Membership, Project
from artifacts.views.usage.code import log_code
from registries.models import Registry
from registries.views.access.requests import own_requests, requests_waiting_for
from registries.views.history.activity import home_activity
from registry_site.accounts.models import Entity, Organization, Team, User
from registry_site.accounts.permissions import Action
from registry_site.accounts.views.teams.invitations import invitations_of, requests_to
from registry_site.pages import HtmxRequest, render_page, server_address

REGISTRIES = 6
VERSIONS = 10
LINKS = 2  # links shown for one version
MOST_PLACES = 200  # entities shown
PROJECTS = 60  # projects shown; a team's page has the others


@require_safe
def home(request: HtmxRequest) -> HttpResponse:
    user = request.user
    places = _places(user)
    registries = Registry.objects.visible_to(user).with_counts().for_card().used_first(user)
    newest = Membership.objects.of_newest_versions(user, VERSIONS)
    memberships_of_versions = newest.prefetch_related("collection__project__protected_aliases")
    context = {
        "invitations": invitations_of(user),
        "requests": requests_to(user),
        "access_requests": requests_waiting_for(user),
        "own_requests": own_requests(user),
        "places": places,
        "activity": home_activity(user),
        "registries": registries[:REGISTRIES],
        "versions": _versions(memberships_of_versions[:MOST_PLACES]),
        "next": _what_next(request, any(place["projects"] for place in places)),
    }
    return render_page(request, "registries/home/home.html", context)


def _versions(places: Iterable[Membership]) -> list[dict[str, Any]]:
    """Return one row for each version, newest first: where it was logged and is linked."""
    by_version: dict[int, list[Membership]] = {}
    for place in places:
        by_version.setdefault(place.version_id, []).append(place)
    rows = []
    for all_memberships in by_version.values():
        source = next((place for place in all_memberships if place.is_source), None)
        links = [place for place in all_memberships if place is not source]
        rows.append(
            {
                "last": all_memberships[0],  # says by whom and when
                "source": source,
                "title": source or links[-1],
                "links": links[:LINKS],
                "more_links": len(links[LINKS:]),
            }
        )
    return rows


def _places(user: User) -> list[dict[str, Any]]:
    """Return the person's teams, oldest membership first, then their own entity, with projects."""
    teams = Team.objects.filter(members__user=user).select_related("entity", "organization")
    owners: list[tuple[Entity, Team | None]] = [
        (team.entity, team) for team in teams.order_by("members__joined_at", "pk")
    ]
    owners.append((user.entity, None))
    newest = Project.objects.live().filter(entity__in=[entity for entity, _team in owners])
    projects = list(newest.select_related("entity").order_by("-updated_at", "-pk")[:PROJECTS])
    return [
        {
            "entity": entity,
            "team": team,
            "role": entity.role_of(user),
            "projects": [project for project in projects if project.entity_id == entity.pk],
        }
        for entity, team in owners
    ]


def _what_next(request: HtmxRequest, has_project: bool) -> dict[str, Any]:
    """Return the first thing that the person lacks on the way to a linked version."""
    user, own_roles = request.user, request.user.roles
    loggable = Team.objects.loggable_by(user).filter(pk__in=list(own_roles.teams)).first()
    if has_project and loggable:
        return {}
    organizations = list(Organization.objects.filter(members__user=user))
    return {
        "lacks": "organization" if not organizations else "run" if loggable else "team",
        "organizations": organizations,
        "server_admins": User.objects.filter(is_admin=True, is_active=True).order_by("username")[
            :5
        ],
        "may_create_team": Organization.objects.permitting(Action.EDIT, user).exists(),
        "commands": f"pip install wandb\nwandb login --host={server_address(request)}",
        "snippet": log_code((loggable or user).entity.name, "first-steps"),
    }
