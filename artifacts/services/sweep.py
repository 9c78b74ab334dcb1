"""What goes by itself: TTLs that ran out, uploads that were given up, the trash, unused bytes.

Each step is a small transaction that looks again at what it holds, so sweeps may run while the
server works, side by side, and be stopped at any moment; the next one goes on.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, ManyToOneRel, OuterRef, Q, QuerySet
from django.utils import timezone

from artifacts import storage
from artifacts.models import ArtifactFile, Blob, Manifest, Version
from artifacts.services.tombstones import reduce_version
from artifacts.services.trash import move_to_trash
from artifacts.services.versions import is_linked
from registry_site.accounts.models import Entity
from registry_site.errors import Conflict

GIVEN_UP = timedelta(days=1)  # nothing came for an upload, nobody wanted the bytes
_BATCH = 500  # rows looked at in one statement


def sweep(*, seconds: float | None = None) -> Counter[str]:
    """Remove what has gone, and return how many of each kind; stop early after `seconds`."""
    done = Counter(dict.fromkeys(_KINDS, 0))
    until = time.monotonic() + (seconds if seconds is not None else float("inf"))
    storage.clear_incoming()
    for kind, steps in _KINDS.items():
        for count in steps():
            done[kind] += count
            if time.monotonic() > until:
                return done
    return done


def _expire() -> Iterator[int]:
    """Move versions to the trash whose TTL ran out, unless they are linked."""
    for seconds, same in _ttls():
        born = timezone.now() - timedelta(seconds=seconds)
        due = same.filter(created_at__lt=born)
        for pk in _keys(due):
            yield _one(due, pk, _expire_one)


def _ttls() -> Iterator[tuple[int, QuerySet[Version]]]:
    """Each TTL there is, in seconds, with the versions that have it: their own, or inherited."""
    live = Version.objects.committed()
    own = live.filter(ttl_seconds__gt=0)
    for seconds in own.order_by("ttl_seconds").values_list("ttl_seconds", flat=True).distinct():
        yield seconds or 0, own.filter(ttl_seconds=seconds)
    for entity in Entity.objects.filter(default_ttl_seconds__gt=0):
        inherits = live.filter(ttl_seconds=None, sequence__project__entity=entity)
        yield entity.default_ttl_seconds or 0, inherits


def _expire_one(version: Version, due: QuerySet[Version]) -> bool:
    if is_linked(version):
        return False
    move_to_trash(by=None, versions=due, thing=version)
    return True


def _give_up() -> Iterator[int]:
    """Remove versions that were begun and never committed, when nothing came for a day."""
    limit = timezone.now() - GIVEN_UP
    begun = Version.objects.filter(state=Version.State.PENDING, created_at__lt=limit)
    moved = Q(created_at__gte=limit) | Q(blob__wanted_at__gte=limit)
    for model in (ArtifactFile, Manifest):
        begun = begun.filter(~Exists(model._base_manager.filter(moved, version=OuterRef("pk"))))
    for pk in _keys(begun):
        yield _one(begun, pk, _forget)


def _empty_trash() -> Iterator[int]:
    """Remove versions for good that have been in the trash for so many days."""
    limit = timezone.now() - timedelta(days=settings.TRASH_DAYS)
    due = Version.objects.filter(deleted_at__lt=limit)
    for pk in _keys(due):
        yield _one(due, pk, _remove_for_good)


def _forget(version: Version, _due: QuerySet[Version]) -> bool:
    """Nothing ever pointed at a version that was not committed."""
    version.delete()
    return True


def _remove_for_good(version: Version, due: QuerySet[Version]) -> bool:
    if version.version_index is None:
        return _forget(version, due)
    reduce_version(version)
    return True


def _free_bytes() -> Iterator[int]:
    """Remove bytes that no row refers to, when nobody has wanted them for a day."""
    limit = timezone.now() - GIVEN_UP
    last = Blob.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for first in range(0, last + 1, _BATCH):
        some = Blob.objects.filter(pk__gte=first, pk__lt=first + _BATCH)
        if unused := list(_unused(some, limit).values_list("pk", flat=True)):
            yield _free(unused, limit)
        else:
            yield 0


@transaction.atomic
def _free(pks: list[int], limit: datetime) -> int:
    held = Blob.objects.select_for_update(skip_locked=True).filter(pk__in=pks)
    blobs = list(_unused(Blob.objects.filter(pk__in=[blob.pk for blob in held]), limit))
    Blob.objects.filter(pk__in=[blob.pk for blob in blobs]).delete()
    for blob in blobs:
        storage.remove(blob.sha256)
    return len(blobs)


def _unused(blobs: QuerySet[Blob], limit: datetime) -> QuerySet[Blob]:
    """Those to which no row of any table refers, and that nobody wanted since then."""
    for relation in Blob._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel):
            uses = relation.related_model._base_manager
            blobs = blobs.filter(~Exists(uses.filter(**{relation.field.name: OuterRef("pk")})))
    return blobs.filter(wanted_at__lt=limit)


def _clear_strays() -> Iterator[int]:
    """Remove files that no blob stands for: a server was killed between file and row."""
    limit = timezone.now() - GIVEN_UP
    lying = storage.old_keys(limit.timestamp())
    while keys := list(islice(lying, _BATCH)):
        known = set(Blob.objects.filter(sha256__in=keys).values_list("sha256", flat=True))
        for key in set(keys) - known:
            yield _clear_stray(key)
        yield 0


@transaction.atomic
def _clear_stray(key: str) -> int:
    """The row holds off whoever is sending the same bytes now."""
    blob, is_stray = Blob.objects.get_or_create(sha256=key, defaults={"size": 0})
    if is_stray:
        storage.remove(key)
        blob.delete()
    return int(is_stray)


def _keys(rows: QuerySet[Version]) -> list[int]:
    """Sorted here: a database that is to sort them reads all versions in their order instead."""
    return sorted(rows.values_list("pk", flat=True))


def _one(due: QuerySet[Version], pk: int, act: Callable[[Version, QuerySet[Version]], bool]) -> int:
    """Do it to one version if nobody else holds it and it still is due; return how many it was."""
    free = Version.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    with suppress(Conflict), transaction.atomic():  # it has a protected alias
        held = free.for_path().filter(pk=pk).first()
        if held and due.filter(pk=pk).exists():
            return int(act(held, due.filter(pk=pk)))
    return 0


_KINDS: dict[str, Callable[[], Iterator[int]]] = {
    "expired": _expire,
    "given_up": _give_up,
    "removed": _empty_trash,
    "blobs": _free_bytes,
    "strays": _clear_strays,
}
