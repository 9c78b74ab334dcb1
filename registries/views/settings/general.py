"""What a registry is: description, types, default role, owner, look; its visibility and name."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from artifacts.models import Project
from registries.forms.registries import RegistrySettingsForm
from registries.models import Registry
from registries.services.access.access_loss import access_loss_of
from registries.services.registry.renaming import renaming_refusal
from registries.services.registry.settings import read_settings, restrict_refusal, update_registry
from registries.views.addresses import settings_url
from registries.views.paths import in_registry
from registries.views.settings.frame import render_settings, settings_context
from registries.views.settings.names import former_names_table
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can, check
from registry_site.errors import Conflict
from registry_site.pages import HtmxRequest, attempt, form_page, go_to, posted, render_form

_TEMPLATE = "registries/settings/general.html"
_OWNERS_OFFERED = 200


@form_page
@in_registry
def settings_general(request: HtmxRequest, registry: Registry) -> HttpResponse:
    if not can(request.user, Action.MANAGE, registry.project) and request.method != "POST":
        context = {"names": former_names_table(request, registry)}
        return render_settings(
            request, registry, "settings_general", _TEMPLATE, context, fragment=None
        )
    check(request.user, Action.MANAGE, registry.project)

    def save(data: dict[str, Any]) -> str:
        saved = update_registry(by=request.user, registry=registry, **data)
        messages.success(request, _("Settings of {name} saved.").format(name=saved))
        return settings_url(registry)

    form = RegistrySettingsForm(
        posted(request),
        now=read_settings(registry),
        is_restricted=registry.project.access == Project.Access.RESTRICTED,
    )
    if url := attempt(form, save):
        return go_to(request, url)
    return render_form(request, form, _TEMPLATE, _context(request, registry))


def _context(request: HtmxRequest, registry: Registry) -> dict[str, Any]:
    """Return what an admin gets beside the form."""
    return settings_context(request.user, registry, "settings_general") | {
        "names": former_names_table(request, registry),
        "owners": _people_of(registry),
        "rename_url": settings_url(registry, "settings_rename"),
        "rename_reason": renaming_refusal(registry),
        "restrict_url": settings_url(registry, "settings_restrict"),
        "restrict_reason": restrict_refusal(registry),
    }


@require_safe
@in_registry
def settings_first_tab(request: HtmxRequest, registry: Registry) -> HttpResponse:
    """Redirect General's own name to the settings' address, where this tab is."""
    return redirect(settings_url(registry))


@form_page
@in_registry
def settings_restrict(request: HtmxRequest, registry: Registry) -> HttpResponse:
    check(request.user, Action.MANAGE, registry.project)
    if request.method == "POST":
        update_registry(by=request.user, registry=registry, access=Project.Access.RESTRICTED)
        messages.success(
            request, _("Only members of {name} see it from now on.").format(name=registry)
        )
        return go_to(request, settings_url(registry))
    if reason := restrict_refusal(registry):
        raise Conflict(reason)
    context = settings_context(request.user, registry, "settings_general") | {
        "loss": access_loss_of(by=request.user, registry=registry),
        "members_url": settings_url(registry, "settings_members"),
        "close_url": settings_url(registry),
    }
    template = "registries/settings/restrict.html"
    return render_settings(
        request, registry, "settings_general", template, context, fragment="dialog"
    )


def _people_of(registry: Registry) -> list[User]:
    """Return people whom the field for the owner offers; any other name can be typed."""
    people = User.objects.filter(
        organization_members__organization=registry.organization, is_active=True, service_of=None
    )
    return list(people.order_by("username")[:_OWNERS_OFFERED])
