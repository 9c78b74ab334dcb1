"""Numbers in tables of files: which columns hold them, and as how many digits they are shown."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# no zeros in front, which only names have; signs, exponents and words as programs write them
_NUMBER = re.compile(r"[+-]?((0|[1-9]\d{0,17})(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?", re.IGNORECASE)
_NO_NUMBERS = {"nan", "inf", "-inf", "+inf", "infinity", "-infinity"}
_DIGITS = 6  # that are shown of a fraction
_WHOLE = 1e15  # up to here each whole number has a float of its own


@dataclass(frozen=True)
class Number:
    """A number of which fewer digits are shown than the file has; `whole` has all of them."""

    text: str
    whole: str

    def __str__(self) -> str:
        return self.text


def number_columns(rows: Iterable[list[Any]], count: int) -> set[int]:
    """The columns, out of `count`, of which each value is a number or missing, and one is there."""
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
    """Whether this is a number, or a text of one; names of digits, as 007, are none."""
    if isinstance(value, str):
        return bool(_NUMBER.fullmatch(value.strip()))
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_missing(value: Any) -> bool:
    text = value.strip().lower() if isinstance(value, str) else value
    return text is None or text == "" or (isinstance(text, str) and text in _NO_NUMBERS)


def shortened_number(value: Any) -> Number | str:
    """A fraction with at most six digits, everything else as it is."""
    whole = value.strip() if isinstance(value, str) else repr(value)
    if isinstance(value, int) or not is_number(value) or not re.search(r"[.eE]", whole):
        return f"{value:,}" if isinstance(value, int) else whole
    number = float(whole)
    if not math.isfinite(number):
        return whole
    is_large = 10**_DIGITS <= abs(number) < _WHOLE
    text = f"{number:,.0f}" if is_large else f"{number:.{_DIGITS}g}"
    return Number(text, whole) if len(whole) > _DIGITS + 2 and len(text) < len(whole) else whole
