"""Collections in the trash: a sequence comes back with its versions, a portfolio with its links."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from artifacts.models import Alias, Collection, Membership
from artifacts.querysets.collections import CollectionQuerySet


def hide_links(portfolio: Collection, *, at: datetime) -> None:
    """Hide the links of a portfolio that is being deleted, with their aliases.

    For operations that hold it. Links of versions that are in the trash are hidden already; those
    stay, to tell where the versions were linked.
    """
    links = portfolio.memberships.live()
    places = list(links.prefetch_related("aliases"))
    for place in places:
        place.dropped_aliases = sorted(alias.name for alias in place.aliases.all())
        place.hidden_at, place.hidden_with_collection = at, True
    Alias.objects.filter(collection=portfolio, membership__in=links.values("pk")).delete()
    Membership.objects.bulk_update(
        places, ["dropped_aliases", "hidden_at", "hidden_with_collection"], batch_size=200
    )


def collections_in_trash() -> CollectionQuerySet:
    """Deleted collections that can be restored still."""
    limit = timezone.now() - timedelta(days=settings.TRASH_DAYS)
    deleted = Collection.with_deleted.filter(deleted_at__gte=limit)
    return deleted.filter(project__deleted_at__isnull=True)
