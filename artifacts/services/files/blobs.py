"""Bytes in the store and the rows that stand for them.

Whoever removes bytes locks the blob's row. Whoever stores bytes makes or marks that row first, and
bytes that were wanted within the last day aren't removed. So the sweep never removes bytes that an
upload or a commit is about to use.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from io import BytesIO
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, transaction
from django.utils import timezone

from artifacts.models import Blob
from artifacts.store import Arrived, store

_FRESH = timedelta(hours=1)  # a mark younger than this isn't written again
_LOOKUP = 500  # values in one IN list, which SQLite limits

Value = TypeVar("Value")


def save_blob(*, read: Callable[[int], bytes], length: int | None = None, **sums: str) -> Blob:
    """Store the `length` bytes that `read` returns, with these sums (md5, xxh128; base64).

    Raises Invalid where they differ, Unavailable where the disk is full; then nothing is stored.
    """
    with store().receive(read, length, **sums) as arrived:
        return _keep(arrived)


def attach_blob(
    attach: Callable[[Blob], None],
    *,
    read: Callable[[int], bytes],
    length: int,
    **sums: str,
) -> Blob:
    """Store bytes as `save_blob` does, and let `attach` write the row that refers to them.

    Where `attach` raises, the sweep removes the bytes, unless something else refers to them.
    """
    with store().receive(read, length, **sums) as arrived, _one_commit():
        blob = _keep(arrived)
        attach(blob)
    return blob


def _keep(arrived: Arrived) -> Blob:
    blob: Blob = Blob.objects.make(
        sha256=arrived.sha256, md5=arrived.md5, xxh128=arrived.xxh128, size=arrived.size
    )
    arrived.keep()
    return blob


def _one_commit() -> AbstractContextManager[Any]:
    """Return a transaction on PostgreSQL, which waits for the disk at each commit.

    On SQLite it would stop everybody else from writing while the store waits for the disk.
    """
    return transaction.atomic() if connection.vendor == "postgresql" else nullcontext()


def save_bytes(content: bytes) -> Blob:
    """Store bytes that are in memory, and return their blob."""
    return save_blob(read=BytesIO(content).read, length=len(content))


def borrow(marks: Mapping[int, datetime]) -> set[int]:
    """Mark existing blobs as wanted; return the keys of those that are still there.

    `marks` maps a blob's key to the `wanted_at` that was just read.
    """
    now = timezone.now()
    there = {pk for pk, at in marks.items() if at > now - _FRESH}
    for part in chunks(sorted(marks.keys() - there)):
        rows = Blob.objects.filter(pk__in=part)
        rows.update(wanted_at=now)
        there.update(rows.values_list("pk", flat=True))
    return there


def chunks(values: Iterable[Value], size: int = _LOOKUP) -> Iterator[list[Value]]:
    """Yield the values in lists of `size`, which by default fit into one SQL statement."""
    left = iter(values)
    return iter(lambda: list(islice(left, size)), [])
