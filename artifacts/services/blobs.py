"""Bytes in the store and the rows that stand for them.

Whoever puts bytes in place or removes them holds the blob's row, and bytes that somebody wanted
within the last day aren't removed: so an upload, a commit and the sweep never cross.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from io import BytesIO

from django.db import transaction
from django.utils import timezone

from artifacts import storage
from artifacts.models import Blob

_FRESH = timedelta(hours=1)  # a mark younger than this isn't written again
_BATCH = 500  # values in one IN list; SQLite bounds them


def save_blob(*, read: Callable[[int], bytes], length: int | None = None, md5: str = "") -> Blob:
    """Keep what `read` gives, of `length` bytes and with this MD5 (base64) where given.

    Raises Invalid when they differ, Unavailable when the disk is full; then nothing is kept.
    """
    with storage.receive(read, length, md5) as arrived, transaction.atomic():
        blob, _created = Blob.objects.update_or_create(
            sha256=arrived.sha256,
            defaults={"wanted_at": timezone.now()},
            create_defaults={"md5": arrived.md5, "size": arrived.size},
        )
        arrived.keep()
    return blob


def save_bytes(content: bytes) -> Blob:
    """Keep bytes that are in memory anyway."""
    return save_blob(read=BytesIO(content).read, length=len(content))


def borrow(blobs: Iterable[Blob]) -> set[int]:
    """Mark bytes of others as wanted; return the primary keys of those that are still there."""
    now = timezone.now()
    wanted = {blob.pk: blob.wanted_at for blob in blobs}
    there = {pk for pk, at in wanted.items() if at > now - _FRESH}
    marked = sorted(wanted.keys() - there)
    for start in range(0, len(marked), _BATCH):
        rows = Blob.objects.filter(pk__in=marked[start : start + _BATCH])
        rows.update(wanted_at=now)
        there.update(rows.values_list("pk", flat=True))
    return there
