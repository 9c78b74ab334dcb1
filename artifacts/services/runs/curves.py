"""The numbers of a run's history as curves, read from every row."""

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any

from django.db.models import Q

from artifacts.formats.run_history import measured, value_at
from artifacts.models import Run, RunLine
from registry_site.charts.curves import Curve
from registry_site.texts.json_text import read_line

_CHUNK = 2_000  # lines read at once
_LONG = 5_000  # with this many lines or more, curves are cached
_MOST_REMEMBERED = 300  # curves of all runs; each takes about 30 KiB

# this process's cache of curves, by the run's state and the metric
_remembered: dict[tuple[Any, str], Curve] = {}
_lock = Lock()


def read_curves(run: Run, names: Sequence[str]) -> dict[str, Curve]:
    """Return, by name, the numbers in all lines of the history, over their steps.

    This takes one statement and little memory, however long the history is. A line without a step
    counts by its line number. Curves of a long history are cached until the run reports again.
    """
    state = run.pk, run.history_lines, run.heartbeat_at
    read = {name: _remembered.get((state, name)) for name in names}
    missing = [name for name, curve in read.items() if curve is None]
    new = _read(run, missing) if missing else {}
    if run.history_lines > _LONG:
        with _lock:
            for name, curve in new.items():
                _remembered[state, name] = curve
            while len(_remembered) > _MOST_REMEMBERED:
                _remembered.pop(next(iter(_remembered)))
    return {name: curve or new[name] for name, curve in read.items()}


def _read(run: Run, names: Sequence[str]) -> dict[str, Curve]:
    curves = {name: Curve() for name in names}
    lines = RunLine.objects.of_stream(run, "history").values_list("line", "step", "text")
    for line, step, text in lines.iterator(chunk_size=_CHUNK):
        row = read_line(text)
        x = line if step is None else step
        for name, curve in curves.items():
            value = measured(row[name] if name in row else _inner(row, name))
            if value is not None:
                curve.add(x, value)
    for curve in curves.values():
        curve.close()
    return curves


def read_numbers(run: Run, name: str, *, first: int | None, most: int) -> Iterator[tuple[int, Any]]:
    """Yield step and value of up to `most` lines with this name, from the step `first` on."""
    lines = RunLine.objects.of_stream(run, "history").holding(name)
    if first is not None:
        lines = lines.filter(Q(step__gte=first) | Q(step=None, line__gte=first))
    for line, step, text in lines.values_list("line", "step", "text")[:most]:
        value = _inner(read_line(text), name)
        if value is not None:
            yield (line if step is None else step), value


def _inner(row: dict[str, Any], name: str) -> Any:
    try:
        return value_at(row, name)
    except KeyError:
        return None
