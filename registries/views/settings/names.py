"""A registry's name: who uses it, renaming, and the former names that redirect to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.models import ProjectPath
from artifacts.services.usage.consumers import Consumers, consumers_within
from registries.forms.registries import RegistryRenameForm
from registries.models import Registry
from registries.services.registry.former_names import FormerName, read_former_names
from registries.services.registry.renaming import rename_registry, renaming_refusal
from registries.views.addresses import settings_url
from registries.views.paths import in_registry
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.views.exports import exported
from registry_site.errors import Conflict
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, Table, answer_form, form_page, list_page, posted

_COLUMNS: dict[str, Callable[[FormerName], Any]] = {
    "name": lambda name: name.name,
    "until": lambda name: name.until,
    "renamed_by": lambda name: name.actor_name,
    "people_30_days": lambda name: name.uses.people_30,
    "people_90_days": lambda name: name.uses.people_90,
    "last_use_at": lambda name: name.uses.last_at,
    "last_people": lambda name: name.uses.people,
}


@dataclass(frozen=True)
class RenameDialog:
    """What rename.html shows beside the form: who uses the name, by numbers of days."""

    registry: Registry
    consumers: list[tuple[int, Consumers]]
    close_url: str


@form_page
@in_registry
def settings_rename(request: HtmxRequest, registry: Registry) -> HttpResponse:
    check(request.user, Action.MANAGE, registry.project)
    if reason := renaming_refusal(registry):
        raise Conflict(reason)

    def rename(data: dict[str, Any]) -> str:
        renamed = rename_registry(by=request.user, registry=registry, **data)
        messages.success(request, _outcome(registry, renamed))
        return settings_url(renamed)

    form = RegistryRenameForm(posted(request), now={"name": registry.name})
    consumers = [
        (days, consumers_within(by=request.user, project=registry.project, days=days))
        for days in (30, 90)
    ]
    page = RenameDialog(registry, consumers, close_url=settings_url(registry))
    template = "registries/settings/rename.html"
    return answer_form(request, form, template, {"page": page}, operation=rename)


def _outcome(before: Registry, renamed: Registry) -> str:
    if before.name == renamed.name:
        return _("The registry is still called {name}.").format(name=renamed)
    return _(
        "The registry {before} is called {name} now. The former name leads to it until somebody "
        "makes a registry of that name; who still comes by it is listed below."
    ).format(before=before, name=renamed)


def former_names_table(request: HtmxRequest, registry: Registry) -> Table:
    """Return the former names that redirect to the registry, the newest first."""
    return list_page(
        request,
        _listing(request.user, registry),
        prefix="names_",
        query=request.GET,
        summary=lambda n: ngettext(
            "{count} former name · newest first", "{count} former names · newest first", n
        ),
    )


@exported
@in_registry
def former_names_export(request: HtmxRequest, registry: Registry) -> Listing:
    return _listing(request.user, registry)


def _listing(user: User, registry: Registry) -> Listing:
    return Listing(
        url=f"{settings_url(registry)}/-/former-names",
        rows=ProjectPath.objects.filter(project=registry.project),
        order=("-pk",),
        columns=_COLUMNS,
        complete=lambda paths: read_former_names(by=user, registry=registry, paths=paths),
        has_pages=False,
    )
