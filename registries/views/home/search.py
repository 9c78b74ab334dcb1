from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from artifacts.models import Collection, Membership
from artifacts.views.usage.names import aliases_of
from registries.models import Registry
from registries.views.breadcrumbs import organization_crumbs
from registries.views.home.registries import REGISTRY_COLUMNS
from registries.views.paths import in_organization
from registry_site.accounts.models import Organization, User
from registry_site.accounts.views.exports import exported
from registry_site.errors import NotFound
from registry_site.http.exports import Columns, Listing
from registry_site.pages import HtmxRequest, files_of, render_page
from registry_site.queries.keyset import PAGE_SIZE, KeysetPage, page_by_key

LONGEST = 100  # characters of a search text
FEW = 10  # results of each kind on the page with all kinds


def _registries(user: User, organization: Organization, text: str) -> Any:
    registries = Registry.objects.visible_to(user).filter(organization=organization)
    return registries.filter(name__icontains=text).with_counts().for_file()


def _collections(user: User, organization: Organization, text: str) -> Any:
    collections = Collection.objects.visible_to(user).matching(text)
    return collections.filter(project__registry__organization=organization).for_registry_row()


def _versions(user: User, organization: Organization, text: str) -> Any:
    memberships = Membership.objects.visible_to(user).matching(text)
    return memberships.filter(collection__project__registry__organization=organization)


def _with_cells(matches: list[Membership]) -> list[Membership]:
    """Read what the table shows of these alone: with it, the database would sort all matches."""
    by_key = Membership.objects.for_registry_row().in_bulk([match.pk for match in matches])
    return [by_key[match.pk] for match in matches if match.pk in by_key]


_COLLECTION_COLUMNS = {
    "collection": lambda row: row.name,
    "full_name": lambda row: row.target_path,
    "registry": lambda row: row.project.registry_name,
    "type": lambda row: row.artifact_type.name,
    "tags": lambda row: sorted(tag.name for tag in row.tags.all()),
    "versions": lambda row: row.version_count,
    "updated_at": lambda row: row.updated_at,
}
_VERSION_COLUMNS = {
    "version": lambda membership: membership.number,
    "full_name": lambda membership: membership.full_name,
    "registry": lambda membership: membership.collection.project.registry_name,
    "collection": lambda membership: membership.collection.name,
    "aliases": lambda membership: aliases_of(membership, is_latest=membership.is_newest),
    "tags": lambda membership: sorted(tag.name for tag in membership.version.tags.all()),
    "added_at": lambda membership: membership.created_at,
    "size": lambda membership: membership.version.size,
    "digest": lambda membership: membership.version.digest,
}


@dataclass(frozen=True)
class Kind:
    """A kind of thing to search: its rows, their order, and the words for it."""

    rows: Callable[[Any, Organization, str], Any]
    order: str
    columns: Columns
    title: Promise | str
    more: Promise | str
    complete: Callable[[list[Any]], list[Any]] = list  # of the rows that are shown


KINDS = {
    "registries": Kind(
        _registries,
        "id",
        REGISTRY_COLUMNS,
        _("Registries"),
        _("More registries"),
    ),
    "collections": Kind(
        _collections,
        "-id",
        _COLLECTION_COLUMNS,
        _("Collections"),
        _("More collections"),
    ),
    "versions": Kind(
        _versions, "-id", _VERSION_COLUMNS, _("Versions"), _("More versions"), _with_cells
    ),
}


@require_safe
@in_organization
def search(request: HtmxRequest, organization: Organization) -> HttpResponse:
    text = _text(request)
    chosen = request.GET.get("in", "") if request.GET.get("in") in KINDS else ""
    names = ([chosen] if chosen else list(KINDS)) if text else []
    groups = [_group(request, organization, text, name, name == chosen) for name in names]
    context = {
        "organization": organization,
        "q": text,
        "kind": chosen,
        "groups": groups,
        "has_results": any(group["rows"] for group in groups),
        "all_url": "?" + urlencode({"q": text}),
        "breadcrumb": organization_crumbs(organization, str(_("Search"))),
    }
    return render_page(request, "registries/search/search_results.html", context)


@exported
@in_organization
def search_export(request: HtmxRequest, organization: Organization, name: str) -> Listing:
    if name not in KINDS:
        raise NotFound(_("A search finds no {kind}.").format(kind=name))
    return _listing(request.user, organization, _text(request), name)


def _listing(user: User, organization: Organization, text: str, name: str) -> Listing:
    """Return the rows of this kind that contain the text; none for an empty text."""
    kind, url = KINDS[name], reverse("registries:search", args=[organization.name])
    rows = kind.rows(user, organization, text)
    return Listing(
        url=f"{url}/-/{name}",
        rows=rows if text else rows.none(),
        order=(kind.order,),
        columns=kind.columns,
        complete=kind.complete,
    )


def _text(request: HtmxRequest) -> str:
    return request.GET.get("q", "").strip()[:LONGEST]


def _group(
    request: HtmxRequest, organization: Organization, text: str, name: str, alone: bool
) -> dict[str, Any]:
    """Return one kind's first few hits, or a page of them where it is the only kind asked for."""
    kind = KINDS[name]
    listing = _listing(request.user, organization, text, name)
    # its files are linked beside its heading, even where only the first few are shown
    page: KeysetPage = page_by_key(
        listing.rows,
        order=listing.order,
        request_get=request.GET if alone else QueryDict(),
        size=PAGE_SIZE if alone else FEW,
    )
    has_more = page.next_query and not alone
    return {
        "name": name,
        "title": kind.title,
        "rows": listing.complete(page.rows),
        "page": {"previous_url": page.previous_query, "next_url": page.next_query},
        "files": files_of(listing.url, request.GET),
        "more_label": kind.more,
        "more_url": "?" + urlencode({"q": text, "in": name}) if has_more else "",
    }
