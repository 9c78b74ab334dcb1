"""Collections in the trash: a sequence keeps its versions to restore, a portfolio its links."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from artifacts.models import Alias, Collection, Membership
from artifacts.querysets.collections import CollectionQuerySet, MembershipQuerySet


def hide_links(portfolio: Collection, *, at: datetime) -> None:
    """Hide the links of a portfolio that is being deleted, with their aliases.

    The caller has locked it. Links of versions that are in the trash are hidden already; they
    stay, to show where the versions were linked.
    """
    links = portfolio.memberships.live()
    names = alias_names_of(links)
    memberships = list(links)
    for membership in memberships:
        membership.dropped_aliases = names.get(membership.pk, [])
        membership.hidden_at, membership.hidden_with_collection = at, True
    Alias.objects.filter(collection=portfolio, membership__in=links.values("pk")).delete()
    Membership.objects.bulk_update(
        memberships, ["dropped_aliases", "hidden_at", "hidden_with_collection"], batch_size=200
    )


def alias_names_of(memberships: MembershipQuerySet) -> dict[int, list[str]]:
    """Return the sorted aliases of each of the memberships, by its key, with one query."""
    inside = Alias.objects.filter(membership__in=memberships.order_by().values("pk"))
    names: dict[int, list[str]] = {}
    for membership, name in inside.values_list("membership", "name"):
        names.setdefault(membership, []).append(name)
    return {membership: sorted(each) for membership, each in names.items()}


def collections_in_trash() -> CollectionQuerySet:
    """Return deleted collections that can still be restored."""
    limit = timezone.now() - timedelta(days=settings.TRASH_DAYS)
    deleted = Collection.with_deleted.filter(deleted_at__gte=limit)
    return deleted.filter(project__deleted_at__isnull=True, removed_at__isnull=True)
