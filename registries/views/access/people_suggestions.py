"""What the picker of people and teams offers while one types."""

from typing import Any

from django.http import JsonResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registries.services.members.people_by_name import suggest_named
from registries.views.paths import in_organization
from registry_site.accounts.models import Organization, Team, User
from registry_site.pages import HtmxRequest


@require_safe
@in_organization
def people_suggestions(request: HtmxRequest, organization: Organization) -> JsonResponse:
    text = request.GET.get("q", "")[:100]
    suggested = suggest_named(by=request.user, organization=organization, text=text)
    rows = [*map(_person, suggested.users), *map(_team, suggested.teams)]
    rows.sort(key=lambda row: (not row["name"].lower().startswith(text.lower()), row["name"]))
    response = JsonResponse({"found": rows})
    patch_cache_control(response, private=True, max_age=0)
    return response


def _person(user: User) -> dict[str, Any]:
    note = _("service account") if user.is_service else user.name
    # a person is not offered by an address that they typed in themselves, only by name
    mail = user.email if user.email_is_confirmed else ""
    return {"name": user.username, "note": note, "text": f"{user.username} {user.name} {mail}"}


def _team(team: Team) -> dict[str, Any]:
    return {"name": str(team), "note": _("team"), "text": str(team)}
