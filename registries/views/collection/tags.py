"""Adding and removing a collection's tags."""

from collections.abc import Iterable
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


def tags_context(
    collection: Collection, tags: Iterable[str], *, may_edit: bool
) -> dict[str, object]:
    """Return the context of `collection_detail.html#tags`."""
    return {
        "collection": collection,
        "tags": sorted(tags),
        "may_edit": may_edit,
        "tag_add_url": action_url(collection, "collection_tag_add"),
        "tag_remove_url": action_url(collection, "collection_tag_remove"),
    }


def _tags(request: HtmxRequest, collection: Collection) -> HttpResponse:
    """Answer a change of tags by showing the tags anew."""
    if not page_behind(request):
        return go_to(request, collection.get_absolute_url())
    tags = collection.tags.values_list("name", flat=True)
    context = tags_context(collection, tags, may_edit=True)
    return close_overlay(
        request, "registries/collection/collection_detail.html#tags", context, "#tags"
    )
