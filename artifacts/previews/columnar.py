"""Parquet, Arrow IPC and Feather: their columns and a page of their rows.

A separate program reads the file: `columnar_child.py`, which says why.
"""

import io
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from artifacts.previews.blocks import (
    LAST_ROW,
    PAGE_ROWS,
    Pages,
    Preview,
    first_row,
    rows_from,
    table_of_rows,
)
from artifacts.previews.reading import Unreadable, shortened

_PROGRAM = Path(__file__).with_name("columnar_child.py")
_SECONDS = 15  # by the clock
_AT_ONCE = threading.BoundedSemaphore(2)  # each may take 1.5 GiB
_NUMBERS = ("int", "uint", "double", "float", "halffloat", "decimal")


def preview_columnar(kind: str, file: BinaryIO, _size: int, pages: Pages) -> Preview:
    """Return the columns with their types, and rows; `kind` is parquet or arrow."""
    start = min(first_row(pages, "rows"), LAST_ROW)
    answer = _read(kind, file, start)
    fields, total = answer["fields"], answer.get("rows")
    preview = Preview(facts=[(_("Format"), answer["format"])])
    if total is not None:
        preview.facts.append((_("Rows"), f"{total:,}"))
    preview.facts.append((_("Columns"), f"{len(fields):,}"))
    if "groups" in answer:
        preview.facts.append((_("Groups of rows"), f"{answer['groups']:,}"))
        preview.facts.append((_("Written by"), shortened(answer["written_by"] or "")))
    numbers = [at for at, field in enumerate(fields) if field[1].startswith(_NUMBERS)]
    words = [_("yes"), _("no")]
    columns = [[name, type_, words[not nullable]] for name, type_, nullable in fields]
    preview.tables = [
        table_of_rows(
            pages,
            "rows",
            _("Rows"),
            answer["columns"],
            rows_from(start, answer["cells"]),
            total=total,
            numbers=numbers,
        ),
        table_of_rows(
            pages, "columns", _("Columns"), [_("Name"), _("Type"), _("May be empty")], columns
        ),
    ]
    return preview


def _read(kind: str, file: BinaryIO, start: int) -> dict[str, Any]:
    """Return what the program says of the file; raise Unreadable where it failed or refused."""
    if not _AT_ONCE.acquire(timeout=_SECONDS):
        raise Unreadable(_("Other files of this kind are being read: open the page again."))
    try:
        with _on_disk(file) as source:
            answer = subprocess.run(  # noqa: S603 - a program of ours, with words of ours
                [sys.executable, "-I", str(_PROGRAM), kind, str(start), str(PAGE_ROWS)],
                stdin=source,
                capture_output=True,
                timeout=_SECONDS,
                check=True,
                env={},
            ).stdout
        facts = json.loads(answer)
    except (subprocess.SubprocessError, ValueError) as error:
        raise Unreadable(
            _("The file is damaged, or needs too much time or memory to be shown here.")
        ) from error
    finally:
        _AT_ONCE.release()
    if "error" in facts:
        text = _("The file can't be read: {reason}")
        raise Unreadable(text.format(reason=shortened(facts["error"], 200)))
    return facts


def _on_disk(file: BinaryIO) -> BinaryIO:
    """Return the file as one that a program can take, copied to the disk if it isn't there."""
    try:
        descriptor = file.fileno()
    except io.UnsupportedOperation:
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        file.seek(0)
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        return copy
    return open(descriptor, "rb", closefd=False)
