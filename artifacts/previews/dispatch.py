"""The one entry to the previews: the name of a file decides which module reads it."""

from collections.abc import Callable
from functools import partial
from typing import BinaryIO

from artifacts.previews.archives import preview_archive, preview_numpy
from artifacts.previews.blocks import Pages, Preview
from artifacts.previews.columnar import preview_columnar
from artifacts.previews.delimited import preview_delimited
from artifacts.previews.documents import preview_markdown, preview_media, preview_pdf
from artifacts.previews.gguf import preview_gguf
from artifacts.previews.images import preview_image
from artifacts.previews.json_files import preview_json, preview_json_lines, preview_wandb_table
from artifacts.previews.kinds import Kind, kind_of, language_of
from artifacts.previews.notebooks import preview_notebook
from artifacts.previews.onnx import preview_onnx
from artifacts.previews.packed_files import preview_packed
from artifacts.previews.pickles import preview_pickle
from artifacts.previews.safetensors import preview_safetensors
from artifacts.previews.text import empty_file, preview_text

_PAGED: dict[Kind, Callable[[BinaryIO, int, Pages], Preview]] = {
    Kind.ARCHIVE: preview_archive,
    Kind.ARROW: partial(preview_columnar, "arrow"),
    Kind.GGUF: preview_gguf,
    Kind.JSON_LINES: preview_json_lines,
    Kind.NUMPY: preview_numpy,
    Kind.ONNX: preview_onnx,
    Kind.PARQUET: partial(preview_columnar, "parquet"),
    Kind.PICKLE: preview_pickle,
    Kind.SAFETENSORS: preview_safetensors,
    Kind.TABLE: preview_delimited,
    Kind.WANDB_TABLE: preview_wandb_table,
}
_WHOLE: dict[Kind, Callable[[BinaryIO, int], Preview]] = {
    Kind.AUDIO: lambda _file, _size: preview_media("audio"),
    Kind.IMAGE: preview_image,
    Kind.JSON: preview_json,
    Kind.MARKDOWN: preview_markdown,
    Kind.NOTEBOOK: preview_notebook,
    Kind.PDF: lambda file, _size: preview_pdf(file),
    Kind.VIDEO: lambda _file, _size: preview_media("video"),
}
WITH_SOURCE = {
    Kind.JSON, Kind.JSON_LINES, Kind.MARKDOWN, Kind.NOTEBOOK, Kind.TABLE, Kind.WANDB_TABLE,
}  # fmt: skip


def preview_of(
    file: BinaryIO, size: int, path: str, pages: Pages, *, as_source: bool = False
) -> Preview:
    """Return what a page shows of the file, or its plain text if `as_source` is set.

    Raises Unreadable where the file is broken or not what its name says.
    """
    if not size:
        return empty_file()
    kind = kind_of(path)
    if kind in _PAGED and not as_source:
        return _PAGED[kind](file, size, pages)
    if kind == Kind.PACKED:
        return preview_packed(file, path, partial(preview_of, pages=pages, as_source=as_source))
    if kind in _WHOLE and not as_source:
        return _WHOLE[kind](file, size)
    return preview_text(file, size, language_of(path))
