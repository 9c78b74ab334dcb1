"""JSON as a tree, JSON lines as a table, and the tables and media of wandb in JSON."""

import io
from itertools import islice
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from artifacts.previews.blocks import (
    MOST_COLUMNS,
    PAGE_ROWS,
    FileLink,
    Pages,
    Preview,
    first_row,
    rows_from,
    table_of_rows,
)
from artifacts.previews.reading import (
    Bounded,
    Unreadable,
    load_json,
    read_at,
    read_text,
    shortened,
)
from artifacts.previews.text import cut_note, preview_text

TABLE_LIMIT = 8 * 2**20  # bytes of a table, which is read whole
AS_TEXT_LIMIT = 16 * 1024  # bytes of JSON that is no tree; in colours it takes eight times that
LINES_LIMIT = 4 * 2**20  # bytes of JSON lines
_SHOWN = {"image-file", "audio-file", "video-file"}  # the media of wandb that a browser shows
_LONGEST_LINE = 256 * 1024


def preview_json(file: BinaryIO, size: int) -> Preview:
    """Return the data, or the text where it is broken or too long to be read whole."""
    text = read_text(file, size)
    if text is None or text.is_cut:
        return preview_text(file, size, "json", AS_TEXT_LIMIT)
    try:
        data = load_json(text.text, _("The file"))
    except Unreadable as error:
        preview = preview_text(file, size, "json", AS_TEXT_LIMIT)
        preview.notes.insert(0, error.message)
        return preview
    preview = Preview(data=data)
    if path := _media_path(data):
        preview.facts = [
            (_("Media of wandb"), shortened(str(data["_type"]))),
            (_("File"), FileLink(shortened(path), path)),
        ]
        if data["_type"] in _SHOWN:
            preview.media_path = path
    return preview


def preview_json_lines(file: BinaryIO, size: int, pages: Pages) -> Preview:
    """Return objects, one a line, as rows whose columns are their keys."""
    reader = io.BufferedReader(Bounded(file, min(size, LINES_LIMIT)))
    lines = iter(lambda: reader.readline(_LONGEST_LINE), b"")
    window = list(islice(lines, (start := first_row(pages, "rows")), start + PAGE_ROWS + 1))
    values = [_line(line) for line in window]
    objects = [value for value in values if isinstance(value, dict)]
    keys = list(dict.fromkeys(key for each in objects for key in each))[:MOST_COLUMNS]
    rows = [
        [value.get(key) for key in keys] if isinstance(value, dict) and keys else [value]
        for value in values
    ]
    table = table_of_rows(
        pages, "rows", _("Lines"), keys or [_("Value")], rows_from(start, rows), total=None
    )
    preview = Preview(tables=[table])
    if size > LINES_LIMIT:
        preview.notes.append(cut_note(LINES_LIMIT))
    return preview


def preview_wandb_table(file: BinaryIO, size: int, pages: Pages) -> Preview:
    """Return the rows of a table that wandb logged, or the parts of a joined one."""
    if size > TABLE_LIMIT:
        return preview_text(file, size, "json", AS_TEXT_LIMIT)
    data = load_json(read_at(file, 0, size), _("The table"))
    kind = data.get("_type") if isinstance(data, dict) else None
    if kind == "joined-table":
        return _parts(
            _("A table joined of two others of this version"),
            data,
            {
                _("First table"): "table1",
                _("Second table"): "table2",
                _("Joined by"): "join_key",
            },
        )
    if kind == "partitioned-table":
        return _parts(
            _("A table in parts: all tables of one folder, one below the other"),
            data,
            {
                _("Folder"): "parts_path",
            },
        )
    columns = data.get("columns") if isinstance(data, dict) else None
    rows = data.get("data") if isinstance(data, dict) else None
    if not isinstance(columns, list) or not isinstance(rows, list):
        raise Unreadable(_("This is not a table of wandb: it has no columns and data."))
    listed = [row if isinstance(row, list) else [row] for row in rows]
    start = first_row(pages, "rows")
    for row in listed[start : start + PAGE_ROWS]:
        row[:] = [_cell(value) for value in row[:MOST_COLUMNS]]
    names = [str(column) for column in columns]
    facts: list[tuple[str, Any]] = [
        (_("Rows"), f"{len(rows):,}"),
        (_("Columns"), f"{len(columns):,}"),
    ]
    return Preview(facts=facts, tables=[table_of_rows(pages, "rows", _("Table"), names, listed)])


def _parts(sentence: str, data: dict[str, Any], names: dict[str, str]) -> Preview:
    facts: list[tuple[str, Any]] = [(_("Kind"), sentence)]
    for label, key in names.items():
        value = data.get(key)
        is_folder = key == "parts_path"
        if isinstance(value, str) and (is_folder or value.endswith(".json")):
            facts.append((label, FileLink(shortened(value), value, is_folder)))
        elif value is not None:
            facts.append((label, shortened(str(value))))
    return Preview(facts=facts)


def _cell(value: Any) -> Any:
    if path := _media_path(value):
        return FileLink(f"{shortened(str(value['_type']))}: {shortened(path)}", path)
    return value


def _media_path(value: Any) -> str:
    """Return the path of the media file to which an object of wandb's refers."""
    if not isinstance(value, dict) or not isinstance(value.get("_type"), str):
        return ""
    path = value.get("path")
    return path if isinstance(path, str) else ""


def _line(line: bytes) -> Any:
    try:
        return load_json(line, _("The line"))
    except Unreadable:
        return line.decode(errors="replace").rstrip("\r\n")
