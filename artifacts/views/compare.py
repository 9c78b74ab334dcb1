"""Two versions of any collections beside each other; the page is where one chooses them, too."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from artifacts.models import Membership
from artifacts.views.compare_facts import facts_of
from artifacts.views.lookup import membership_named
from registry_site.errors import DomainError, Invalid
from registry_site.pages import HtmxRequest, render_page

SUGGESTED = 20  # versions of one collection, the newest ones


@require_safe
def compare(request: HtmxRequest) -> HttpResponse:
    names = [name.strip() for name in request.GET.getlist("version")]
    places: list[Membership] = []
    context: dict[str, Any] = {"names": [*names, "", ""][:2], "swap_url": swapped(names)}
    status = 200
    try:
        places = _chosen(request.user, names)
    except DomainError as refusal:
        status, context["refusal"] = refusal.status, refusal.message
    context["suggestions"] = _suggestions(request.user, places)
    if len(places) == 2:
        base, other = places
        context |= {"base": base, "other": other, "facts": facts_of(request.user, base, other)}
    return render_page(request, "artifacts/compare.html", context, status=status)


def compare_url(*names: str) -> str:
    """Return the address that compares these versions; the first is the base."""
    return f"{reverse('artifacts:compare')}?{urlencode([('version', name) for name in names])}"


def swapped(names: Sequence[str]) -> str:
    """Return the address where base and other have changed places, "" where one is missing."""
    return compare_url(*names[::-1]) if len(names) == 2 and all(names) else ""


def _chosen(user: Any, names: list[str]) -> list[Membership]:
    """The places of these names, base first; fewer than two while one still chooses."""
    if len(names) > 2:
        raise Invalid(
            _("Two versions can be compared, and {count} were chosen. Choose two.").format(
                count=len(names)
            )
        )
    return [membership_named(user, name) for name in names if name]


def _suggestions(user: Any, places: list[Membership]) -> list[Membership]:
    """Versions to choose from: of the collections at hand, else the newest that there are."""
    if not places:
        return list(Membership.objects.newest_visible_to(user, SUGGESTED))
    found: dict[int, Membership] = {}
    for collection in {place.collection_id: place.collection for place in places}.values():
        live = Membership.objects.live().filter(collection=collection).newest_first()
        for place in live.select_related("version").prefetch_related("aliases")[:SUGGESTED]:
            place.collection = collection
            found[place.pk] = place
    return list(found.values())
