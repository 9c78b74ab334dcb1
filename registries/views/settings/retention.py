from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from artifacts.models import Membership
from artifacts.services.retention.holds import may_see_hold
from registries.forms.retention import KeepsLinkedForm
from registries.models import Registry
from registries.services.registry.retention import count_links, holds_in, set_keeps_linked
from registries.views.addresses import settings_url
from registries.views.organizations.holds import HeldThing, holds_url
from registries.views.paths import in_registry
from registries.views.settings.frame import settings_frame
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can, check
from registry_site.pages import HtmxRequest, answer_form, form_page, posted

HOLDS_SHOWN = 20


@dataclass(frozen=True)
class KeepingPage:
    """What keeping.html shows beside the form."""

    link_count: int
    days: int  # for which things stay in the trash
    holds: Sequence[HeldThing]  # the first that the person may see
    hold_count: int
    holds_url: str
    can_hold: bool


@form_page
@in_registry
def settings_keeping(request: HtmxRequest, registry: Registry) -> HttpResponse:
    if request.method == "POST":
        check(request.user, Action.MANAGE, registry.project)

    def save(data: dict[str, Any]) -> str:
        set_keeps_linked(by=request.user, registry=registry, **data)
        messages.success(request, _("Settings of {name} saved.").format(name=registry))
        return settings_url(registry, "settings_keeping")

    form = KeepsLinkedForm(posted(request), now={"keeps_linked": registry.project.keeps_linked})
    frame = settings_frame(request.user, registry, "settings_keeping")
    context = {"frame": frame, "page": _page(request.user, registry)}
    template = "registries/settings/keeping.html"
    return answer_form(request, form, template, context, operation=save)


def _page(user: User, registry: Registry) -> KeepingPage:
    return KeepingPage(
        link_count=count_links(registry),
        days=settings.TRASH_DAYS,
        holds=_visible_holds(user, registry),
        hold_count=holds_in(registry).count(),
        holds_url=holds_url(registry.organization),
        can_hold=can(user, Action.MANAGE, registry.organization),
    )


def _visible_holds(user: User, registry: Registry) -> list[HeldThing]:
    """Return the first holds here that the person may see, with their things as named here."""
    rows = list(holds_in(registry).for_row().order_by("-placed_at", "-pk")[:HOLDS_SHOWN])
    links = Membership.objects.live().filter(
        collection__project=registry.project_id, version__in=[row.version_id for row in rows]
    )
    memberships = {membership.version_id: membership for membership in links.for_path()}
    return [
        HeldThing(row, memberships.get(row.version_id) or row.thing)
        for row in rows
        if may_see_hold(user, row, membership=memberships.get(row.version_id))
    ]
