"""Numbers as text, short enough for a chart and never another number."""

import math

_WHOLE = 1e15  # up to here each whole number has a float of its own


def short_number(value: float) -> str:
    """At least four significant digits and all before the point: 0.967, 12,346, 1.2e-05, NaN."""
    if not math.isfinite(value):
        return exact_number(value)
    if abs(value) < _WHOLE and (value == int(value) or abs(value) >= 1e4):
        return f"{value:,.0f}"
    if 1e3 <= abs(value) < _WHOLE:
        return f"{value:,.1f}"
    return f"{value:.4g}"


def exact_number(value: float) -> str:
    """All digits of a number, or the word of JSON's readers for what is none."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if value.is_integer() and abs(value) < _WHOLE else repr(value)


def is_drawable(value: float) -> bool:
    """Whether a difference of two such values is a number; NaN and infinities are not."""
    return abs(value) < 1e300
