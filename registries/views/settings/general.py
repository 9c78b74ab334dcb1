"""What a registry is: description, types, default role, owner, look; its visibility and name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from artifacts.models import Project
from registries.forms.registries import RegistrySettingsForm
from registries.models import Registry
from registries.services.access.access_loss import AccessLoss, access_loss_of
from registries.services.registry.renaming import renaming_refusal
from registries.services.registry.settings import read_settings, restrict_refusal, update_registry
from registries.views.addresses import settings_url
from registries.views.paths import in_registry
from registries.views.settings.frame import settings_frame
from registries.views.settings.names import former_names_table
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Conflict
from registry_site.pages import (
    HtmxRequest,
    Table,
    attempt,
    form_page,
    go_to,
    posted,
    render_form,
    render_page,
)

_TEMPLATE = "registries/settings/general.html"
_OWNERS_OFFERED = 200


@dataclass(frozen=True)
class GeneralPage:
    """What general.html shows of a registry beside the form."""

    names: Table  # of FormerName
    owners: Sequence[User] = ()  # whom the form offers
    rename_reason: str = ""  # why it can't be renamed
    restrict_reason: str = ""  # why it can't be restricted


@dataclass(frozen=True)
class RestrictDialog:
    """What restrict.html shows: the people who lose access."""

    registry: Registry
    loss: AccessLoss
    members_url: str
    close_url: str


@form_page
@in_registry
def settings_general(request: HtmxRequest, registry: Registry) -> HttpResponse:
    if request.method == "POST":
        check(request.user, Action.MANAGE, registry.project)
    frame = settings_frame(request.user, registry, "settings_general")
    if not frame.can_manage:
        page = GeneralPage(former_names_table(request, registry))
        return render_page(request, _TEMPLATE, {"frame": frame, "page": page})

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
    return render_form(request, form, _TEMPLATE, {"frame": frame, "page": _page(request, registry)})


def _page(request: HtmxRequest, registry: Registry) -> GeneralPage:
    """Return what an admin gets beside the form."""
    return GeneralPage(
        names=former_names_table(request, registry),
        owners=_people_of(registry),
        rename_reason=renaming_refusal(registry),
        restrict_reason=restrict_refusal(registry),
    )


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
    page = RestrictDialog(
        registry=registry,
        loss=access_loss_of(by=request.user, registry=registry),
        members_url=settings_url(registry, "settings_members"),
        close_url=settings_url(registry),
    )
    template = "registries/settings/restrict.html"
    return render_page(request, template, {"page": page}, fragment="dialog")


def _people_of(registry: Registry) -> list[User]:
    """Return people whom the field for the owner offers; any other name can be typed."""
    people = User.objects.filter(
        organization_members__organization=registry.organization, is_active=True, service_of=None
    )
    return list(people.order_by("username")[:_OWNERS_OFFERED])
