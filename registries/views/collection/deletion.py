"""The dialog that deletes a registry's collection."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from artifacts.models import Collection
from artifacts.services.collections import collections as services
from artifacts.services.paths.departures import departures_of, restorable_links
from artifacts.services.retention.holds import hold_refusal
from artifacts.services.usage.consumers import Consumers, consumers_of
from registries.views.paths import in_collection
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, check, role_reason
from registry_site.pages import HtmxRequest, form_page, go_to, render_page

ALIASES_SHOWN = 20
LINKS_SHOWN = 20  # links of versions in the trash that the dialog shows


@dataclass(frozen=True)
class DeletionDialog:
    """What collection_delete.html shows: what goes with the collection, and why it may stay."""

    collection: Collection
    aliases: list[str]  # the first of them
    more_aliases: int
    consumers: Consumers
    was_filled: bool
    lost_links: list[str]  # numbers of versions in the trash; the first of them
    lost_count: int
    reason: str  # why the role does not suffice
    hold_refusal: str
    days: int  # for which it stays in the trash


@form_page
@in_collection
def collection_delete(request: HtmxRequest, collection: Collection) -> HttpResponse:
    check(request.user, Action.EDIT, collection.project)
    if request.method == "POST":
        name = collection.name
        services.delete_collection(by=request.user, collection=collection)
        messages.success(request, _("Collection {name} deleted.").format(name=name))
        return go_to(request, collection.project.get_absolute_url())
    template = "registries/collection/collection_delete.html"
    page = _dialog(request.user, collection)
    return render_page(request, template, {"page": page}, fragment="dialog")


def _dialog(user: User, collection: Collection) -> DeletionDialog:
    aliases = set(collection.aliases.values_list("name", flat=True))
    protected = collection.project.protected_alias_names & aliases
    lost = restorable_links(collection)
    return DeletionDialog(
        collection=collection,
        aliases=sorted(aliases)[:ALIASES_SHOWN],
        more_aliases=max(len(aliases) - ALIASES_SHOWN, 0),
        consumers=consumers_of(by=user, collection=collection),
        was_filled=bool(departures_of(by=user, collection=collection).rows),
        lost_links=[link.number for link in lost[:LINKS_SHOWN]],
        lost_count=lost.count(),
        reason=role_reason(user, Action.PROTECT, collection.project) if protected else "",
        hold_refusal=hold_refusal(by=user, collection=collection),
        days=settings.TRASH_DAYS,
    )
