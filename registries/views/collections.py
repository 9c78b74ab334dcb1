from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from artifacts.markdown import render_markdown
from artifacts.models import Collection
from artifacts.services import collections as services
from registries.forms.collections import (
    CollectionEditForm,
    CollectionForm,
    TagForm,
    known_type_names,
)
from registries.models import Registry
from registries.views.answers import add_refusal, close_overlay, go_to, page_behind
from registries.views.history import event_row
from registries.views.paths import in_collection, in_registry
from registries.views.snippets import link_snippet
from registries.views.tables import action_url, collection_crumbs, paging, version_table
from registry_site.accounts.models import Event
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Conflict, Invalid
from registry_site.keyset import page_by_key
from registry_site.pages import render_page

form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
@in_registry
def collection_create(request: HttpRequest, registry: Registry) -> HttpResponse:
    project = registry.project
    check(request.user, Action.EDIT, project)
    suggestions = known_type_names(project) if project.accepts_all_types else ()
    form = CollectionForm(request.POST or None, project=project, suggestions=suggestions)
    if request.method == "POST" and form.is_valid():
        try:
            collection = services.create_collection(
                by=request.user, project=project, **form.cleaned_data
            )
        except (Invalid, Conflict) as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Collection {name} created.").format(name=collection))
            return go_to(request, collection)
    context = {"form": form, "registry": registry, "project": project}
    return render_page(
        request,
        "registries/collection_create.html",
        context,
        fragment="dialog",
        status=422 if form.errors else 200,
    )


@require_safe
@in_collection
def collection_detail(request: HttpRequest, collection: Collection) -> HttpResponse:
    context = collection_context(request, collection, request.GET)
    context["breadcrumb"] = collection_crumbs(collection)
    return render_page(request, "registries/collection_detail.html", context, fragment="versions")


@form_page
@in_collection
def collection_update(request: HttpRequest, collection: Collection) -> HttpResponse:
    check(request.user, Action.EDIT, collection.project)
    now = {"name": collection.name, "description": collection.description}
    form = CollectionEditForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_collection(by=request.user, collection=collection, **form.cleaned_data)
        except (Invalid, Conflict) as refusal:
            collection.refresh_from_db(fields=["name"])
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Collection {name} saved.").format(name=collection))
            return go_to(request, collection)
    context = {"form": form, "collection": collection, "breadcrumb": collection_crumbs(collection)}
    status = 422 if form.errors else 200
    return render_page(request, "registries/collection_update.html", context, status=status)


@form_page
@in_collection
def collection_delete(request: HttpRequest, collection: Collection) -> HttpResponse:
    check(request.user, Action.EDIT, collection.project)
    if request.method == "POST":
        name = collection.name
        services.delete_collection(by=request.user, collection=collection)
        messages.success(request, _("Collection {name} deleted.").format(name=name))
        return go_to(request, collection.project)
    return render_page(
        request,
        "registries/collection_delete.html",
        {"collection": collection},
        fragment="dialog",
    )


@form_page
@in_collection
def collection_tag_add(request: HttpRequest, collection: Collection) -> HttpResponse:
    check(request.user, Action.EDIT, collection.project)
    form = TagForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_collection_tags(
                by=request.user, collection=collection, names=form.cleaned_data["tags"]
            )
        except (Invalid, Conflict) as refusal:
            add_refusal(form, refusal)
        else:
            return _tags(request, collection)
    return render_page(
        request,
        "registries/collection_tag_add.html",
        {"form": form, "collection": collection},
        fragment="dialog",
        status=422 if form.errors else 200,
    )


@require_POST
@in_collection
def collection_tag_remove(request: HttpRequest, collection: Collection) -> HttpResponse:
    names = request.POST.getlist("tag")
    services.remove_collection_tags(by=request.user, collection=collection, names=names)
    return _tags(request, collection)


@require_safe
@in_collection
def collection_history(request: HttpRequest, collection: Collection) -> HttpResponse:
    events = Event.objects.filter(kind="collection", subject_id=collection.pk)
    page = page_by_key(events, order=("-id",), request_get=request.GET)
    total = events.count()
    summary = ngettext("{n} event · newest first", "{n} events · newest first", total)
    url = action_url(collection, "collection_history")
    context = {
        "collection": collection,
        "events": [event_row(event) for event in page.rows],
        "page": paging(page, url, summary.format(n=f"{total:,}")),
        "breadcrumb": collection_crumbs(collection, here=_("Action history")),
    }
    return render_page(request, "registries/collection_history.html", context, fragment="events")


def collection_context(
    request: HttpRequest, collection: Collection, query: QueryDict
) -> dict[str, Any]:
    """The context of `collection_detail.html#collection`, and of the fragments inside it."""
    context = version_table(request, collection, query)
    context |= tags_context(collection, may_edit=context["may_edit"])
    context |= {
        "card": render_markdown(collection.description),
        "menu": _menu(collection, context["edit_reason"]),
        "link_url": action_url(collection, "link_version"),
        "edit_url": action_url(collection, "collection_update"),
        "delete_url": action_url(collection, "collection_delete"),
    }
    if context["is_empty"]:
        context["snippet"] = link_snippet(
            project=collection.project,
            collection_name=collection.name,
            type_name=collection.artifact_type.name,
            user=request.user,
        )
    return context


def tags_context(collection: Collection, *, may_edit: bool) -> dict[str, object]:
    """The context of `collection_detail.html#tags`."""
    return {
        "collection": collection,
        "tags": sorted(tag.name for tag in collection.tags.all()),
        "may_edit": may_edit,
        "tag_add_url": action_url(collection, "collection_tag_add"),
        "tag_remove_url": action_url(collection, "collection_tag_remove"),
    }


def _tags(request: HttpRequest, collection: Collection) -> HttpResponse:
    """Answer a change of tags: only they change on the page."""
    if not page_behind(request):
        return go_to(request, collection)
    context = tags_context(collection, may_edit=True)
    return close_overlay(request, "registries/collection_detail.html#tags", context, "#tags")


def _menu(collection: Collection, reason: str) -> list[dict[str, object]]:
    off = {"disabled": bool(reason), "reason": reason}
    full = _("It holds versions; only an empty collection can be deleted.")
    return [
        {"label": _("Edit"), "icon": "pencil",
         "url": action_url(collection, "collection_update"), **off},
        {"label": _("Action history"), "icon": "history",
         "url": action_url(collection, "collection_history")},
        {"label": _("Delete"), "icon": "trash", "danger": True, "dialog": True,
         "url": action_url(collection, "collection_delete"),
         **(off if reason or not collection.version_count else {"disabled": True, "reason": full})},
    ]  # fmt: skip
