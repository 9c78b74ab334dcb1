"""How long a team's versions live by default."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from artifacts.forms import DefaultTtlForm
from artifacts.services.retention.default_ttl import set_default_ttl
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.members import team_named
from registry_site.pages import HtmxRequest, answer_form, form_page, posted


@form_page
def default_ttl(request: HtmxRequest, entity: str) -> HttpResponse:
    owner = team_named(entity, request.user).entity
    check(request.user, Action.MANAGE, owner)
    settings_url = reverse("accounts:entity_settings", args=[owner.name])

    def save(data: dict[str, Any]) -> str:
        set_default_ttl(
            by=request.user,
            entity=owner,
            seconds=data["default_ttl_seconds"],
            opened=data["opened"],
        )
        messages.success(request, _("Default TTL saved."))
        return settings_url

    form = DefaultTtlForm(posted(request), now={"default_ttl_seconds": owner.default_ttl_seconds})
    context = {"title": _("Save default TTL"), "close_url": settings_url}
    return answer_form(request, form, "form.html", context, operation=save)
