"""What the pages of versions and collections say of legal holds."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from artifacts.models import Collection, Version
from artifacts.reads.pages.holds import (
    StandingHold,
    read_holds_on_collection,
    read_holds_over_version,
)
from artifacts.reads.pages.names import CollectionName
from registry_site.accounts.models import Organization, User
from registry_site.accounts.permissions import Action, can, role_reason
from registry_site.markup.menus import MenuItem


@dataclass(frozen=True)
class ShownHold:
    """A hold as one person may see it: of a hidden one, only that it exists."""

    hold: StandingHold | None
    lift_url: str = ""  # for those who may lift it
    through: CollectionName | None = None  # the held collection, on the page of a version


@dataclass(frozen=True)
class Holds:
    """What artifacts/retention/_holds.html shows: holds on a thing, and on what it lies in."""

    rows: list[ShownHold]
    item: MenuItem | None  # places a hold


def holds_on(user: User, thing: Version | Collection) -> Holds:
    """Return the holds on a version or a collection, as far as the person may see them."""
    if isinstance(thing, Collection):
        holds = read_holds_on_collection(thing.pk)
        own, through = holds, {}
    else:
        holds = read_holds_over_version(thing.pk)
        own = [hold for hold in holds if hold.collection_id is None]
        through = _collections_of(holds)
    return Holds(
        rows=[
            _hold_itself(user, hold)
            if hold in own
            else _hold_through(user, hold, through[hold.collection_id])
            for hold in holds
        ],
        item=None if own else hold_item(user, thing),
    )


def _collections_of(holds: list[StandingHold]) -> dict[int | None, Collection]:
    """Return the held collections by their keys; no query where none is held."""
    keys = [hold.collection_id for hold in holds if hold.collection_id]
    return {**Collection.with_deleted.for_path().in_bulk(keys)}


def hold_item(user: User, thing: Version | Collection) -> MenuItem | None:
    """Return the menu entry that holds the thing; None where no organization owns it."""
    sequence = thing.sequence if isinstance(thing, Version) else thing
    organization = sequence.project.entity.owner
    if organization is None or not can(user, Action.READ, organization):
        return None
    kind = "version" if isinstance(thing, Version) else "collection"
    url = reverse("registries:hold_place", args=[organization.name])
    reason = role_reason(user, Action.MANAGE, organization)
    address = f"{url}?{urlencode({kind: thing.pk})}"
    return MenuItem(_("Place legal hold"), address, "shield", opens_dialog=True, reason=reason)


def _hold_itself(user: User, hold: StandingHold) -> ShownHold:
    return ShownHold(hold, _lift_url(user, hold))


def _hold_through(user: User, hold: StandingHold, collection: Collection) -> ShownHold:
    """Return the hold on a collection that has the version; whoever may lift it sees it, too."""
    lift_url = _lift_url(user, hold)
    if not lift_url and not can(user, Action.READ, collection.project):
        return ShownHold(None)
    return ShownHold(hold, lift_url, CollectionName.of(collection))


def _lift_url(user: User, hold: StandingHold) -> str:
    organization = Organization(pk=hold.organization_id, name=hold.organization_name)
    if not can(user, Action.MANAGE, organization):
        return ""
    return reverse("registries:hold_lift", args=[organization.name, hold.pk])
