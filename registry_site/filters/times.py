"""Times in filters: ISO 8601, cut off anywhere after the year; UTC unless they name a zone."""

import re
from datetime import UTC, datetime, timedelta

_TIME = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)"
    r"(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?"
)
_UNITS = [
    timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1),
    timedelta(microseconds=1),
]  # fmt: skip
YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, FRACTION = range(1, 8)  # how many parts the time has


def read_time(text: str) -> tuple[datetime, datetime, bool]:
    """Return the first moment of a time, the first moment after it, and whether it is exact.

    `2026-03` covers a month; a time that names its second is exact. Raises ValueError or
    OverflowError.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    parts = [part for part in match.groups()[:FRACTION] if part is not None]
    numbers = [int(part) for part in parts[:SECOND]]
    year, month, day, hour, minute, second = numbers + [0, 1, 1, 0, 0, 0][len(numbers) :]
    start = datetime(year, month, day, hour, minute, second, tzinfo=UTC) - _offset(match[8])
    if len(parts) == FRACTION:
        start += timedelta(microseconds=int(parts[-1].ljust(6, "0")[:6]))
    if len(parts) == YEAR:
        return start, start.replace(year=year + 1), False
    if len(parts) == MONTH:
        return start, (start + timedelta(days=31)).replace(day=1), False
    return start, start + _UNITS[len(parts) - DAY], len(parts) >= SECOND


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone == "Z":
        return timedelta()
    sign = -1 if zone[0] == "-" else 1
    return sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
