"""The dialog that links a version, opened from the artifact's page, in two steps."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _

from artifacts.forms.aliases import AliasesForm
from artifacts.models import Membership
from artifacts.services.collections import links as services
from artifacts.services.paths.paths import next_index_at
from artifacts.views.aliases.move_preview import Move
from registries.choices.collection_choice import CollectionChoice
from registries.views.links.link_sentences import alias_moves, link_sentence, tell_link
from registry_site.errors import NotFound
from registry_site.pages import (
    HtmxRequest,
    attempt,
    form_page,
    go_to,
    page_behind,
    read_number,
    render_page,
)

ALIASES = "aliases"  # the name of the second step


@dataclass(frozen=True)
class CollectionStep:
    """What link_to_registry.html shows: the first step, in which one selects a collection."""

    membership: Membership
    choice: CollectionChoice
    steps: list[dict[str, Any]]


@dataclass(frozen=True)
class AliasStep:
    """What link_to_registry_aliases.html shows: the second step, which links."""

    membership: Membership
    choice: CollectionChoice
    steps: list[dict[str, Any]]
    aliases: AliasesForm
    moves: list[Move]
    back_url: str
    sentence: str


@form_page
def link_to_registry(request: HtmxRequest) -> HttpResponse:
    data = request.POST if request.method == "POST" else request.GET
    membership = _membership(request, data.get("version", ""))
    choice = CollectionChoice(user=request.user, version=membership.version, data=data)
    wants_aliases = request.method == "POST" or data.get("step") == ALIASES
    if choice.refusal or not wants_aliases or not choice.is_complete():
        return _select_collection(request, membership, choice)
    aliases = AliasesForm(
        data, user=request.user, project=choice.project, collection=choice.collection
    )
    aliases.is_valid()  # fills cleaned_data for the sentence above the button
    linked = None
    if request.method == "POST" and not aliases.asks(membership.version_id):
        linked = attempt(aliases, lambda _data: _link(request, membership, choice, aliases))
    return linked or _select_aliases(request, membership, choice, aliases)


def _membership(request: HtmxRequest, pk: str) -> Membership:
    """Return where the person sees the version first: its source, unless that is hidden."""
    memberships = Membership.objects.visible_to(request.user).for_path().order_by("pk")
    membership = memberships.filter(version=read_number(pk)).first()
    if membership is None:
        raise NotFound(_("There is no such version, or you may not see it."))
    return membership


def _select_collection(
    request: HtmxRequest, membership: Membership, choice: CollectionChoice
) -> HttpResponse:
    steps: list[dict[str, Any]] = [
        {"label": _("Select a registry collection"), "current": True},
        {"label": _("Aliases")},
    ]
    return render_page(
        request,
        "registries/links/link_to_registry.html",
        {"page": CollectionStep(membership, choice, steps)},
        fragment="dialog",
        status=422 if choice.errors else 200,
    )


def _select_aliases(
    request: HtmxRequest, membership: Membership, choice: CollectionChoice, aliases: AliasesForm
) -> HttpResponse:
    steps = [
        {"label": _("Select a registry collection"), "done": True},
        {"label": _("Aliases"), "current": True},
    ]
    page = AliasStep(
        membership=membership,
        choice=choice,
        steps=steps,
        aliases=aliases,
        moves=alias_moves(request.user, aliases, choice.collection, membership.version),
        back_url=f"{request.path}?{urlencode(choice.hidden)}",
        sentence=link_sentence(
            version=choice.version,
            source=str(membership),
            target=f"{choice.project.registry_name}/{choice.collection_name}",
            collection=choice.collection,
            aliases=aliases.names,
            begins_at=next_index_at(choice.project, choice.name) if choice.is_new else 0,
        ),
    )
    return render_page(
        request,
        "registries/links/link_to_registry_aliases.html",
        {"page": page},
        fragment="dialog",
        status=422 if request.method == "POST" else 200,
    )


def _link(
    request: HtmxRequest, membership: Membership, choice: CollectionChoice, aliases: AliasesForm
) -> HttpResponse:
    linking = services.link_version(
        by=request.user,
        version=membership.version,
        project=choice.project,
        collection_name=choice.collection_name,
        aliases=aliases.names,
        note=aliases.cleaned_data["note"],
    )
    tell_link(request, linking, source=str(membership))
    return go_to(request, page_behind(request) or membership.get_absolute_url())
