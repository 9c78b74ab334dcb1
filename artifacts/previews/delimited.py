"""CSV and TSV as a table, a page at a time."""

import csv
import io
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from django.utils.translation import gettext as _

from artifacts.previews.blocks import Pages, Preview, table_of_rows
from artifacts.previews.reading import Bounded, read_text
from artifacts.previews.text import cut_note, preview_bytes

LIMIT = 2 * 2**20  # bytes that are read of one file
_PROBE = 256 * 1024  # bytes from which the encoding is guessed


def preview_delimited(file: BinaryIO, size: int, pages: Pages) -> Preview:
    """Return rows under the names in the first one; fields may be quoted over several lines."""
    probe = read_text(file, size, _PROBE)
    if probe is None:
        return preview_bytes(file, size)
    codec = "utf-8-sig" if probe.codec == "utf-8" else probe.codec
    stream = io.BufferedReader(Bounded(file, min(size, LIMIT)))
    lines = io.TextIOWrapper(stream, encoding=codec, errors="replace", newline="")
    notes: list[str] = []
    rows = _rows(csv.reader(lines, delimiter=_delimiter(probe.text)), notes)
    header = next(rows, [])
    first = next(rows, [])
    columns = header + [""] * (len(first) - len(header))
    table = table_of_rows(pages, "rows", _("Rows"), columns, chain([first] if first else [], rows))
    if size > LIMIT:
        notes.append(cut_note(LIMIT))
    return Preview(tables=[table], notes=notes, facts=[(_("Encoding"), probe.encoding)])


def _rows(reader: Iterator[list[str]], notes: list[str]) -> Iterator[list[str]]:
    """Yield the rows up to the first mistake, and leave a note of it."""
    try:
        yield from (row for row in reader if row)
    except csv.Error as error:
        line = getattr(reader, "line_num", 0)
        notes.append(
            _("The rows end at line {line}: {reason}.").format(line=f"{line:,}", reason=error)
        )


def _delimiter(text: str) -> str:
    """Return the usual delimiter that the first line has most of."""
    line = text.partition("\n")[0]
    return max(",\t;|", key=line.count)
