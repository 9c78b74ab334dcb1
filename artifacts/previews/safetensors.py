"""Headers of safetensors files: 8 bytes of length, then JSON.

https://github.com/huggingface/safetensors#format
"""

import math
from collections import Counter
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from artifacts.previews.blocks import Pages, Preview, shape_text, table_of_rows
from artifacts.previews.reading import Unreadable, load_json, read_at

HEADER_LIMIT = 8 * 2**20  # bytes; 80,000 tensors have less
_MOST_DIMENSIONS = 32


def preview_safetensors(file: BinaryIO, size: int, pages: Pages) -> Preview:
    """Return the tensors with type, shape, parameters and bytes, and the file's own metadata."""
    header = _header(file, size)
    metadata = header.pop("__metadata__", None)
    tensors = [_tensor(name, entry) for name, entry in header.items()]
    types = Counter({row[1]: 0 for row in tensors})
    for row in tensors:
        types[row[1]] += row[3]
    preview = Preview(
        facts=[
            (_("Tensors"), f"{len(tensors):,}"),
            (_("Parameters"), f"{sum(types.values()):,}"),
            (_("Types"), ", ".join(str(name) for name, _count in types.most_common(8))),
        ]
    )
    if isinstance(metadata, dict) and metadata:
        rows = list(metadata.items())
        preview.tables.append(
            table_of_rows(pages, "metadata", _("Metadata"), [_("Key"), _("Value")], rows)
        )
    columns = [_("Name"), _("Type"), _("Shape"), _("Parameters"), _("Bytes")]
    preview.tables.append(
        table_of_rows(pages, "tensors", _("Tensors"), columns, tensors, numbers=[3, 4])
    )
    return preview


def _header(file: BinaryIO, size: int) -> dict[str, Any]:
    length = int.from_bytes(read_at(file, 0, 8), "little")
    if size < 10 or length > size - 8:
        raise Unreadable(
            _(
                "This is not a safetensors file: its header says {length} bytes, "
                "and the file has {size}."
            ).format(length=f"{length:,}", size=f"{size:,}")
        )
    if length > HEADER_LIMIT:
        raise Unreadable(
            _("The header has {length} bytes, more than are shown here.").format(
                length=f"{length:,}"
            )
        )
    header = load_json(file.read(length), _("The header"))
    if not isinstance(header, dict):
        raise Unreadable(_("This is not a safetensors file: its header is no JSON object."))
    return header


def _tensor(name: str, entry: Any) -> list[Any]:
    try:
        dtype, shape, (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
        numbers = [*shape, begin, end]
        fits = len(shape) <= _MOST_DIMENSIONS and isinstance(dtype, str)
        if not fits or not all(type(each) is int and 0 <= each < 2**63 for each in numbers):
            raise ValueError
    except (TypeError, KeyError, ValueError) as error:
        raise Unreadable(
            _("This is not a safetensors file: the tensor “{name}” is described wrongly.").format(
                name=name[:100]
            )
        ) from error
    return [name, dtype[:20], shape_text(shape), math.prod(shape), end - begin]
