from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from registries.services import search as services
from registries.services.search import FEW, Search
from registries.views.breadcrumbs import Crumbs, organization_crumbs
from registries.views.home.search_rows import (
    COLLECTION_COLUMNS,
    VERSION_COLUMNS,
    collections_of,
    versions_of,
)
from registries.views.paths import in_organization
from registries.views.registry.cards import REGISTRY_COLUMNS, cards_of
from registry_site.accounts.models import Organization, User
from registry_site.accounts.sight import sight_of
from registry_site.accounts.views.exports import exported
from registry_site.errors import NotFound
from registry_site.http.exports import Columns, Listing
from registry_site.pages import HtmxRequest, files_of, render_page
from registry_site.queries.keyset import page_by_key

LONGEST = 100  # characters of a search text


@dataclass(frozen=True)
class Group:
    """A kind of thing in words and cells."""

    kind: services.Kind
    columns: Columns
    title: Promise | str
    more: Promise | str
    complete: Callable[[list[Any]], list[Any]]  # makes rows of what the query read


GROUPS = {
    "registries": Group(
        services.REGISTRIES,
        REGISTRY_COLUMNS,
        _("Registries"),
        _("More registries"),
        cards_of,
    ),
    "collections": Group(
        services.COLLECTIONS,
        COLLECTION_COLUMNS,
        _("Collections"),
        _("More collections"),
        collections_of,
    ),
    "versions": Group(
        services.VERSIONS,
        VERSION_COLUMNS,
        _("Versions"),
        _("More versions"),
        versions_of,
    ),
}


@dataclass(frozen=True)
class Results:
    """What the page shows of one kind."""

    name: str
    title: Promise | str
    rows: Sequence[Any]
    files: Any  # linked beside the heading, even where only the first few are shown
    more_label: Promise | str
    more_url: str = ""  # of the page with this kind alone, if it has more
    page: dict[str, str] | None = None  # the neighbours of a page with this kind alone


@dataclass(frozen=True)
class SearchPage:
    """What search_results.html shows."""

    organization: Organization
    text: str
    kind: str  # the only one that is shown, "" for all
    groups: Sequence[Results]
    breadcrumb: Crumbs

    @property
    def has_results(self) -> bool:
        return any(group.rows for group in self.groups)

    @property
    def all_url(self) -> str:
        return "?" + urlencode({"q": self.text})


@require_safe
@in_organization
def search(request: HtmxRequest, organization: Organization) -> HttpResponse:
    text = _text(request)
    chosen = request.GET.get("in", "") if request.GET.get("in") in GROUPS else ""
    groups: list[Results] = []
    if text:
        names, read = ([chosen], _page) if chosen else (list(GROUPS), _first)
        groups = [read(request, organization, text, name) for name in names]
    crumbs = organization_crumbs(organization, str(_("Search")))
    page = SearchPage(organization, text, chosen, groups, crumbs)
    return render_page(request, "registries/search/search_results.html", {"page": page})


@exported
@in_organization
def search_export(request: HtmxRequest, organization: Organization, name: str) -> Listing:
    if name not in GROUPS:
        raise NotFound(_("A search finds no {kind}.").format(kind=name))
    return _listing(request.user, organization, _text(request), name)


def _listing(user: User, organization: Organization, text: str, name: str) -> Listing:
    """Return the rows of this kind that contain the text; none for an empty text."""
    group = GROUPS[name]
    rows = group.kind.rows(sight_of(user), Search(organization.pk, text))
    return Listing(
        url=_url(organization, name),
        rows=rows if text else rows.none(),
        order=(group.kind.order,),
        columns=group.columns,
        complete=group.complete,
    )


def _url(organization: Organization, name: str) -> str:
    """Return the address of the kind's files, without the ending."""
    return f"{reverse('registries:search', args=[organization.name])}/-/{name}"


def _text(request: HtmxRequest) -> str:
    return request.GET.get("q", "").strip()[:LONGEST]


def _first(request: HtmxRequest, organization: Organization, text: str, name: str) -> Results:
    """Return one kind's first few rows."""
    group = GROUPS[name]
    rows = group.kind.first(sight_of(request.user), Search(organization.pk, text))
    return Results(
        name=name,
        title=group.title,
        rows=group.complete(rows[:FEW]),
        files=files_of(_url(organization, name), request.GET),
        more_label=group.more,
        more_url="?" + urlencode({"q": text, "in": name}) if rows[FEW:] else "",
    )


def _page(request: HtmxRequest, organization: Organization, text: str, name: str) -> Results:
    """Return a page of the only kind that was asked for."""
    group = GROUPS[name]
    listing = _listing(request.user, organization, text, name)
    page = page_by_key(listing.rows, order=listing.order, request_get=request.GET)
    return Results(
        name=name,
        title=group.title,
        rows=group.complete(page.rows),
        files=files_of(listing.url, request.GET),
        more_label=group.more,
        page={"previous_url": page.previous_query, "next_url": page.next_query},
    )
