"""JSON documents beside each other: each plain value by the path that leads to it."""

from typing import Any

from artifacts.differences.leaves import Leaf, compare_leaves
from registry_site.errors import Invalid
from registry_site.json_text import read_json

MOST_VALUES = 50_000  # of one document
_LONGEST = 2_000  # characters of one path


class NoDocument(Exception):
    """The text is no JSON, or too large a document to compare value by value."""


def compare_documents(base: str, other: str) -> list[Leaf]:
    """Return the values that differ, by their paths: `model.layers[0].size`; raises NoDocument."""
    leaves = compare_leaves(_values(base), _values(other))
    return [leaf for leaf in leaves if leaf.state != "same"]


def _values(text: str) -> dict[str, Any]:
    try:
        document = read_json(text, "")
    except Invalid as error:
        raise NoDocument from error
    found: dict[str, Any] = {}
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict) and value:
            waiting += [(f"{path}.{key}" if path else key, item) for key, item in value.items()]
        elif isinstance(value, list) and value:
            waiting += [(f"{path}[{number}]", item) for number, item in enumerate(value)]
        else:
            found[path or "$"] = value
        if len(found) + len(waiting) > MOST_VALUES or len(path) > _LONGEST:
            raise NoDocument
    return found
