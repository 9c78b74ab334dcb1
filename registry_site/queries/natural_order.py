"""The order in which people expect names: `step 2` before `step 11`."""

import re

_DIGITS = re.compile(r"(\d+)")


def natural_key(name: str) -> tuple[list[tuple[int, str]], str]:
    """Return a sort key for a name: runs of digits as numbers, letters without case.

    Digits come before letters. Names that differ in nothing else are ordered by their characters.
    """
    parts = _DIGITS.split(name)
    # compare numbers by length, then digits: int() refuses thousands of digits
    key = [
        (len(part.lstrip("0")), part.lstrip("0")) if place % 2 else (0, part.casefold())
        for place, part in enumerate(parts)
    ]
    return key, name
