"""The streams of a run: history, system metrics, console, summary, and its end.

The client numbers the lines; a line with the same number again overwrites the first (a repeated
request, or a terminal that rewrites a line).
"""

import json
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts.formats.run_history import count_metrics, step_of, system_metrics_of
from artifacts.models import Run, RunLine
from artifacts.services.locks import lock_run
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Invalid
from registry_site.texts.json_text import read_line, read_object

# Names of the streams in wandb 0.31; others are not stored.
STREAMS = {
    "wandb-history.jsonl": RunLine.Stream.HISTORY,
    "wandb-events.jsonl": RunLine.Stream.EVENTS,
    "output.log": RunLine.Stream.CONSOLE,
}
SUMMARY = "wandb-summary.json"
_MOST_LINES = 2**31

# Not by the ORM, which takes ten times as long for the 100,000 lines that a request may have.
_INSERT = (
    "INSERT INTO {table} (run_id, stream, line, text, step) SELECT %s, %s, {columns}"
    " ON CONFLICT (run_id, stream, line) DO UPDATE SET text = excluded.text, step = excluded.step"
)
_COLUMNS = {  # `number` counts from 0 with SQLite, from 1 with PostgreSQL
    "sqlite": "%s + key, value ->> 0, value ->> 1 FROM json_each(%s) WHERE true",
    "postgresql": "%s - 1 + number, value ->> 0, (value ->> 1)::bigint "
    "FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS given (value, number)",
}


@dataclass
class Chunk:
    """One request of a run: the first number and the lines of each stream; summary and state.

    Its texts can be stored, because `read_object` has cleaned those of the request.
    """

    lines: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    summary: dict[str, Any] | None = None
    exit_code: int | None = None
    is_complete: bool = False
    is_preempting: bool = False


def read_chunk(body: dict[str, Any]) -> Chunk:
    """Return the chunk in a request of the SDK; raises Invalid where it has another form."""
    chunk = Chunk(
        is_complete=body.get("complete") is True, is_preempting=body.get("preempting") is True
    )
    if isinstance(body.get("exitcode"), int):
        chunk.exit_code = max(-(2**31), min(int(body["exitcode"]), 2**31 - 1))
    files = body.get("files") or {}
    if not isinstance(files, dict):
        raise Invalid(_("`files` must be an object."))
    for name, part in files.items():
        offset, content = _part(name, part)
        if not content:
            continue
        if name == SUMMARY:
            chunk.summary = read_object(content[-1], _("The summary"))
        elif stream := STREAMS.get(name):
            chunk.lines[stream] = offset, content
    return chunk


@transaction.atomic
def add_lines(*, by: User, run: Run, chunk: Chunk) -> Run:
    """Store what a run streamed; a repetition changes nothing.

    Its end sets the state: finished with exit code 0, else failed. A run that was taken for dead
    and reports again is running.
    """
    check(by, Action.EDIT, run.project)
    locked = lock_run(run)
    changes: dict[str, Any] = {"heartbeat_at": timezone.now()}
    for stream, (offset, content) in chunk.lines.items():
        steps: list[int | None] = [None] * len(content)
        if stream == RunLine.Stream.HISTORY:
            rows = [read_line(text) for text in content]
            steps = [step_of(row) for row in rows]
            changes |= _progress(locked, offset, rows, steps)
        elif stream == RunLine.Stream.EVENTS:
            changes["system_metrics"] = system_metrics_of(content[-1])
        _keep(locked, stream, offset, list(zip(content, steps, strict=True)))
    if chunk.summary is not None:
        changes["summary"] = chunk.summary
    changes |= _state(locked, chunk)
    for name, value in changes.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(changes))
    return locked


def _keep(run: Run, stream: str, offset: int, lines: list[tuple[str, int | None]]) -> None:
    table = connection.ops.quote_name(RunLine._meta.db_table)
    statement = _INSERT.format(table=table, columns=_COLUMNS[connection.vendor])
    with connection.cursor() as cursor:
        cursor.execute(statement, [run.pk, stream, offset, json.dumps(lines)])


def _progress(
    run: Run, offset: int, rows: list[dict[str, Any]], steps: list[int | None]
) -> dict[str, Any]:
    """Return the changes of the run's counts by new lines; lines sent again don't count."""
    new = slice(max(run.history_lines - offset, 0), None)
    if not rows[new]:
        return {}
    count_metrics(run.history_keys, rows[new])
    all_steps = [step for step in (run.last_step, *steps[new]) if step is not None]
    return {
        "history_keys": run.history_keys,
        "history_lines": offset + len(rows),
        "last_step": max(all_steps, default=None),
    }


def _state(run: Run, chunk: Chunk) -> dict[str, Any]:
    """Return the fields of the run's state that the request changes."""
    if chunk.is_complete:
        code = chunk.exit_code or 0
        preempted = chunk.is_preempting or run.state in {
            Run.State.PREEMPTING,
            Run.State.PREEMPTED,  # the end was sent twice
        }
        failed = Run.State.PREEMPTED if preempted else Run.State.FAILED
        return {
            "exit_code": code,
            "state": failed if code else Run.State.FINISHED,
            "finished_at": timezone.now(),
        }
    if chunk.is_preempting:
        return {"state": Run.State.PREEMPTING}
    if run.exit_code is None and run.state != Run.State.PREEMPTING:
        return {"state": Run.State.RUNNING, "finished_at": None}
    return {}


def _part(name: str, part: Any) -> tuple[int, list[str]]:
    offset = part.get("offset", 0) if isinstance(part, dict) else None
    content = part.get("content") if isinstance(part, dict) else None
    if (
        not isinstance(offset, int)
        or not isinstance(content, list)
        or not 0 <= offset <= _MOST_LINES - len(content)
        or not all(isinstance(line, str) for line in content)
    ):
        raise Invalid(
            _("{name!r} must have an offset and a list of lines.").format(name=name[:100])
        )
    return offset, content
