"""Adding and removing a collection's tags."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from artifacts.forms import TagForm
from artifacts.models import Collection
from artifacts.services.collections import tags as services
from registries.views.addresses import action_url
from registries.views.paths import in_collection
from registry_site.accounts.permissions import Action, check
from registry_site.pages import (
    HtmxRequest,
    attempt,
    close_overlay,
    form_page,
    go_to,
    page_behind,
    posted,
    render_page,
    undo_address,
)


@form_page
@in_collection
def collection_tag_add(request: HtmxRequest, collection: Collection) -> HttpResponse:
    check(request.user, Action.EDIT, collection.project)
    form = TagForm(posted(request))

    def add(data: dict[str, Any]) -> HttpResponse:
        services.add_collection_tags(by=request.user, collection=collection, names=data["names"])
        messages.success(request, _("Tags added to {name}.").format(name=collection))
        return _tags(request, collection)

    context = {
        "form": form,
        "title": _("Add tags to {name}").format(name=collection),
        "close_url": collection.get_absolute_url(),
    }
    status = 422 if form.is_bound else 200
    return attempt(form, add) or render_page(
        request, "form.html", context, fragment="dialog", status=status
    )


@require_POST
@in_collection
def collection_tag_remove(request: HtmxRequest, collection: Collection) -> HttpResponse:
    names = request.POST.getlist("tag")
    services.remove_collection_tags(by=request.user, collection=collection, names=names)
    text = ngettext(
        "Tag {names} removed from {name}.", "Tags {names} removed from {name}.", len(names)
    )
    undo = undo_address(action_url(collection, "collection_tag_add"), names=", ".join(names))
    text = text.format(names=", ".join(names), name=collection)
    messages.success(request, text, extra_tags=undo)
    return _tags(request, collection)


@dataclass(frozen=True)
class CollectionTags:
    """What `collection_detail.html#tags` shows: tags by name, and where one changes them."""

    names: list[str]
    add_url: str  # "" for those who may not
    remove_url: str


def tags_of(collection: Collection, names: Iterable[str], *, may_edit: bool) -> CollectionTags:
    """Return the tags of these names; only those who may edit get the addresses."""
    routes = ("collection_tag_add", "collection_tag_remove")
    urls = [action_url(collection, route) if may_edit else "" for route in routes]
    return CollectionTags(sorted(names), *urls)


def _tags(request: HtmxRequest, collection: Collection) -> HttpResponse:
    """Answer a change of tags by showing the tags anew."""
    if not page_behind(request):
        return go_to(request, collection.get_absolute_url())
    names = collection.tags.values_list("name", flat=True)
    context = {"tags": tags_of(collection, names, may_edit=True)}
    return close_overlay(
        request, "registries/collection/collection_detail.html#tags", context, "#tags"
    )
