"""The sweep: it removes expired and retired versions, abandoned uploads, old trash, unused bytes.

Each step is a small transaction that checks again what it has locked. So sweeps may run while the
server works, several at once, and may be stopped at any moment; the next one goes on. A trial
takes the same steps and rolls each of them back.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, ManyToOneRel, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from artifacts.models import (
    ArtifactFile,
    Blob,
    Collection,
    Manifest,
    Membership,
    Run,
    Version,
)
from artifacts.services.retention.holds import check_versions_not_held
from artifacts.services.retention.rules import due_by_rule, lock_due_by_rule, rules_in_force
from artifacts.services.sweep.due_rows import do_to_row, do_to_version, keys_of
from artifacts.services.sweep.report import SweepReport
from artifacts.services.trash.tombstones import reduce_run, reduce_version
from artifacts.services.trash.trash import move_to_trash
from artifacts.services.versions.versions import is_linked
from artifacts.store import store
from registry_site.accounts.models import Entity
from registry_site.errors import Conflict

GIVEN_UP = timedelta(days=1)  # without uploads for a version, or without use of bytes
_TOGETHER = 50  # versions retired at once
_BATCH = 500  # rows read with one statement


def sweep(*, seconds: float | None = None, is_trial: bool = False) -> SweepReport:
    """Remove everything that is due, and return a report; stop early after `seconds`.

    A trial only reports what would be removed now.
    """
    report = SweepReport(is_trial=is_trial)
    until = time.monotonic() + (seconds if seconds is not None else float("inf"))
    for _step in sweep_steps(report):
        if time.monotonic() > until:
            break
    return report


def sweep_steps(report: SweepReport) -> Iterator[None]:
    """Yield after each step of a sweep, so that the caller can do other things in between."""
    if not report.is_trial:
        store().clear_incoming()
    for steps in _STEPS:
        yield from steps(report)


def _expire(report: SweepReport) -> Iterator[None]:
    """Move versions to the trash whose TTL ran out, unless they are linked."""
    for seconds, same in _ttls():
        born = timezone.now() - timedelta(seconds=seconds)
        due = same.filter(created_at__lt=born)
        for pk in keys_of(due):
            do_to_version(report, "expired", due, pk, _expire_one)
            yield


def _ttls() -> Iterator[tuple[int, QuerySet[Version]]]:
    """Yield each TTL in use, in seconds, with the versions that have or inherit it."""
    live = Version.objects.committed()
    own = live.filter(ttl_seconds__gt=0)
    for seconds in own.order_by("ttl_seconds").values_list("ttl_seconds", flat=True).distinct():
        yield seconds or 0, own.filter(ttl_seconds=seconds)
    for entity in Entity.objects.filter(default_ttl_seconds__gt=0):
        inherits = live.filter(ttl_seconds=None, sequence__project__entity=entity)
        yield entity.default_ttl_seconds or 0, inherits


def _expire_one(version: Version, _due: QuerySet[Version]) -> int | None:
    if is_linked(version):
        return None
    move_to_trash(by=None, versions=Version.objects.filter(pk=version.pk), thing=version)
    return version.size


def _retire(report: SweepReport) -> Iterator[None]:
    """Move versions to the trash that the retention rules of their sequences retire.

    A rule may be changed or removed meanwhile, so each step reads it again.
    """
    for key in keys_of(rules_in_force()):
        keys = keys_of(due_by_rule(key)[0])
        for first in range(0, len(keys), _TOGETHER):
            some = keys[first : first + _TOGETHER]
            if not _retire_together(report, key, some):
                live = Version.objects.committed()
                for pk in some:
                    do_to_version(report, "retired", live, pk, partial(_retire_one, key))
            yield


def _retire_together(report: SweepReport, rule: int, keys: list[int]) -> bool:
    """Retire several versions at once; return False, with none retired, if one is protected."""
    free = Version.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    try:
        with transaction.atomic():
            sizes = {version.pk: version.size for version in free.filter(pk__in=keys)}
            due, note = lock_due_by_rule(rule, list(sizes))
            still = list(due.values_list("pk", flat=True))
            versions = Version.objects.filter(pk__in=still)
            move_to_trash(by=None, versions=versions, thing="", note=note)
            if report.is_trial:
                transaction.set_rollback(True)
    except Conflict:
        return False
    report.add("retired", sum(sizes[pk] for pk in still), len(still))
    return True


def _retire_one(rule: int, version: Version, _due: QuerySet[Version]) -> int | None:
    due, note = lock_due_by_rule(rule, [version.pk])
    if not due.exists():
        return None
    itself = Version.objects.filter(pk=version.pk)
    move_to_trash(by=None, versions=itself, thing=version, note=note)
    return version.size


def _give_up(report: SweepReport) -> Iterator[None]:
    """Remove pending versions for which nothing has arrived for a day."""
    limit = timezone.now() - GIVEN_UP
    begun = Version.objects.filter(state=Version.State.PENDING, created_at__lt=limit)
    moved = Q(created_at__gte=limit) | Q(blob__wanted_at__gte=limit)
    for model in (ArtifactFile, Manifest):
        begun = begun.filter(~Exists(model._base_manager.filter(moved, version=OuterRef("pk"))))
    for pk in keys_of(begun):
        do_to_version(report, "given_up", begun, pk, _forget)
        yield


def _empty_trash(report: SweepReport) -> Iterator[None]:
    """Remove versions and runs for good that have been in the trash for TRASH_DAYS."""
    limit = _trash_limit()
    due = Version.objects.filter(deleted_at__lt=limit)
    for pk in keys_of(due):
        do_to_version(report, "removed", due, pk, _remove_for_good)
        yield
    runs = Run.with_deleted.filter(deleted_at__lt=limit, removed_at__isnull=True)
    for pk in keys_of(runs):
        do_to_row(report, "runs", runs.select_related("project__entity"), pk, _remove_run)
        yield


def _trash_limit() -> datetime:
    return timezone.now() - timedelta(days=settings.TRASH_DAYS)


def _forget(version: Version, _due: QuerySet[Version]) -> int:
    """Delete a version that was never committed, at which nothing points; return its bytes."""
    version.delete()
    return version.size


def _remove_for_good(version: Version, due: QuerySet[Version]) -> int:
    if version.version_index is None:
        return _forget(version, due)
    check_versions_not_held(by=None, versions=due, thing=version)
    reduce_version(version)
    return version.size


def _remove_run(run: Run, _due: QuerySet[Run]) -> int:
    size = run.files.aggregate(n=Sum("blob__size"))["n"]
    reduce_run(run)
    return size or 0


def _forget_collections(report: SweepReport) -> Iterator[None]:
    """Delete what a deleted collection would have brought back: its links and saved views.

    It can't be restored afterwards, however long the trash is kept later. Links of versions that
    were deleted, too, stay, to show where those were linked.
    """
    gone = Collection.with_deleted.filter(deleted_at__lt=_trash_limit())
    links = Membership.objects.filter(hidden_with_collection=True, collection__in=gone)
    with_links, with_views = Q(pk__in=links.values("collection")), Q(saved_views__isnull=False)
    due = gone.filter(Q(removed_at=None) | with_links | with_views).distinct()
    for pk in keys_of(due):
        do_to_row(report, "collections", gone.for_path(), pk, _forget_links)
        yield


def _forget_links(collection: Collection, _due: QuerySet[Collection]) -> int:
    links = Membership.objects.filter(collection=collection, hidden_with_collection=True)
    links.filter(version__deleted_at__isnull=True).delete()
    links.update(hidden_with_collection=False)
    collection.saved_views.all().delete()
    collection.removed_at = collection.removed_at or timezone.now()
    collection.save(update_fields=["removed_at"])
    return 0


def _free_bytes(report: SweepReport) -> Iterator[None]:
    """Remove bytes that no row refers to, when nobody has wanted them for a day."""
    limit = timezone.now() - GIVEN_UP
    last = Blob.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for first in range(0, last + 1, _BATCH):
        some = Blob.objects.filter(pk__gte=first, pk__lt=first + _BATCH)
        unused = _unused(some, limit)
        if report.is_trial:
            sizes = list(unused.values_list("size", flat=True))
            report.add("blobs", sum(sizes), len(sizes))
        elif pks := list(unused.values_list("pk", flat=True)):
            _free(report, pks, limit)
        yield


@transaction.atomic
def _free(report: SweepReport, pks: list[int], limit: datetime) -> None:
    locked = Blob.objects.select_for_update(skip_locked=True).filter(pk__in=pks)
    blobs = list(_unused(Blob.objects.filter(pk__in=[blob.pk for blob in locked]), limit))
    Blob.objects.filter(pk__in=[blob.pk for blob in blobs]).delete()
    for blob in blobs:
        store().remove(blob.sha256)
    report.add("blobs", sum(blob.size for blob in blobs), len(blobs))


def _unused(blobs: QuerySet[Blob], limit: datetime) -> QuerySet[Blob]:
    """Return the blobs to which no row refers and that nobody has wanted since `limit`."""
    for relation in Blob._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel):
            uses = relation.related_model._base_manager
            blobs = blobs.filter(~Exists(uses.filter(**{relation.field.name: OuterRef("pk")})))
    return blobs.filter(wanted_at__lt=limit)


def _clear_strays(report: SweepReport) -> Iterator[None]:
    """Remove files without a blob, which a server leaves if it is killed between file and row."""
    limit = timezone.now() - GIVEN_UP
    lying = store().old_keys(limit.timestamp())
    while keys := list(islice(lying, _BATCH)):
        with_rows = set(Blob.objects.filter(sha256__in=keys).values_list("sha256", flat=True))
        for key in set(keys) - with_rows:
            if report.is_trial:
                report.add("strays")
            else:
                _clear_stray(report, key)
            yield
        yield


@transaction.atomic
def _clear_stray(report: SweepReport, key: str) -> None:
    """Remove a file without a blob, under a temporary row that stops uploads of the same bytes."""
    blob, is_stray = Blob.objects.get_or_create(sha256=key, defaults={"size": 0})
    if is_stray:
        store().remove(key)
        blob.delete()
        report.add("strays")


_STEPS: list[Callable[[SweepReport], Iterator[None]]] = [
    _expire,
    _retire,
    _give_up,
    _empty_trash,
    _forget_collections,
    _free_bytes,
    _clear_strays,
]
