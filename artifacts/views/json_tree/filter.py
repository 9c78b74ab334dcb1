"""The values in a JSON value that have the searched words in their path or their text."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.views.json_tree.rows import (
    MOST_KEY,
    MOST_TEXT,
    Entries,
    Place,
    Row,
    Steps,
    shortened,
    text_of,
)

_MOST_LOOKED_AT = 20_000  # values


def fitting_rows(value: Any, place: Place, *, most: int, size: int) -> tuple[list[Row], str]:
    """Return a row for each value that fits, under its path, and a sentence that counts them.

    There are at most `most` rows, which take about `size` bytes of HTML.
    """
    words, rows, left = place.find.casefold().split(), list[Row](), size
    for looked_at, (path, text, steps) in enumerate(_leaves(value, place)):
        if looked_at == _MOST_LOOKED_AT or len(rows) == most or left < 0:
            first = _("the first {count} values that fit")
            return rows, first.format(count=f"{len(rows):,}")
        haystack = f"{path} {text}".casefold()
        if all(word in haystack for word in words):
            url = place.at(steps) if len(text) > MOST_TEXT else ""
            rows.append(Row(shortened(path, MOST_KEY), shortened(text, MOST_TEXT), url=url))
            left -= rows[-1].size
    count = ngettext("{count} value fits", "{count} values fit", len(rows))
    return rows, count.format(count=f"{len(rows):,}")


def _leaves(value: Any, place: Place) -> Iterator[tuple[str, str, Steps]]:
    """Yield each value that has none below it: its path, its text, and the steps to it."""
    waiting = [iter([("", value, Steps())])]
    while waiting:
        for path, each, steps in waiting[-1]:
            if below := place.entries_of(each):
                waiting.append(_under(below, path, steps))
                break
            yield path, text_of(each), steps
        else:
            waiting.pop()


def _under(entries: Entries, path: str, steps: Steps) -> Iterator[tuple[str, Any, Steps]]:
    for number in range(len(entries)):
        key, value = entries[number]
        yield f"{path}.{key}" if path else key, value, (*steps, number)
