"""Headers of GGUF files, versions 1 to 3: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md"""

import math
import struct
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from artifacts.previews.blocks import Pages, Preview, shape_text, table_of_rows
from artifacts.previews.reading import Unreadable, read_exactly

MOST_VALUES = 10_000  # keys of the metadata, and as many tensors twice
MOST_STEPS = 1_500_000  # strings passed over in lists: vocabularies have some 100,000
_SHOWN = 8  # items of a list
_MOST_TEXT = 512  # bytes of a string that are read
_STRING, _LIST = 8, 9
_FORMATS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
_TENSOR_TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 9: "Q8_1",
    10: "Q2_K", 11: "Q3_K", 12: "Q4_K", 13: "Q5_K", 14: "Q6_K", 15: "Q8_K", 16: "IQ2_XXS",
    17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S",
    23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64", 29: "IQ1_M", 30: "BF16",
    34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4",
}  # fmt: skip


def preview_gguf(file: BinaryIO, size: int, pages: Pages) -> Preview:
    """Return the metadata, and the tensors with type, shape and parameters."""
    reader = _Reader(file, size)
    values = [[reader.text(), reader.value()] for _number in range(reader.value_count)]
    tensors = [reader.tensor() for _number in range(reader.tensor_count)]
    return Preview(
        facts=[
            (_("Version"), f"GGUF {reader.version}"),
            (_("Tensors"), f"{len(tensors):,}"),
            (_("Parameters"), f"{sum(row[3] for row in tensors):,}"),
        ],
        tables=[
            table_of_rows(pages, "metadata", _("Metadata"), [_("Key"), _("Value")], values),
            table_of_rows(
                pages,
                "tensors",
                _("Tensors"),
                [_("Name"), _("Type"), _("Shape"), _("Parameters")],
                tensors,
                numbers=[3],
            ),
        ],
    )


class _Reader:
    """The numbers and strings of one file, in its own byte order, one after the other."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file, self.size, self.steps, self.order = file, size, 0, "<"
        file.seek(0)
        if file.read(4) != b"GGUF":
            raise Unreadable(_("This is not a GGUF file: it does not begin with “GGUF”."))
        self.version = self.number("I")
        if self.version & 0xFFFF == 0:  # version 3 may be written by big-endian machines
            self.order, self.version = ">", self.version >> 24
        if not 1 <= self.version <= 3:
            raise Unreadable(
                _("This GGUF file has the version {version}; versions 1 to 3 are known.").format(
                    version=self.version
                )
            )
        self.length = "I" if self.version == 1 else "Q"
        self.tensor_count, self.value_count = self.number(self.length), self.number(self.length)
        if self.tensor_count > 2 * MOST_VALUES or self.value_count > MOST_VALUES:
            raise Unreadable(
                _("The header says {tensors} tensors and {values} values: too many.").format(
                    tensors=f"{self.tensor_count:,}", values=f"{self.value_count:,}"
                )
            )

    def number(self, form: str) -> Any:
        form = self.order + form
        return struct.unpack(form, read_exactly(self.file, struct.calcsize(form)))[0]

    def skip(self, count: int) -> None:
        if count > self.size - self.file.tell():
            raise Unreadable(_("The file ends in the middle: it was cut off, or is damaged."))
        self.file.seek(count, 1)

    def text(self) -> str:
        length = self.number(self.length)
        data = read_exactly(self.file, min(length, _MOST_TEXT))
        self.skip(length - len(data))
        return data.decode(errors="replace")

    def value(self) -> Any:
        kind = self.number("I")
        return self.listed() if kind == _LIST else self.plain(kind)

    def plain(self, kind: int) -> Any:
        if kind == _STRING:
            return self.text()
        if kind not in _FORMATS:
            raise Unreadable(_("The metadata has a value of an unknown type."))
        return self.number(_FORMATS[kind])

    def listed(self) -> str:
        """Return the first items of a list as text, and skip the others."""
        kind, count = self.number("I"), self.number(self.length)
        if kind == _LIST:
            raise Unreadable(_("The metadata has a list of lists, which is not shown."))
        first = [str(self.plain(kind))[:100] for _number in range(min(count, _SHOWN))]
        rest = count - len(first)
        if kind != _STRING:
            self.skip(rest * struct.calcsize(self.order + _FORMATS.get(kind, "B")))
        else:
            self.steps += rest
            if self.steps > MOST_STEPS:
                raise Unreadable(_("The metadata has more strings than are read here."))
            for _number in range(rest):
                self.skip(self.number(self.length))
        more = _(" … {count} items").format(count=f"{count:,}") if rest else ""
        return f"[{', '.join(first)}]{more}"

    def tensor(self) -> list[Any]:
        name, dimensions = self.text(), self.number("I")
        if dimensions > 8:
            raise Unreadable(_("A tensor has more than 8 dimensions: the header is damaged."))
        shape = [self.number(self.length) for _number in range(dimensions)]
        kind = self.number("I")
        self.number("Q")  # its offset
        return [name, _TENSOR_TYPES.get(kind, str(kind)), shape_text(shape), math.prod(shape)]
