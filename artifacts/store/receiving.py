"""What all stores do with arriving bytes: copy them in chunks, and compute and compare sums."""

import contextlib
import hashlib
from base64 import b64encode
from collections.abc import Iterator
from itertools import chain
from typing import IO, NamedTuple

import xxhash
from django.utils.translation import gettext as _

from artifacts.store.hashing import Hash, beside
from artifacts.store.protocol import Read
from registry_site.errors import MACHINE_TROUBLE, Invalid, Unavailable

CHUNK = 2**20  # bytes
_LARGE = 4 * CHUNK  # from this size on threads save more time than they cost


class Sums(NamedTuple):
    """The sums of a file: SHA-256 in hex, MD5 and XXH128 in base64; and its size in bytes."""

    sha256: str
    md5: str
    xxh128: str
    size: int

    def compare(self, md5: str, xxh128: str) -> None:
        """Raise Invalid where another sum was announced; "" announces none."""
        for name, actual, announced in (
            ("MD5", self.md5, md5),
            ("XXH128", self.xxh128, xxh128),
        ):
            if announced and actual != announced:
                raise Invalid(
                    _(
                        "The bytes have the {sum} {found}, but {announced} was announced; "
                        "send them again."
                    ).format(sum=name, found=actual, announced=announced)
                )


@contextlib.contextmanager
def unavailable_when_full() -> Iterator[None]:
    """Raise Unavailable in place of OSError, where the disk is full or can't be reached."""
    try:
        yield
    except OSError as error:
        if error.errno in MACHINE_TROUBLE:
            raise Unavailable(_("The server's storage can't be written now; try again.")) from error
        raise


def copy_with_sums(read: Read, target: IO[bytes], length: int | None) -> Sums:
    """Copy a file and return its sums; raises Invalid where it ends before `length` (bytes)."""
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    xxh128 = xxhash.xxh128()
    size = copy(read, target, length, (md5,), (sha256, xxh128))
    md5_text, xxh128_text = (b64encode(each.digest()).decode() for each in (md5, xxh128))
    return Sums(sha256.hexdigest(), md5_text, xxh128_text, size)


def copy(read: Read, target: IO[bytes], length: int | None, *groups: tuple[Hash, ...]) -> int:
    """Copy a file as `_copy` does; the groups of hashes of a large one have a thread each."""
    if length is not None and length < _LARGE:
        return _copy(read, target, length, *chain.from_iterable(groups))
    with beside(*groups) as feeders:
        return _copy(read, target, length, *feeders)


def _copy(read: Read, target: IO[bytes], length: int | None, *hashes: Hash) -> int:
    """Write what `read` returns in chunks, feed it to the hashes, and return its size in bytes.

    Raises Invalid where it ends before `length` (bytes).
    """
    size = 0
    while length is None or size < length:
        chunk = read(CHUNK if length is None else min(CHUNK, length - size))
        if not chunk:
            break
        for each in hashes:
            each.update(chunk)
        target.write(chunk)
        size += len(chunk)
    if length is not None and size != length:
        raise Invalid(
            _("{size} of {length} bytes arrived; send the file again.").format(
                size=size, length=length
            )
        )
    target.flush()
    return size
