"""Pickles, alone or in a PyTorch zip: their opcodes are listed, and nothing is ever loaded."""

import io
import pickletools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from artifacts.previews.archives import ZIP_SIGNATURES, zip_listing
from artifacts.previews.blocks import Pages, Preview, table_of_rows
from artifacts.previews.packed import Packed, is_opened, packing_of
from artifacts.previews.reading import Unreadable, read_at, read_exactly, shortened
from artifacts.previews.text import preview_bytes
from artifacts.previews.zips import members_of, read_member

MOST_OPCODES = 200_000  # that are searched for imports
MOST_LISTED = 5_000
MEMBER_LIMIT = 8 * 2**20  # bytes of the pickle in a zip or a compressed file
_LONGEST = 4096  # bytes of an argument that are read
_LONGEST_NUMBER = 4096  # bits; Python writes no number of more than 4,300 digits
_PROTO = 0x80  # the opcode with which pickles of protocol 2 and later begin
_LINE_LIMIT = 64 * 1024
_OPCODES = {ord(opcode.code): opcode for opcode in pickletools.opcodes}
_LENGTHS = {
    pickletools.TAKEN_FROM_ARGUMENT1: 1,
    pickletools.TAKEN_FROM_ARGUMENT4: 4,
    pickletools.TAKEN_FROM_ARGUMENT4U: 4,
    pickletools.TAKEN_FROM_ARGUMENT8U: 8,
}
_STRINGS = {
    "SHORT_BINUNICODE",
    "BINUNICODE",
    "BINUNICODE8",
    "UNICODE",
    "STRING",
    "BINSTRING",
    "SHORT_BINSTRING",
}
_PUTS = {"PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"}
_GETS = {"GET", "BINGET", "LONG_BINGET"}
# modules that a model has no need of: they run commands, import, open files and connections
_SUSPICIOUS = {
    "asyncio", "bdb", "code", "commands", "ctypes", "ftplib", "importlib", "io", "multiprocessing",
    "nt", "os", "pathlib", "pdb", "pickle", "pip", "platform", "posix", "pty", "pydoc", "requests",
    "runpy", "shutil", "signal", "smtplib", "socket", "ssl", "subprocess", "sys", "tempfile",
    "threading", "timeit", "urllib", "webbrowser",
}  # fmt: skip
_SUSPICIOUS_BUILTINS = {
    "__import__",
    "apply",
    "compile",
    "eval",
    "exec",
    "execfile",
    "file",
    "getattr",
    "globals",
    "input",
    "open",
    "setattr",
    "vars",
}


@dataclass
class _Pickle(Preview):
    is_whole: bool = False  # read up to its last STOP


def preview_pickle(file: BinaryIO, size: int, pages: Pages) -> Preview:
    """Return what a pickle would import when it is loaded, and its opcodes."""
    head = read_at(file, 0, 6)
    if head[:4] in ZIP_SIGNATURES:
        return _in_zip(file, size, pages)
    if packing := packing_of(head):
        try:
            return _packed(file, packing, pages)
        except Unreadable:
            if packing not in {"zlib", "LZMA"}:  # their few bytes may begin anything
                raise
    return _plain(file, size, pages)


def _packed(file: BinaryIO, packing: str, pages: Pages) -> Preview:
    """Preview the beginning of a file that joblib or others compress as a whole."""
    if is_opened(packing):
        stream = Packed(file, packing, MEMBER_LIMIT)
        data = b"".join(iter(lambda: stream.read(_LINE_LIMIT), b""))
        preview = _plain(io.BytesIO(data), len(data), pages)
    else:
        text = _("It is compressed with {name}, which is not opened here.")
        preview = Preview(notes=[text.format(name=packing)], warnings=_warnings([]))
    preview.facts.insert(0, (_("Compressed with"), packing))
    return preview


def _plain(file: BinaryIO, size: int, pages: Pages) -> Preview:
    head = read_at(file, 0, 1)
    if not head or head[0] not in _OPCODES:
        return preview_bytes(file, size)
    file.seek(0)
    preview = _preview(file, size, pages)
    # protocols 0 and 1 have no signature: a file without a pickle's end is something else
    return preview if head[0] == _PROTO or preview.is_whole else preview_bytes(file, size)


def _in_zip(file: BinaryIO, size: int, pages: Pages) -> Preview:
    """Preview a PyTorch file: its members, and the pickle that torch.load would load."""
    members, count = members_of(file, size)
    listing = zip_listing(members, count, pages)
    pickled = [each for each in members if each.name.rpartition("/")[2] == "data.pkl"]
    if not pickled:
        return listing
    data = read_member(file, pickled[0], MEMBER_LIMIT)
    preview = _preview(io.BytesIO(data), len(data), pages)
    preview.facts = listing.facts + preview.facts
    preview.notes += listing.notes
    preview.tables = preview.tables[:1] + listing.tables + preview.tables[1:]
    return preview


def _preview(file: BinaryIO, size: int, pages: Pages) -> "_Pickle":
    imports, listed, count, why = _Imports(), [], 0, ""
    is_whole = False
    try:
        for at, name, argument in _walk(file, size):
            imports.take(name, argument)
            if count < MOST_LISTED:
                listed.append([at, name, argument])
            count += 1
            is_whole = name == "STOP"
    except Unreadable as error:
        is_whole, why = False, error.message
    imported = sorted(imports.names)
    preview = _Pickle(
        is_whole=is_whole,
        facts=[
            (_("Opcodes"), f"{count:,}"),
            (_("Imports"), f"{len(imported):,}"),
            (_("Calls"), f"{imports.calls:,}"),
        ],
        warnings=_warnings(imported),
    )
    if count > len(listed):
        preview.notes.append(_("Only the first {n} opcodes are listed.").format(n=len(listed)))
    if not is_whole:
        ends = _("It was not read to its end: it may import more than is listed.")
        preview.warnings.append(f"{ends} {why}".strip())
    preview.tables = _tables(pages, imported, listed)
    return preview


def _tables(pages: Pages, imported: list[str], opcodes: list[Any]) -> list[Any]:
    rows = [
        [name, _("reaches outside of the model") if is_suspicious(name) else ""]
        for name in imported
    ]
    return [
        table_of_rows(pages, "imports", _("Imports"), [_("Name"), _("Note")], rows),
        table_of_rows(
            pages,
            "opcodes",
            _("Opcodes"),
            [_("Offset"), _("Opcode"), _("Argument")],
            opcodes,
            numbers=[0],
        ),
    ]


def _warnings(imported: list[str]) -> list[str]:
    warnings = [
        _(
            "Loading this file runs code: a pickle calls what it imports. Load it only if you "
            "trust whoever made it. Here it was only read."
        )
    ]
    if suspicious := [name for name in imported if is_suspicious(name)]:
        names = shortened(", ".join(suspicious))
        warnings.append(_("It imports what no model needs: {names}.").format(names=names))
    return warnings


def is_suspicious(name: str) -> bool:
    """Return whether this import runs commands, imports more, or reaches files and networks."""
    module, _dot, attribute = name.partition(".")
    if module in {"builtins", "__builtin__"}:
        return attribute in _SUSPICIOUS_BUILTINS
    return module in _SUSPICIOUS or not module.replace("_", "a").isalnum()


def _walk(file: BinaryIO, size: int) -> Iterator[tuple[int, str, Any]]:
    """Yield offset, name and argument of each opcode in all pickles of the file.

    pickletools.genops does the same but reads each argument whole, whatever its length.
    """
    for _number in range(MOST_OPCODES):
        at = file.tell()
        code = file.read(1)
        opcode = _OPCODES.get(code[0]) if code else None
        if opcode is None:
            raise Unreadable(
                _("The pickle breaks off at byte {at}: there is no opcode.").format(at=f"{at:,}")
            )
        yield at, opcode.name, _argument(file, size, opcode.arg)
        if opcode.name == "STOP":
            if file.read(1) != bytes([_PROTO]):  # else another one follows
                return
            file.seek(-1, 1)


def _argument(file: BinaryIO, size: int, kind: Any) -> Any:
    if kind is None:
        return None
    if kind.n == pickletools.UP_TO_NEWLINE:
        data = _line(file)
        if kind.name == "stringnl_noescape_pair":
            return f"{_name(data)}.{_name(_line(file))}"
        if kind.name.startswith("stringnl"):
            return _name(data)
    elif kind.n in _LENGTHS:
        head = read_exactly(file, _LENGTHS[kind.n])
        length = int.from_bytes(head, "little")
        if length > size - file.tell():
            raise Unreadable(_("The pickle ends in the middle: it was cut off, or is damaged."))
        if length > _LONGEST:
            file.seek(length, 1)
            return _("{count} bytes").format(count=f"{length:,}")
        data = head + read_exactly(file, length)
    else:
        data = read_exactly(file, kind.n)
    try:
        argument = kind.reader(io.BytesIO(data))
    except (ValueError, UnicodeError, SyntaxError, OverflowError) as error:
        raise Unreadable(_("The pickle is damaged: an argument can't be read.")) from error
    if isinstance(argument, int) and argument.bit_length() > _LONGEST_NUMBER:
        return _("{count} bytes").format(count=f"{len(data):,}")
    return argument


def _line(file: BinaryIO) -> bytes:
    line = file.readline(_LINE_LIMIT)
    if not line.endswith(b"\n"):
        raise Unreadable(_("The pickle ends in the middle: it was cut off, or is damaged."))
    return line


def _name(line: bytes) -> str:
    """Return the text of a line; pickletools reads escapes, too, which no name has."""
    return line.rstrip(b"\r\n").decode(errors="replace").strip("'\"")


class _Imports:
    """The names that a pickle imports, from the strings that it pushes and remembers."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.calls = 0
        self._pushed: list[str] = ["?", "?"]
        self._memo: dict[int, str] = {}
        self._memo_size = 0

    def take(self, name: str, argument: Any) -> None:
        if name in {"GLOBAL", "INST"}:
            self._import(str(argument))
        elif name == "STACK_GLOBAL":
            self._import(".".join(self._pushed[-2:]))
        elif name in _STRINGS:
            self._push(str(argument))
        elif name in _PUTS:
            index = self._memo_size if name == "MEMOIZE" else argument
            self._memo[index] = self._pushed[-1]
            self._memo_size += 1
        elif name in _GETS:
            self._push(self._memo.get(argument, "?"))
        elif name not in {"PROTO", "FRAME"}:
            self._push("?")
        if name in {"REDUCE", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "BUILD"}:
            self.calls += 1

    def _import(self, name: str) -> None:
        if len(self.names) < MOST_LISTED:
            self.names.add(shortened(name))
        self._push("?")

    def _push(self, text: str) -> None:
        self._pushed = [self._pushed[-1], shortened(text)]
