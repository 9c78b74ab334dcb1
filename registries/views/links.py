"""The sidebar that links a version from the registry's side."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from artifacts.models import Collection, Membership
from artifacts.services import links as services
from registries.forms.links import AliasesForm, SourceChoice
from registries.views.answers import add_refusal, close_overlay, go_to, page_behind
from registries.views.collections import collection_context
from registries.views.paths import in_collection
from registries.views.sentences import link_sentence
from registries.views.tables import collection_table
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Conflict, Denied, Invalid
from registry_site.pages import render_page


@require_http_methods(["GET", "HEAD", "POST"])
@in_collection
def link_version(request: HttpRequest, collection: Collection) -> HttpResponse:
    user, project = request.user, collection.project
    check(user, Action.EDIT, project)
    posted = request.POST if request.method == "POST" else None
    choice = SourceChoice(user=user, collection=collection, data=posted or request.GET)
    aliases = AliasesForm(posted or request.GET, user=user, project=project, collection=collection)
    is_valid = aliases.is_valid()
    if posted is not None and choice.chosen_version is None:
        choice.refuse_gap()
    elif posted is not None and is_valid:
        try:
            membership, is_new = services.link_version(
                by=user,
                version=choice.chosen_version,
                project=project,
                collection_name=collection.name,
                aliases=aliases.names,
            )
        except (Invalid, Conflict, Denied) as refusal:
            add_refusal(aliases, refusal)
        else:
            _say(request, choice, membership, is_new)
            return _linked(request, collection)
    context = {
        "collection": collection,
        "choice": choice,
        "aliases": aliases,
        "sentence": link_sentence(
            version=choice.chosen_version,
            source=choice.source_name,
            target=collection.name,
            collection=collection,
            aliases=aliases.names,
        ),
    }
    return render_page(
        request,
        "registries/link_version.html",
        context,
        fragment="dialog",
        status=422 if posted is not None else 200,
    )


def _say(request: HttpRequest, choice: SourceChoice, membership: Membership, is_new: bool) -> None:
    if is_new:
        text = _("{source} linked to {collection} as {number}.")
    else:
        text = _("{source} was linked to {collection} already, as {number}; aliases were added.")
    messages.success(
        request,
        text.format(
            source=choice.source_name, collection=membership.collection, number=membership.number
        ),
    )


def _linked(request: HttpRequest, collection: Collection) -> HttpResponse:
    """Renew the table of the page behind the sidebar: the collection's, or its registry's."""
    behind = urlsplit(page_behind(request))
    if not behind.path:
        return go_to(request, collection)
    query = QueryDict(behind.query)
    collection.refresh_from_db(fields=["next_index", "version_count"])
    registry = collection.project.registry
    if behind.path == registry.get_absolute_url():
        context = collection_table(request, registry, query)
        return close_overlay(
            request, "registries/registry_detail.html#collections", context, "#collections"
        )
    context = collection_context(request, collection, query)
    return close_overlay(
        request, "registries/collection_detail.html#collection", context, "#collection"
    )
