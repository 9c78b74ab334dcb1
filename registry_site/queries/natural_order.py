"""The order in which people expect names: `step 2` before `step 11`."""

import re

_DIGITS = re.compile(r"(\d+)")


def natural_key(name: str) -> tuple[list[tuple[int, str]], str]:
    """Return what to sort a name by: its runs of digits as numbers, its letters without case.

    Digits come before letters. Names that differ in nothing else stand in the order of their signs.
    """
    parts = _DIGITS.split(name)
    # a number as its length and its digits: int() refuses thousands of them
    key = [
        (len(part.lstrip("0")), part.lstrip("0")) if place % 2 else (0, part.casefold())
        for place, part in enumerate(parts)
    ]
    return key, name
