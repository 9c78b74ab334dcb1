"""Jupyter notebooks: their cells in order, with what they printed.

Format: https://nbformat.readthedocs.io/en/latest/format_description.html (versions 3 to 4.5).
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from artifacts.previews.blocks import NotebookCell, Preview
from artifacts.previews.reading import Unreadable, load_json, read_text
from artifacts.previews.text import preview_text

LIMIT = 16 * 2**20  # bytes: a notebook holds its pictures
MOST_CELLS, MOST_TEXT = 300, 200_000  # cells, and characters of all of them
_LONGEST = 20_000  # characters of one output


def preview_notebook(file: BinaryIO, size: int) -> Preview:
    """Return the cells; as text where the file is too long to be read whole, or no notebook."""
    text = read_text(file, size, LIMIT)
    if text is None or text.is_cut:
        return preview_text(file, size, "json")
    try:
        data = load_json(text.text, _("The notebook"))
        listed = _listed(data)
    except Unreadable as error:
        preview = preview_text(file, size, "json")
        preview.notes.insert(0, error.message)
        return preview
    language = _language(data)
    preview = Preview(facts=[(_("Cells"), f"{len(listed):,}"), (_("Language"), language)])
    left = MOST_TEXT
    for cell in listed[:MOST_CELLS]:
        for part in _parts(cell, language):
            preview.cells.append(part)
            left -= len(part.text)
        if left < 0:
            break
    if left < 0 or len(listed) > MOST_CELLS:
        preview.notes.append(_("Only the first cells are shown. Download the file to see all."))
    return preview


def _listed(data: Any) -> list[dict[str, Any]]:
    sheets = data.get("worksheets") if isinstance(data, dict) else None
    holder = sheets[0] if isinstance(sheets, list) and sheets else data  # version 3
    cells = holder.get("cells") if isinstance(holder, dict) else None
    if not isinstance(cells, list):
        raise Unreadable(_("This is not a notebook: it has no cells."))
    return [cell for cell in cells if isinstance(cell, dict)]


def _language(data: dict[str, Any]) -> str:
    metadata = data.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    name = kernel.get("language") if isinstance(kernel, dict) else None
    return name.lower()[:40] if isinstance(name, str) and name else "python"


def _parts(cell: dict[str, Any], language: str) -> Iterator[NotebookCell]:
    """Yield the cell and each of its outputs."""
    kind = cell.get("cell_type")
    source = _text(cell.get("source", cell.get("input")))
    if kind != "code":
        yield NotebookCell("markdown" if kind == "markdown" else "text", source[:MOST_TEXT])
        return
    number = cell.get("execution_count")
    label = f"[{number}]" if isinstance(number, int) else ""
    yield NotebookCell("code", source[:MOST_TEXT], language, label)
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else []:
        if isinstance(output, dict) and (part := _output(output)):
            yield part


def _output(output: dict[str, Any]) -> NotebookCell | None:
    """Return what the cell printed, or its value as text, or the text that a picture comes with."""
    kind = output.get("output_type")
    if kind in {"error", "pyerr"}:
        trace = output.get("traceback")
        text = "\n".join(map(str, trace)) if isinstance(trace, list) else ""
        return NotebookCell("error", text[:_LONGEST])
    data = output.get("data")
    if kind == "stream" or not isinstance(data, dict):
        text = _text(output.get("text"))
    else:
        text = _text(data.get("text/plain"))
    return NotebookCell("output", text[:_LONGEST]) if text.strip() else None


def _text(value: Any) -> str:
    """Return a text of the format, which may be a list of its lines."""
    if isinstance(value, list):
        return "".join(each for each in value if isinstance(each, str))
    return value if isinstance(value, str) else ""
