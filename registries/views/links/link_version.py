"""The sidebar that links a version, opened from the registry's pages."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.http import HttpResponse, QueryDict

from artifacts.forms.aliases import AliasesForm
from artifacts.models import Collection
from artifacts.services.collections import links as services
from artifacts.views.aliases.move_preview import Move
from registries.choices.source_choice import SourceChoice
from registries.views.collection.collections import collection_context
from registries.views.links.link_sentences import alias_moves, link_sentence, tell_link
from registries.views.paths import in_collection
from registries.views.registry.collection_table import collection_table
from registry_site.accounts.permissions import Action, check
from registry_site.pages import (
    HtmxRequest,
    attempt,
    close_overlay,
    form_page,
    go_to,
    page_behind,
    render_page,
    server_address,
)


@dataclass(frozen=True)
class LinkPage:
    """What link_version.html shows."""

    collection: Collection
    choice: SourceChoice
    aliases: AliasesForm
    moves: list[Move]
    sentence: str


@form_page
@in_collection
def link_version(request: HtmxRequest, collection: Collection) -> HttpResponse:
    user, project = request.user, collection.project
    check(user, Action.EDIT, project)
    if "choose" in request.POST:  # without JavaScript each step is a page with an address
        return go_to(request, _address(request))
    is_sent = request.method == "POST"
    data = request.POST if is_sent else request.GET
    hosts = {request.get_host(), urlsplit(server_address(request)).netloc}
    choice = SourceChoice(user=user, collection=collection, data=data, is_sent=is_sent, hosts=hosts)
    aliases = AliasesForm(data, user=user, project=project, collection=collection)
    aliases.is_valid()  # fills cleaned_data for the sentence above the button
    version = choice.chosen_version
    linked = None
    if is_sent and choice.is_complete() and not aliases.asks(version.pk):
        linked = attempt(aliases, lambda _data: _link(request, collection, choice, aliases))
    return linked or _form(request, collection, choice, aliases)


def _address(request: HtmxRequest) -> str:
    """Return the address of this page with everything chosen so far."""
    query = request.POST.copy()
    for name in ("csrfmiddlewaretoken", "choose", "confirmed"):
        query.pop(name, None)
    for name in [name for name in query if not any(query.getlist(name))]:
        del query[name]
    return f"{request.path}?{query.urlencode()}"


def _form(
    request: HtmxRequest, collection: Collection, choice: SourceChoice, aliases: AliasesForm
) -> HttpResponse:
    page = LinkPage(
        collection=collection,
        choice=choice,
        aliases=aliases,
        moves=alias_moves(request.user, aliases, collection, choice.chosen_version),
        sentence=link_sentence(
            version=choice.chosen_version,
            source=choice.source_name,
            target=collection.name,
            collection=collection,
            aliases=aliases.names,
        ),
    )
    return render_page(
        request,
        "registries/links/link_version.html",
        {"page": page},
        fragment="dialog",
        status=422 if choice.is_sent else 200,
    )


def _link(
    request: HtmxRequest, collection: Collection, choice: SourceChoice, aliases: AliasesForm
) -> HttpResponse:
    linking = services.link_version(
        by=request.user,
        version=choice.chosen_version,
        project=collection.project,
        collection_name=collection.name,
        aliases=aliases.names,
        note=aliases.cleaned_data["note"],
    )
    tell_link(request, linking, source=choice.source_name, is_in_sight=True)
    return _linked(request, collection)


def _linked(request: HtmxRequest, collection: Collection) -> HttpResponse:
    """Show the table of the page behind the sidebar anew: the collection's, or its registry's."""
    behind = urlsplit(page_behind(request))
    if not behind.path:
        return go_to(request, collection.get_absolute_url())
    query = QueryDict(behind.query)
    collection.refresh_from_db(fields=["next_index", "version_count"])
    registry = collection.project.registry
    if unquote(behind.path) == unquote(registry.get_absolute_url()):
        table = collection_table(request, registry, query)
        template = "registries/registry/registry_detail.html#collections"
        return close_overlay(request, template, {"table": table}, "#collections")
    context = collection_context(request, collection, query)
    return close_overlay(
        request, "registries/collection/collection_detail.html#collection", context, "#collection"
    )
