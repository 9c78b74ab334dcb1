"""A program that reads one Parquet or Arrow file and then ends.

The library that reads such files is a large one in C++, and the files come from strangers. In here
it has no key, no database and no other person's bytes, and its time and memory are bounded. The
file is its standard input, and one JSON object its output. It imports nothing of ours.
"""

import json
import resource
import sys
from typing import Any

MEMORY = 1536 * 2**20  # bytes of data, of which the library itself takes some 100 MiB
SECONDS = 10  # of one processor
MOST_COLUMNS, MOST_CELL = 100, 200


def main(kind: str, start: int, count: int) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import pyarrow

    pyarrow.set_cpu_count(1)
    pyarrow.set_io_thread_count(1)
    read, opened = (_parquet, pyarrow.OSFile) if kind == "parquet" else (_arrow, pyarrow.memory_map)
    try:
        # the file itself and no copy of its descriptor, so that the library may seek in it
        with opened("/dev/stdin") as file:
            answer = read(file, start, count)
    except (pyarrow.ArrowException, OSError, MemoryError) as error:
        answer = {"error": str(error)[:MOST_CELL] or type(error).__name__}
    json.dump(answer, sys.stdout)


def _parquet(file: Any, start: int, count: int) -> dict[str, Any]:
    from pyarrow import parquet

    table = parquet.ParquetFile(file, memory_map=False, pre_buffer=False)
    metadata, names = table.metadata, table.schema_arrow.names[:MOST_COLUMNS]
    group, groups = 0, metadata.num_row_groups
    while group < groups and start >= (rows := metadata.row_group(group).num_rows):
        start, group = start - rows, group + 1  # whole groups before the page are not read
    batches = table.iter_batches(
        batch_size=1_000, row_groups=range(group, groups), columns=names, use_threads=False
    )
    return {
        "format": f"Parquet {metadata.format_version}",
        "rows": metadata.num_rows,
        "written_by": metadata.created_by,
        "groups": groups,
        **_answer(table.schema_arrow, batches, start, count),
    }


def _arrow(file: Any, start: int, count: int) -> dict[str, Any]:
    """Read the format with an index at its end (Feather 2), or the one for streams."""
    from pyarrow import ipc

    if file.read(6) == b"ARROW1":
        file.seek(0)
        reader = ipc.open_file(file)
        batches = (reader.get_batch(at) for at in range(reader.num_record_batches))
        return {"format": "Arrow IPC file", **_answer(reader.schema, batches, start, count)}
    file.seek(0)
    stream = ipc.open_stream(file)
    return {"format": "Arrow IPC stream", **_answer(stream.schema, stream, start, count)}


def _answer(schema: Any, batches: Any, start: int, count: int) -> dict[str, Any]:
    fields = [[field.name, str(field.type), field.nullable] for field in schema]
    names = schema.names[:MOST_COLUMNS]
    rows: list[list[Any]] = []
    for batch in batches:
        if start >= batch.num_rows:
            start -= batch.num_rows
            continue
        page = batch.slice(start, count + 1 - len(rows))
        columns = [page.column(at) for at in range(len(names))]
        rows += [[_cell(column[at]) for column in columns] for at in range(page.num_rows)]
        start = 0
        if len(rows) > count:
            break
    return {"fields": fields[:20_000], "columns": names, "cells": rows}


def _cell(value: Any) -> Any:
    """Return a number, a truth value or a short text, which JSON can hold."""
    try:
        plain = value.as_py()
    except (ValueError, OverflowError):  # a time before the year 1, or after 9999
        plain = str(value)
    if plain is None or isinstance(plain, bool | int):
        return plain
    if isinstance(plain, float):
        return plain if plain - plain == 0 else str(plain)
    if isinstance(plain, bytes):
        return f"{len(plain):,} bytes"
    return str(plain)[:MOST_CELL]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
