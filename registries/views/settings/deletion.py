"""The page that deletes a registry: what goes, what stays, and its name to type."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from registries.forms.registries import RegistryDeleteForm
from registries.models import Registry
from registries.services.registry.deletion import (
    check_deletable,
    delete_refusal,
    delete_registry,
    registry_contents,
)
from registries.views.paths import in_registry
from registries.views.settings.frame import render_settings
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can, check
from registry_site.errors import Conflict
from registry_site.pages import HtmxRequest, attempt, form_page, go_to, posted, status_of

_TEMPLATE = "registries/settings/delete.html"


@form_page
@in_registry
def settings_delete(request: HtmxRequest, registry: Registry) -> HttpResponse:
    may = can(request.user, Action.MANAGE, registry.project)
    context: dict[str, Any] = {"core_refusal": delete_refusal(registry)}
    if request.method != "POST" and (context["core_refusal"] or not may):
        return render_settings(request, registry, "settings_delete", _TEMPLATE, context)
    check(request.user, Action.MANAGE, registry.project)

    def delete(data: dict[str, Any]) -> str:
        delete_registry(by=request.user, registry=registry)
        text = _("Registry {name} deleted. What was linked there stays where it was logged.")
        messages.success(request, text.format(name=registry))
        return registry.organization.get_absolute_url()

    form = RegistryDeleteForm(posted(request), registry=registry)
    if url := attempt(form, delete):
        return go_to(request, url)
    context |= {
        "form": form,
        "contents": registry_contents(by=request.user, registry=registry),
        "refusal": _refusal(request.user, registry),
    }
    return render_settings(
        request, registry, "settings_delete", _TEMPLATE, context, status=status_of(form)
    )


def _refusal(user: User, registry: Registry) -> str:
    """Return why nobody can delete the registry now, "" where it can be deleted."""
    try:
        check_deletable(by=user, registry=registry)
    except Conflict as conflict:
        return conflict.message
    return ""
