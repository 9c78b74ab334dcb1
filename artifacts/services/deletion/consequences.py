"""The consequences of a deletion, shown before it happens: what it removes and what stays.

The cost is bounded: beyond MOST_VERSIONS versions or MOST_FILES files only a part is counted, and
shown as “at least”.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from artifacts.models import (
    Alias,
    Blob,
    Download,
    Job,
    ManifestEntry,
    Membership,
    RunInput,
    Version,
)
from artifacts.services.jobs.kinds import AT_ONCE, Act
from artifacts.services.usage.consumers import DAYS
from registry_site.accounts.models import User
from registry_site.errors import DomainError

MOST_VERSIONS = 5_000
MOST_FILES = 50_000
NAMED = 10  # things of each kind that are shown by name, and refusals
REHEARSAL_SECONDS = 0.2  # for which a page waits for the refusals


@dataclass(frozen=True)
class Named:
    """A count of things, and the names of the first few that the person may know of."""

    count: int
    names: list[str]

    @property
    def more(self) -> int:
        return self.count - len(self.names)


@dataclass(frozen=True)
class Refusal:
    """A thing whose deletion would be refused, and the reason."""

    name: str
    sentence: str


@dataclass(frozen=True)
class Consequences:
    """The consequences for versions; `is_partial` where only the first were looked at."""

    versions: int
    links: Named
    aliases: Named
    runs: int  # runs that used them in the last 30 days
    people: int  # people who downloaded them in that time
    freed: int  # bytes that are freed once the trash is emptied
    shared: int  # bytes that stay, because others use them, too
    is_partial: bool = False
    refusals: list[Refusal] = field(default_factory=list)


def consequences_of(*, by: User, versions: QuerySet[Version]) -> Consequences:
    """Return the consequences of the deletion of these versions."""
    count = versions.count()
    looked_at = versions.order_by("pk")[:MOST_VERSIONS]
    pks: Any = looked_at.values("pk")
    if count <= AT_ONCE:
        pks = list(looked_at.values_list("pk", flat=True))
    since = timezone.now() - timedelta(days=DAYS)
    used = RunInput.objects.filter(version__in=pks, created_at__gte=since)
    got = Download.objects.filter(version__in=pks, last_at__gte=since)
    freed, shared, is_cut = _bytes_of(looked_at)
    return Consequences(
        versions=count,
        links=_links(by, pks),
        aliases=_aliases(by, pks),
        runs=used.aggregate(n=Count("run", distinct=True))["n"],
        people=got.aggregate(n=Count("user", distinct=True))["n"],
        freed=freed,
        shared=shared,
        is_partial=is_cut or count > MOST_VERSIONS,
    )


def _links(by: User, pks: Any) -> Named:
    links = Membership.objects.live().filter(version__in=pks)
    links = links.exclude(collection=F("version__sequence"))
    seen = links.visible_to(by).for_path().order_by("pk")[:NAMED]
    return Named(links.count(), [link.full_name for link in seen])


def _aliases(by: User, pks: Any) -> Named:
    live = Membership.objects.live().filter(version__in=pks)
    aliases = Alias.objects.filter(membership__in=live.values("pk"))
    seen = aliases.filter(membership__in=live.visible_to(by).values("pk"))
    first_aliases = seen.select_related("collection").order_by("pk")[:NAMED]
    return Named(
        aliases.count(), [f"{alias.collection.name}:{alias.name}" for alias in first_aliases]
    )


def _bytes_of(versions: QuerySet[Version]) -> tuple[int, int, bool]:
    """Return bytes that only these versions use, bytes that others share, and if it is a part."""
    pks: list[int] = []
    files, is_cut = 0, False
    for pk, count in versions.values_list("pk", "file_count"):
        if pks and files + count > MOST_FILES:
            is_cut = True
            break
        pks.append(pk)
        files += count
    inside = Version.objects.filter(pk__in=pks).values("pk")
    entries = ManifestEntry.objects.filter(version__in=inside, blob__isnull=False)
    others = ManifestEntry.objects.filter(blob=OuterRef("pk")).exclude(version__in=inside)
    blobs = Blob.objects.filter(pk__in=entries.values("blob")).annotate(is_shared=Exists(others))
    sums = blobs.aggregate(all=Sum("size"), shared=Sum("size", filter=Q(is_shared=True)))
    shared = sums["shared"] or 0
    return (sums["all"] or 0) - shared, shared, is_cut


def rehearse(
    *, by: User, act: Act, job: Job, things: Sequence[tuple[int, str]]
) -> tuple[list[Refusal], int]:
    """Return which of these few things would be refused, and how many were tried.

    Each is tried and rolled back by itself, so that its rows are locked only briefly. The time for
    all of them is bounded.
    """
    refusals, seen = [], 0
    until = time.monotonic() + REHEARSAL_SECONDS
    for pk, name in things:
        try:
            with transaction.atomic():
                act(by, job, pk)
                transaction.set_rollback(True)
        except DomainError as refusal:
            refusals.append(Refusal(name, refusal.message))
        except OperationalError:  # the rows are locked: return what was tried so far
            break
        seen += 1
        if time.monotonic() > until:
            break
    return refusals, seen
