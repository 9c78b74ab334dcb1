"""The password hash: costly for whoever guesses, with bounded use of this machine's memory.

Each hash fills its memory anew. So each process computes one hash at a time, a few requests wait
for their turn, and the rest are told to come back. The same thread computes all of them: memory
that a thread frees, the C library keeps for that thread.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils.translation import gettext as _

from registry_site.errors import Unavailable

QUEUE = 8  # requests in a process that hash or wait; its other threads serve pages
PATIENCE = 2  # seconds to wait for a place in that queue

_places = threading.BoundedSemaphore(QUEUE)
_hashing = ThreadPoolExecutor(max_workers=1)

Result = TypeVar("Result")


class Argon2(Argon2PasswordHasher):
    """Argon2id as OWASP recommends it; older, larger hashes are renewed at the next login."""

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        return _in_turn(super().encode, password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        return _in_turn(super().verify, password, encoded)

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Do nothing: old hashes take longer than new ones, so there is no time to add."""


def _in_turn(hash_: Callable[[str, str], Result], *arguments: str) -> Result:
    if not _places.acquire(timeout=PATIENCE):
        raise Unavailable(_("Too many people log in right now. Try again in a moment."))
    try:
        return _hashing.submit(hash_, *arguments).result()
    finally:
        _places.release()
