"""The page that deletes a registry: what goes, what stays, and its name to type."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from registries.forms.registries import RegistryDeleteForm
from registries.models import Registry
from registries.services.registry.deletion import (
    RegistryContents,
    check_deletable,
    delete_refusal,
    delete_registry,
    registry_contents,
)
from registries.views.paths import in_registry
from registries.views.settings.frame import settings_frame
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Conflict
from registry_site.pages import (
    HtmxRequest,
    attempt,
    form_page,
    go_to,
    posted,
    render_page,
    status_of,
)

_TEMPLATE = "registries/settings/delete.html"


@dataclass(frozen=True)
class DeletePage:
    """What delete.html shows beside the form; without contents to those who get no form."""

    core_refusal: str  # why a registry of this kind can't be deleted, "" where it can
    refusal: str = ""  # why nobody can delete it now
    contents: RegistryContents | None = None


@form_page
@in_registry
def settings_delete(request: HtmxRequest, registry: Registry) -> HttpResponse:
    if request.method == "POST":
        check(request.user, Action.MANAGE, registry.project)
    frame = settings_frame(request.user, registry, "settings_delete")
    core_refusal = delete_refusal(registry)
    if request.method != "POST" and (core_refusal or not frame.can_manage):
        context: dict[str, Any] = {"frame": frame, "page": DeletePage(core_refusal)}
        return render_page(request, _TEMPLATE, context, fragment="settings")

    def delete(data: dict[str, Any]) -> str:
        delete_registry(by=request.user, registry=registry)
        text = _("Registry {name} deleted. What was linked there stays where it was logged.")
        messages.success(request, text.format(name=registry))
        return registry.organization.get_absolute_url()

    form = RegistryDeleteForm(posted(request), registry=registry)
    if url := attempt(form, delete):
        return go_to(request, url)
    contents = registry_contents(by=request.user, registry=registry)
    page = DeletePage(core_refusal, _refusal(request.user, registry), contents)
    context = {"frame": frame, "page": page, "form": form}
    return render_page(request, _TEMPLATE, context, fragment="settings", status=status_of(form))


def _refusal(user: User, registry: Registry) -> str:
    """Return why nobody can delete the registry now, "" where it can be deleted."""
    try:
        check_deletable(by=user, registry=registry)
    except Conflict as conflict:
        return conflict.message
    return ""
