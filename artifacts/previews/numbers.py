"""Numbers in tables of files: which columns have them, and how many digits a page shows."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# no leading zeros, which only names have; signs, exponents and words as programs write them
_NUMBER = re.compile(r"[+-]?((0|[1-9]\d{0,17})(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?", re.IGNORECASE)
_NO_NUMBERS = {"nan", "inf", "-inf", "+inf", "infinity", "-infinity"}
_DIGITS = 6  # of a fraction on a page
_WHOLE = 1e15  # up to here each whole number is a float of its own


@dataclass(frozen=True)
class Number:
    """A number shown with fewer digits than the file has; `whole` has all of them."""

    text: str
    whole: str

    def __str__(self) -> str:
        return self.text


def number_columns(rows: Iterable[list[Any]], count: int) -> set[int]:
    """Return which of `count` columns have only numbers and gaps, and at least one number."""
    numbers: set[int] = set()
    others: set[int] = set()
    for row in rows:
        for at, value in enumerate(row[:count]):
            if is_number(value):
                numbers.add(at)
            elif not _is_missing(value):
                others.add(at)
    return numbers - others


def is_number(value: Any) -> bool:
    """Return whether this is a number or the text of one; digits such as 007 are a name."""
    if isinstance(value, str):
        return bool(_NUMBER.fullmatch(value.strip()))
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_missing(value: Any) -> bool:
    text = value.strip().lower() if isinstance(value, str) else value
    return text is None or text == "" or (isinstance(text, str) and text in _NO_NUMBERS)


def shortened_number(value: Any) -> Number | str:
    """Return a fraction with at most six digits, everything else as it is."""
    whole = value.strip() if isinstance(value, str) else repr(value)
    if isinstance(value, int) or not is_number(value) or not re.search(r"[.eE]", whole):
        return f"{value:,}" if isinstance(value, int) else whole
    number = float(whole)
    if not math.isfinite(number):
        return whole
    is_large = 10**_DIGITS <= abs(number) < _WHOLE
    text = f"{number:,.0f}" if is_large else f"{number:.{_DIGITS}g}"
    return Number(text, whole) if len(whole) > _DIGITS + 2 and len(text) < len(whole) else whole
