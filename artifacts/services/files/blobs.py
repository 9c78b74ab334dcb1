"""Bytes in the store and the rows that stand for them.

Whoever removes bytes holds the blob's row; whoever puts bytes in place makes or marks that row
first, and bytes that somebody wanted within the last day aren't removed: so an upload, a commit
and the sweep never cross.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from io import BytesIO
from itertools import islice
from typing import TypeVar

from django.utils import timezone

from artifacts.models import Blob
from artifacts.store import store

_FRESH = timedelta(hours=1)  # a mark younger than this isn't written again
_LOOKUP = 500  # values in one IN list; SQLite bounds them

Value = TypeVar("Value")


def save_blob(*, read: Callable[[int], bytes], length: int | None = None, **sums: str) -> Blob:
    """Keep what `read` gives, of `length` bytes and with these sums (md5, xxh128; base64).

    Raises Invalid when they differ, Unavailable when the disk is full; then nothing is kept.
    """
    with store().receive(read, length, **sums) as arrived:
        blob = Blob.objects.make(
            sha256=arrived.sha256, md5=arrived.md5, xxh128=arrived.xxh128, size=arrived.size
        )
        arrived.keep()
    return blob


def save_bytes(content: bytes) -> Blob:
    """Keep bytes that are in memory anyway."""
    return save_blob(read=BytesIO(content).read, length=len(content))


def borrow(marks: Mapping[int, datetime]) -> set[int]:
    """Mark bytes of others as wanted; return the keys of those that are still there.

    `marks`: when each was wanted last, as read a moment ago, by the blob's primary key.
    """
    now = timezone.now()
    there = {pk for pk, at in marks.items() if at > now - _FRESH}
    for part in chunks(sorted(marks.keys() - there)):
        rows = Blob.objects.filter(pk__in=part)
        rows.update(wanted_at=now)
        there.update(rows.values_list("pk", flat=True))
    return there


def chunks(values: Iterable[Value], size: int = _LOOKUP) -> Iterator[list[Value]]:
    """Cut values into lists, as they come; they fit one statement where no `size` is given."""
    left = iter(values)
    return iter(lambda: list(islice(left, size)), [])
