from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from artifacts.formats.markdown import render_markdown
from artifacts.models import Collection
from artifacts.reads.pages.collection_header import read_collection_facts
from artifacts.reads.pages.governed_aliases import read_governed_aliases
from artifacts.services.collections import collections as services
from artifacts.services.paths.departures import Departures, departures_of
from artifacts.services.usage.consumers import drift_of
from artifacts.views.aliases.release_strip import StripPanel, strip_panel
from artifacts.views.collection.metrics import metric_columns
from artifacts.views.collection.version_rows import versions_file
from artifacts.views.retention.holds import ShownHold, holds_on
from artifacts.views.texts import is_long
from artifacts.views.usage.usage import DriftPanel, drift_panel
from registries.forms.collections import CollectionEditForm, CollectionForm
from registries.models import Registry
from registries.views.addresses import action_url
from registries.views.breadcrumbs import Crumbs, collection_crumbs
from registries.views.collection.link_snippet import link_snippet
from registries.views.collection.menus import delete_item, why_item
from registries.views.collection.tags import CollectionTags, tags_of
from registries.views.collection.version_table import version_table
from registries.views.paths import in_collection, in_registry
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, ask_url, check, role_reason
from registry_site.accounts.views.exports import exported
from registry_site.http.exports import Listing
from registry_site.markup.menus import MenuItem
from registry_site.pages import HtmxRequest, answer_form, form_page, posted, render_page


@form_page
@in_registry
def collection_create(request: HtmxRequest, registry: Registry) -> HttpResponse:
    project = registry.project
    check(request.user, Action.EDIT, project)

    def create(data: dict[str, Any]) -> str:
        collection = services.create_collection(by=request.user, project=project, **data)
        messages.success(request, _("Collection {name} created.").format(name=collection))
        links_next = request.POST.get("next") == "link"
        return (
            action_url(collection, "link_version") if links_next else collection.get_absolute_url()
        )

    form = CollectionForm(posted(request), user=request.user, project=project)
    template = "registries/collection/collection_create.html"
    return answer_form(request, form, template, {"registry": registry}, operation=create)


@require_safe
@in_collection
def collection_detail(request: HtmxRequest, collection: Collection) -> HttpResponse:
    context = collection_context(request, collection, request.GET)
    template = "registries/collection/collection_detail.html"
    return render_page(request, template, context, fragment="versions")


@exported
@in_collection
def versions_export(request: HtmxRequest, collection: Collection) -> Listing:
    return versions_file(
        request.user,
        collection,
        request.GET.get("q", "").strip(),
        metrics=metric_columns(request.user, collection, request.GET),
    )


@form_page
@in_collection
def collection_update(request: HtmxRequest, collection: Collection) -> HttpResponse:
    check(request.user, Action.EDIT, collection.project)
    now = {"name": collection.name, "description": collection.description}
    context = {"collection": collection, "breadcrumb": collection_crumbs(collection, _("Edit"))}

    def update(data: dict[str, Any]) -> str:
        services.update_collection(by=request.user, collection=collection, **data)
        messages.success(request, _("Collection {name} saved.").format(name=collection))
        return collection.get_absolute_url()

    form = CollectionEditForm(posted(request), now=now)
    return answer_form(
        request, form, "registries/collection/collection_update.html", context, operation=update
    )


@dataclass(frozen=True)
class CollectionPage:
    """What the page of a collection shows beside its versions."""

    collection: Collection
    breadcrumb: Crumbs
    tags: CollectionTags
    is_empty: bool
    edit_reason: str  # why the person may not edit it, "" where they may
    ask_url: str  # where they ask for it
    card: SafeString
    is_card_long: bool
    holds: Sequence[ShownHold]
    drift: DriftPanel | None
    strip: StripPanel | None
    departures: Departures
    menu: Sequence[MenuItem]
    link_url: str
    edit_url: str
    delete_url: str
    snippet: str  # of a script that links the first version; "" where there are any

    @property
    def may_edit(self) -> bool:
        return not self.edit_reason


def collection_context(
    request: HtmxRequest, collection: Collection, query: QueryDict
) -> dict[str, Any]:
    """Return the context of `collection_detail.html#collection`, and of the fragments inside it."""
    page = _page(request.user, collection)
    return {"page": page, "table": version_table(request, collection, query)}


def _page(user: User, collection: Collection) -> CollectionPage:
    facts = read_collection_facts(collection)
    holds, aliases = holds_on(user, collection), read_governed_aliases(collection)
    reason = role_reason(user, Action.EDIT, collection.project)
    return CollectionPage(
        collection=collection,
        breadcrumb=collection_crumbs(collection),
        tags=tags_of(collection, facts.tags, may_edit=not reason),
        is_empty=not collection.version_count,
        edit_reason=reason,
        ask_url=ask_url(Action.EDIT, collection.project) if reason else "",
        card=render_markdown(collection.description or ""),
        is_card_long=is_long(collection.description or ""),
        holds=holds.rows,
        drift=drift_panel(drift_of(collection, aliases)),
        strip=strip_panel(user, collection, aliases),
        departures=departures_of(by=user, collection=collection, deleted_count=facts.deleted_count),
        menu=_menu(user, collection, reason, holds.item),
        link_url=action_url(collection, "link_version"),
        edit_url=action_url(collection, "collection_update"),
        delete_url=action_url(collection, "collection_delete"),
        snippet="" if collection.version_count else _snippet(user, collection),
    )


def _snippet(user: User, collection: Collection) -> str:
    return link_snippet(
        project=collection.project,
        collection_name=collection.name,
        type_name=collection.artifact_type.name,
        user=user,
    )


def _menu(user: User, collection: Collection, reason: str, hold: MenuItem | None) -> list[MenuItem]:
    return [
        MenuItem(_("Edit"), action_url(collection, "collection_update"), "pencil", reason=reason),
        MenuItem(_("Action history"), action_url(collection, "collection_history"), "history"),
        *([hold] if hold else []),
        *why_item(user, collection),
        delete_item(collection.get_absolute_url(), reason),
    ]
