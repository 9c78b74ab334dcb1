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
from registries.views.settings.frame import settings_context
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can, check
from registry_site.pages import HtmxRequest, answer_form, form_page, posted

HOLDS_SHOWN = 20


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
    context = settings_context(request.user, registry, "settings_keeping") | {
        "days": settings.TRASH_DAYS,
        "link_count": count_links(registry),
        **_holds_context(request.user, registry),
    }
    template = "registries/settings/keeping.html"
    return answer_form(request, form, template, context, operation=save)


def _holds_context(user: User, registry: Registry) -> dict[str, Any]:
    """Return the first holds here that the person may see, with their things as named here."""
    holds = holds_in(registry)
    rows = list(holds.for_row().order_by("-placed_at", "-pk")[:HOLDS_SHOWN])
    links = Membership.objects.live().filter(
        collection__project=registry.project_id, version__in=[row.version_id for row in rows]
    )
    memberships = {membership.version_id: membership for membership in links.for_path()}
    visible = [
        HeldThing(row, memberships.get(row.version_id) or row.thing)
        for row in rows
        if may_see_hold(user, row, membership=memberships.get(row.version_id))
    ]
    return {
        "holds": visible,
        "hold_count": holds.count(),
        "holds_url": holds_url(registry.organization),
        "can_hold": can(user, Action.MANAGE, registry.organization),
    }
