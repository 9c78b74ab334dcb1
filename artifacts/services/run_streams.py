"""What a run streams: history, system metrics, console, summary, its end.

Lines are numbered by the client; the same number again overwrites (a repeated request, or a
terminal that rewrites a line).
"""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts.models import Run, RunLine
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Invalid
from registry_site.json_text import clean_text, read_object

# Names of the streams in wandb 0.31; others are not kept.
STREAMS = {
    "wandb-history.jsonl": RunLine.Stream.HISTORY,
    "wandb-events.jsonl": RunLine.Stream.EVENTS,
    "output.log": RunLine.Stream.CONSOLE,
}
SUMMARY = "wandb-summary.json"
_MOST_LINES = 2**31
_BATCH = 500


@dataclass
class Chunk:
    """One request of a run: lines by stream and number, and what it says of the run itself."""

    lines: dict[tuple[str, int], str] = field(default_factory=dict)
    summary: dict[str, Any] | None = None
    exit_code: int | None = None
    is_complete: bool = False


def read_chunk(body: dict[str, Any]) -> Chunk:
    """Return what a request of the SDK holds; raises Invalid where it has another form."""
    chunk = Chunk(is_complete=body.get("complete") is True)
    if isinstance(body.get("exitcode"), int):
        chunk.exit_code = max(-(2**31), min(int(body["exitcode"]), 2**31 - 1))
    files = body.get("files") or {}
    if not isinstance(files, dict):
        raise Invalid(_("`files` must be an object."))
    for name, part in files.items():
        offset, content = _part(name, part)
        if name == SUMMARY and content:
            chunk.summary = read_object(content[-1], _("The summary"))
        elif stream := STREAMS.get(name):
            for number, text in enumerate(content, offset):
                chunk.lines[stream, number] = clean_text(text)
    return chunk


@transaction.atomic
def add_lines(*, by: User, run: Run, chunk: Chunk) -> Run:
    """Keep what a run streamed; a repetition changes nothing.

    Its end sets the state: finished with exit code 0, else failed.
    """
    check(by, Action.EDIT, run.project)
    RunLine.objects.bulk_create(
        [
            RunLine(run=run, stream=stream, line=number, text=text)
            for (stream, number), text in chunk.lines.items()
        ],
        update_conflicts=True,
        unique_fields=["run", "stream", "line"],
        update_fields=["text"],
        batch_size=_BATCH,
    )
    run.heartbeat_at = timezone.now()
    changed = ["heartbeat_at"]
    if chunk.summary is not None:
        run.summary = chunk.summary
        changed.append("summary")
    if chunk.is_complete:
        run.exit_code = chunk.exit_code or 0
        run.state = Run.State.FAILED if run.exit_code else Run.State.FINISHED
        run.finished_at = run.heartbeat_at
        changed += ["exit_code", "state", "finished_at"]
    run.save(update_fields=changed)
    return run


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
