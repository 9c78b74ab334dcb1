"""Standing legal holds, with what the page of the held thing says of them."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from artifacts.models import LegalHold, Version
from registry_site.queries.prepared import prepared

_COLUMNS = (
    "pk",
    "reason",
    "placed_at",
    "placed_by__username",
    "organization_id",
    "organization__name",
    "collection_id",
)


class StandingHold(NamedTuple):
    """A hold that was not lifted; `placed_by` is a username."""

    pk: int
    reason: str
    placed_at: datetime
    placed_by: str | None
    organization_id: int
    organization_name: str
    collection_id: int | None  # None for a hold on a version


def read_holds_on_collection(pk: int) -> list[StandingHold]:
    """Return the hold on this very collection, [] without one."""
    return [StandingHold(*row) for row in _holds_on_collection(pk)]


def read_holds_over_version(pk: int) -> list[StandingHold]:
    """Return the holds on the version and on the collections that have it, by key."""
    return [StandingHold(*row) for row in _holds_over_version(pk)]


@prepared
def _holds_on_collection(collection: Any) -> QuerySet:
    return LegalHold.objects.active().filter(collection=collection).values_list(*_COLUMNS)


@prepared
def _holds_over_version(version: Any) -> QuerySet:
    over = LegalHold.objects.over(Version.objects.filter(pk=version))
    return over.order_by("pk").values_list(*_COLUMNS)
