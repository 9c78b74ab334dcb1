"""JSON documents beside each other: each plain value by the path that leads to it."""

from artifacts.differences.leaves import Leaf, TooLarge, compare_values
from registry_site.errors import Invalid
from registry_site.texts.json_text import read_json


class NoDocument(Exception):
    """The text is no JSON, or too large a document to compare value by value."""


def compare_documents(base: str, other: str) -> list[Leaf]:
    """Return the values that differ, by their paths; raises NoDocument."""
    try:
        return compare_values(read_json(base, ""), read_json(other, ""))
    except (Invalid, TooLarge) as error:
        raise NoDocument from error
