"""What is in zip and tar files, and in NumPy's: .npy has a header, .npz is a zip of .npy."""

import math
import re
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from artifacts.previews.blocks import Pages, Preview, shape_text, table_of_rows
from artifacts.previews.reading import Unreadable, read_at, shortened
from artifacts.previews.tars import tar_members
from artifacts.previews.zips import Member, members_of, read_member

ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_NPY_HEAD = 12 + 10_000  # bytes; NumPy itself refuses longer headers
_MOST_ARRAYS = 200
# NumPy writes a Python literal, which is not evaluated here
_DESCRIPTION = re.compile(
    r"\{'descr': (?P<descr>.{1,4000}?), 'fortran_order': (?:True|False), "
    r"'shape': \((?P<shape>[0-9, ]{0,1000})\),? *\}",
    re.DOTALL,
)


def preview_archive(file: BinaryIO, size: int, pages: Pages) -> Preview:
    """Return the members with their sizes."""
    if read_at(file, 0, 4) in ZIP_SIGNATURES:
        members, count = members_of(file, size)
        return zip_listing(members, count, pages)
    files, is_whole = tar_members(file, size)
    preview = _listing([[name, size] for name, size in files], pages)
    if not is_whole:
        preview.notes.append(_("The file goes on, or was cut off: only its beginning is listed."))
    return preview


def zip_listing(members: list[Member], count: int, pages: Pages) -> Preview:
    """Return the members of a zip file; `count` is how many it says there are."""
    preview = _listing([[member.name, member.size] for member in members], pages)
    if count > len(members):
        preview.notes.append(_("Only the first {count} are listed.").format(count=len(members)))
    return preview


def preview_numpy(file: BinaryIO, size: int, pages: Pages) -> Preview:
    """Return type and shape of the array, or of each array in the file."""
    if read_at(file, 0, 4) not in ZIP_SIGNATURES:
        rows = [_array("", read_at(file, 0, _NPY_HEAD))]
        columns = rows[0][1:]
        labels = [_("Type"), _("Shape"), _("Values")]
        facts = [
            (label, f"{value:,}" if isinstance(value, int) else value)
            for label, value in zip(labels, columns, strict=True)
        ]
        return Preview(facts=facts, warnings=_pickled(rows))
    members, _count = members_of(file, size)
    rows = [
        _array(each.name, read_member(file, each, _NPY_HEAD)) for each in members[:_MOST_ARRAYS]
    ]
    table = table_of_rows(
        pages,
        "arrays",
        _("Arrays"),
        [_("Name"), _("Type"), _("Shape"), _("Values")],
        rows,
        numbers=[3],
    )
    notes = []
    if len(members) > _MOST_ARRAYS:
        notes = [_("Only the first {count} are listed.").format(count=_MOST_ARRAYS)]
    return Preview(tables=[table], warnings=_pickled(rows), notes=notes)


def _array(name: str, head: bytes) -> list[Any]:
    if not head.startswith(b"\x93NUMPY") or len(head) < 12:
        raise Unreadable(_("This is not a NumPy file: its first bytes differ."))
    text = head[10 if head[6] == 1 else 12 :].decode("utf-8", "replace")
    match = _DESCRIPTION.match(text)
    if match is None:
        raise Unreadable(_("The header of the NumPy file is not written as NumPy writes it."))
    shape = [int(each[:19]) for each in match["shape"].replace(",", " ").split()[:32]]
    return [name, shortened(match["descr"].strip("'")), shape_text(shape), math.prod(shape)]


def _pickled(rows: list[list[Any]]) -> list[str]:
    if not any("O" in row[1] for row in rows):
        return []
    return [_("It holds Python objects as a pickle: loading it with allow_pickle=True runs code.")]


def _listing(rows: list[list[Any]], pages: Pages) -> Preview:
    facts = [
        (_("Members"), f"{len(rows):,}"),
        (_("Bytes unpacked"), f"{sum(row[1] for row in rows):,}"),
    ]
    columns = [_("Name"), _("Bytes")]
    table = table_of_rows(pages, "members", _("Members"), columns, rows, numbers=[1])
    return Preview(facts=facts, tables=[table])
