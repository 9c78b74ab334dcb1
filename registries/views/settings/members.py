"""People and teams with a role of their own in the registry."""

from django.http import HttpResponse
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from artifacts.models import ProjectMember
from registries.models import Registry
from registries.views.paths import in_registry
from registries.views.settings.frame import render_settings, settings_url
from registry_site.accounts.views.exports import exported
from registry_site.exports import Listing
from registry_site.pages import HtmxRequest, list_page

_COLUMNS = {
    "user": lambda member: member.user.username if member.user else None,
    "team": lambda member: str(member.team) if member.team else None,
    "role": lambda member: member.role,
    "added_at": lambda member: member.created_at,
}


@require_safe
@in_registry
def settings_members(request: HtmxRequest, registry: Registry) -> HttpResponse:
    page = list_page(
        request,
        _listing(registry),
        summary=lambda n: ngettext("{count} member · by time", "{count} members · by time", n),
    )
    return render_settings(
        request, registry, "settings_members", "registries/settings/members.html", {"page": page}
    )


@exported
@in_registry
def settings_members_export(request: HtmxRequest, registry: Registry) -> Listing:
    return _listing(registry)


def _listing(registry: Registry) -> Listing:
    rows = ProjectMember.objects.filter(project=registry.project)
    return Listing(
        url=f"{settings_url(registry, 'settings_members')}/-/members",
        rows=rows.select_related("user", "team__entity"),
        order=("created_at", "pk"),
        columns=_COLUMNS,
        has_pages=False,
    )
