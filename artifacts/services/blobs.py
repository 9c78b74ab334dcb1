"""Bytes in the store and the rows that stand for them."""

from collections.abc import Callable
from io import BytesIO

from artifacts import storage
from artifacts.models import Blob


def save_blob(*, read: Callable[[int], bytes], length: int | None = None, md5: str = "") -> Blob:
    """Keep what `read` gives, of `length` bytes and with this MD5 (base64) where given.

    Raises Invalid when they differ, Unavailable when the disk is full; then nothing is kept.
    """
    stored = storage.save_stream(read, length, md5)
    blob, _created = Blob.objects.get_or_create(
        sha256=stored.sha256, defaults={"md5": stored.md5, "size": stored.size}
    )
    return blob


def save_bytes(content: bytes) -> Blob:
    """Keep bytes that are in memory anyway."""
    return save_blob(read=BytesIO(content).read, length=len(content))
