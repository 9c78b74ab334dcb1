"""Numbers as text: short enough for a table or a chart, but never a different number."""

import math

_WHOLE = 1e15  # floats are exact for whole numbers up to here


def short_number(value: float) -> str:
    """Return a number with at least four significant digits and all before the point.

    Examples: 0.967, 12,346, 1.2e-05, NaN.
    """
    if not math.isfinite(value):
        return exact_number(value)
    if abs(value) < _WHOLE and (value == int(value) or abs(value) >= 1e4):
        return f"{value:,.0f}"
    if 1e3 <= abs(value) < _WHOLE:
        return f"{value:,.1f}"
    return f"{value:.4g}"


def exact_number(value: float) -> str:
    """Return all digits of a number, or the words NaN and Infinity as JSON readers know them."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if value.is_integer() and abs(value) < _WHOLE else repr(value)


def is_drawable(value: float) -> bool:
    """Return whether the difference of two such values is a finite number."""
    return abs(value) < 1e300


def filesize(size: int | None) -> str:
    """Return a size in binary units, as the SDK prints them: 1.2 MiB."""
    if size is None:
        return ""
    if abs(size) < 1024:
        return f"{size} B"
    amount = float(size)
    for unit in ("KiB", "MiB", "GiB", "TiB"):
        amount /= 1024
        # 1023.95 would print as 1,024.0
        if abs(amount) < 1023.95:
            return f"{amount:.1f} {unit}"
    return f"{amount / 1024:,.1f} PiB"


def count(number: int | None) -> str:
    """Return a whole number with thousands separators: 12,345."""
    return "" if number is None else f"{number:,}"


def change(number: float | None) -> str:
    """Return a difference with its sign: +0.0125, −1,200."""
    if number is None:
        return ""
    is_whole = float(number).is_integer() and abs(number) < _WHOLE
    return (f"{number:+,.0f}" if is_whole else f"{number:+,.4g}").replace("-", "−")


def percent(number: float | None) -> str:
    """Return a relative difference with its sign: +2.5 %."""
    if number is None:
        return ""
    text = f"{number:+,.1f}" if 0.1 <= abs(number) < 1e6 else f"{number:+.1g}"
    return f"{text} %".replace("-", "−")
