"""How long a team's versions live by default."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from artifacts.forms import DefaultTtlForm
from artifacts.services.ttl import set_default_ttl
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.members import team_named
from registry_site.pages import HtmxRequest, answer_form, form_page, posted

_DAY = 86_400  # seconds


@form_page
def default_ttl(request: HtmxRequest, entity: str) -> HttpResponse:
    found = team_named(entity, request.user).entity
    check(request.user, Action.MANAGE, found)
    settings_url = reverse("accounts:entity_settings", args=[found.name])

    def save(data: dict[str, Any]) -> str:
        seconds = data["days"] and data["days"] * _DAY
        set_default_ttl(by=request.user, entity=found, seconds=seconds)
        messages.success(request, _("Default TTL saved."))
        return settings_url

    now = found.default_ttl_seconds and max(found.default_ttl_seconds // _DAY, 1)
    form = DefaultTtlForm(posted(request), initial={"days": now})
    context = {"title": _("Save default TTL"), "close_url": settings_url}
    return answer_form(request, form, "form.html", context, operation=save)
