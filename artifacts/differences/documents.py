"""Two JSON documents compared: each plain value by the path that leads to it."""

from artifacts.differences.leaves import Leaf, TooLarge, compare_values
from registry_site.errors import Invalid
from registry_site.texts.json_text import read_json


class NoDocument(Exception):
    """The text isn't JSON, or is too large to compare value by value."""


def compare_documents(base: str, other: str) -> list[Leaf]:
    """Return the values that differ, by their paths; raises NoDocument where it can't."""
    try:
        return compare_values(read_json(base, ""), read_json(other, ""))
    except (Invalid, TooLarge) as error:
        raise NoDocument from error
