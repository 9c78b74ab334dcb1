"""What this process remembers for some seconds: to spare work, never to rely on."""

from collections.abc import Hashable
from time import monotonic
from typing import Any


class Recent:
    """Values by key, for `seconds`; at `most` keys it forgets them all, so it never grows."""

    def __init__(self, seconds: float, most: int = 10_000) -> None:
        self.seconds, self.most = seconds, most
        self._values: dict[Hashable, tuple[float, Any]] = {}

    def get(self, key: Hashable) -> Any:
        """Return what is remembered, or None."""
        at, value = self._values.get(key, (float("-inf"), None))
        return value if monotonic() - at < self.seconds else None

    def set(self, key: Hashable, value: Any) -> None:
        if len(self._values) >= self.most:
            self._values.clear()
        self._values[key] = monotonic(), value

    def clear(self) -> None:
        self._values.clear()
