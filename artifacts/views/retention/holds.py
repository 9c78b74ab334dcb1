"""What the pages of versions and collections say of legal holds."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from artifacts.models import Collection, LegalHold, Version
from artifacts.services.retention.holds import may_see_hold
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can, role_reason


@dataclass(frozen=True)
class ShownHold:
    """A hold as one person may see it: of a hidden one, only that it exists."""

    hold: LegalHold | None
    lift_url: str = ""  # for those who may lift it
    through: Collection | None = None  # the collection that is held, on the page of a version


@dataclass(frozen=True)
class Holds:
    """What artifacts/retention/_holds.html shows: holds on a thing, and on what it lies in."""

    rows: list[ShownHold]
    item: dict[str, Any] | None  # the entry of a menu that places a hold


def holds_on(user: User, thing: Version | Collection) -> Holds:
    """Return the holds on a version or a collection, as far as the person may see them."""
    rows = (
        LegalHold.objects.over(Version.objects.filter(pk=thing.pk))
        if isinstance(thing, Version)
        else LegalHold.objects.active().of(thing)
    )
    holds = list(rows.for_row().order_by("pk"))
    own = next((hold for hold in holds if hold.thing == thing), None)
    return Holds(
        rows=[_shown_hold(user, hold, thing) for hold in holds],
        item=None if own else hold_item(user, thing),
    )


def hold_item(user: User, thing: Version | Collection) -> dict[str, Any] | None:
    """Return the menu entry that holds the thing; None where no organization owns it."""
    sequence = thing.sequence if isinstance(thing, Version) else thing
    organization = sequence.project.entity.owner
    if organization is None or not can(user, Action.READ, organization):
        return None
    kind = "version" if isinstance(thing, Version) else "collection"
    url = reverse("registries:hold_place", args=[organization.name])
    reason = role_reason(user, Action.MANAGE, organization)
    return {
        "label": _("Place legal hold"),
        "icon": "shield",
        "dialog": True,
        "url": f"{url}?{urlencode({kind: thing.pk})}",
        "disabled": bool(reason),
        "reason": reason,
    }


def _shown_hold(user: User, hold: LegalHold, thing: Version | Collection) -> ShownHold:
    if hold.thing != thing and not may_see_hold(user, hold):
        return ShownHold(None)
    may_lift = can(user, Action.MANAGE, hold.organization)
    url = reverse("registries:hold_lift", args=[hold.organization.name, hold.pk])
    return ShownHold(
        hold, url if may_lift else "", None if hold.thing == thing else hold.collection
    )
