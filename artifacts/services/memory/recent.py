"""Memory of one process for some seconds: it saves work, and nothing may rely on it."""

from collections.abc import Hashable
from time import monotonic
from typing import Any


class Recent:
    """Values by key, kept for `seconds`; with `most` keys, all are dropped to bound its size."""

    def __init__(self, seconds: float, most: int = 10_000) -> None:
        self.seconds, self.most = seconds, most
        self._values: dict[Hashable, tuple[float, Any]] = {}

    def get(self, key: Hashable) -> Any:
        """Return the remembered value, or None."""
        at, value = self._values.get(key, (float("-inf"), None))
        return value if monotonic() - at < self.seconds else None

    def set(self, key: Hashable, value: Any) -> None:
        if len(self._values) >= self.most:
            self._values.clear()
        self._values[key] = monotonic(), value

    def clear(self) -> None:
        self._values.clear()
