"""JSON as clients write it, made fit for the database.

wandb 0.31 writes bare NaN and Infinity, which JSON doesn't know; PostgreSQL takes no NUL, and no
database takes half a surrogate pair.
"""

import json
import math
import re
from typing import Any

import orjson
from django.db import connection
from django.utils.translation import gettext as _

from registry_site.errors import Invalid

MAX_DEPTH = 500  # levels; Python and SQLite both give up near 1,000
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_UNFIT = re.compile("[\x00\ud800-\udfff]")


def read_json(text: str, what: str) -> Any:
    """Return the value of a JSON text; raise Invalid, naming `what`, for any other text."""
    try:
        value = json.loads(text, parse_constant=str, parse_float=_float)
        if text.count("{") + text.count("[") > MAX_DEPTH < _depth(value):
            raise ValueError(f"it is nested more than {MAX_DEPTH} levels deep")
    except (ValueError, RecursionError) as error:
        raise Invalid(_("{what} is no JSON: {error}.").format(what=what, error=error)) from error
    lowered = text.lower()
    return _clean(value) if "\\u0000" in lowered or "\\ud" in lowered else value


def read_object(text: str, what: str) -> dict[str, Any]:
    """Return the object of a JSON text; raise Invalid where it contains something else."""
    value = read_json(text, what)
    if not isinstance(value, dict):
        raise Invalid(_("{what} must be a JSON object.").format(what=what))
    return value


def read_line(text: str) -> dict[str, Any]:
    """Return the object in a stored line, or {} where it has none; made to be fast.

    The object may contain what no database takes.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:  # orjson refuses NaN
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}


def write_json(value: Any) -> str:
    """Return the value as compact JSON text."""
    return _encode(value)


def keeps_order() -> bool:
    """Return whether the database keeps the order of an object's keys.

    SQLite keeps the text. PostgreSQL's `jsonb` does not: it sorts keys by their length, then bytes.
    """
    return not connection.features.has_native_json_field


def clean_text(text: str) -> str:
    """Return the text without characters that databases refuse."""
    return _UNFIT.sub("\ufffd", text)


def _float(text: str) -> float | str:
    """Return a number; one that is too large for a float as the SDK writes infinity."""
    number = float(text)
    return number if math.isfinite(number) else str(number).replace("inf", "Infinity")


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level := [each for each in level if isinstance(each, dict | list) and each]:
        depth += 1
        level = [
            inner for each in level for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return depth


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {clean_text(key): _clean(item) for key, item in value.items()}
    return value
