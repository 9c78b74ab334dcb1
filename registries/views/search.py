from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from artifacts.models import Collection, Membership
from registries.models import Registry
from registries.views.paths import in_organization
from registry_site.accounts.models import Organization
from registry_site.keyset import PAGE_SIZE, KeysetPage, page_by_key
from registry_site.pages import HtmxRequest, render_page

LONGEST = 100  # characters that are searched for
FEW = 10  # of each kind on the page that shows all kinds


def _registries(user: Any, organization: Organization, text: str) -> Any:
    found = Registry.objects.visible_to(user).filter(organization=organization)
    return found.filter(name__icontains=text).with_counts().for_card()


def _collections(user: Any, organization: Organization, text: str) -> Any:
    found = Collection.objects.visible_to(user).filter(project__registry__organization=organization)
    return found.matching(text).for_path().prefetch_related("tags")


def _versions(user: Any, organization: Organization, text: str) -> Any:
    found = Membership.objects.visible_to(user).filter(
        collection__project__registry__organization=organization
    )
    return found.matching(text).for_row().prefetch_related("collection__project__protected_aliases")


@dataclass(frozen=True)
class Kind:
    """What can be found: in which rows, in which order, under which words."""

    rows: Callable[[Any, Organization, str], Any]
    order: str
    title: Promise | str
    more: Promise | str


KINDS = {
    "registries": Kind(_registries, "id", _("Registries"), _("More registries")),
    "collections": Kind(_collections, "-id", _("Collections"), _("More collections")),
    "versions": Kind(_versions, "-id", _("Versions"), _("More versions")),
}


@require_safe
@in_organization
def search(request: HtmxRequest, organization: Organization) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:LONGEST]
    chosen = request.GET.get("in", "") if request.GET.get("in") in KINDS else ""
    names = ([chosen] if chosen else list(KINDS)) if text else []
    groups = [_group(request, organization, text, name, name == chosen) for name in names]
    context = {
        "organization": organization,
        "q": text,
        "kind": chosen,
        "groups": groups,
        "found": any(group["rows"] for group in groups),
        "all_url": "?" + urlencode({"q": text}),
        "breadcrumb": [
            {"label": organization.name, "url": organization.get_absolute_url()},
            {"label": _("Search")},
        ],
    }
    return render_page(request, "registries/search_results.html", context)


def _group(
    request: HtmxRequest, organization: Organization, text: str, name: str, alone: bool
) -> dict[str, Any]:
    """Return one kind's first few hits, or a page of them where it is the only kind asked for."""
    kind = KINDS[name]
    page: KeysetPage = page_by_key(
        kind.rows(request.user, organization, text),
        order=(kind.order,),
        request_get=request.GET if alone else QueryDict(),
        size=PAGE_SIZE if alone else FEW,
    )
    has_more = page.next_query and not alone
    return {
        "name": name,
        "title": kind.title,
        "rows": page.rows,
        "page": {"previous_url": page.previous_query, "next_url": page.next_query},
        "more_label": kind.more,
        "more_url": "?" + urlencode({"q": text, "in": name}) if has_more else "",
    }
