"""What a run streamed and saved, as the SDK reads it back: history, console, files."""

import mimetypes
import re

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from artifacts.formats.console import read_console_line
from artifacts.formats.file_names import kept_names
from artifacts.models import Blob, Run, RunFile, RunLine
from artifacts.querysets.runs import ALL_STEPS, Steps
from artifacts.signing import download_path, no_download_path
from registry_site.accounts.permissions import Action, can
from registry_site.errors import Invalid
from registry_site.filters.patterns import read_pattern
from registry_site.filters.truth import Unfit
from registry_site.graphql.binding import Context, field
from registry_site.graphql.connections import connection, whole_list
from registry_site.texts.ids import encode_id

SAMPLES, MOST_SAMPLES = 500, 10_000  # rows of a sample
MOST_STEPS = 100_000  # of a page of the history, which leaves no row out
MOST_SPECS, MOST_KEYS = 20, 1000  # of one request, of one spec
MOST_LINES = 10_000  # of the console, in one request


@field("Run", "historyKeys")
def run_history_keys(run: Run, info):
    """Which metrics there are, and the last step; -1 before the first."""
    step = -1 if run.last_step is None else run.last_step
    return {"lastStep": step, "keys": run.history_keys, "sets": []}


@field("Run", "history")
def run_history(run: Run, info, minStep=None, maxStep=None, samples=None):
    steps = Steps(minStep, None if maxStep is None else maxStep - 1)
    return RunLine.objects.sample(run, "history", _most(samples, steps), steps)


@field("Run", "events")
def run_events(run: Run, info, samples=None):
    return RunLine.objects.sample(run, "events", _most(samples, ALL_STEPS))


@field("Run", "sampledHistory")
def run_sampled_history(run: Run, info, specs):
    if len(specs) > MOST_SPECS:
        raise Invalid(_("One request has {n} specs at most.").format(n=MOST_SPECS))
    return [_sampled(run, spec) for spec in specs]


def _sampled(run: Run, spec) -> list:
    """wandb 0.31 names a key twice where the caller names the step as well."""
    keys = spec.get("keys") if isinstance(spec, dict) else None
    numbers = [spec.get(name) for name in ("minStep", "maxStep", "samples")] if keys else []
    if (
        not isinstance(keys, list)
        or len(keys) > MOST_KEYS
        or not all(isinstance(key, str) for key in keys)
        or not all(number is None or type(number) is int for number in numbers)
    ):
        raise Invalid(
            _("A spec is an object with up to {n} `keys` and the numbers {names}.").format(
                n=MOST_KEYS, names="`minStep`, `maxStep`, `samples`"
            )
        )
    steps = Steps(*numbers[:2])
    names = list(dict.fromkeys(keys))
    return RunLine.objects.sample_with(run, names, _most(numbers[2], steps), steps)


def _most(samples: int | None, steps: Steps) -> int:
    """How many rows to give: all of a page, which asks for as many as it has steps."""
    wanted = SAMPLES if samples is None else samples
    if wanted < 0:
        raise Invalid(_("`samples` is 0 or more, not {n}.").format(n=wanted))
    if steps.first is None or steps.last is None or wanted < steps.last - steps.first:
        return min(wanted, MOST_SAMPLES)
    if wanted > MOST_STEPS:
        raise Invalid(
            _("A page of the history has {limit} steps at most; {n} were asked for.").format(
                limit=MOST_STEPS, n=wanted
            )
        )
    return MOST_STEPS


@field("Run", "parquetHistory")
def run_parquet_history(run: Run, info, liveKeys):
    """No step lies in a bucket: all are live. wandb 0.27 reads none from before the first live."""
    return {"parquetUrls": [], "liveData": [{"_step": 0}] if run.history_lines else []}


@field("Run", "logLines")
def run_log_lines(run: Run, info, first=None, after=None, last=None, useImprovedPagination=None):
    """The console: the `last` lines, or those after a cursor."""
    lines = RunLine.objects.of_stream(run, "console")
    if last is not None:
        newest = lines.reverse()[: max(0, min(last, MOST_LINES))]
        return whole_list([_log_line(line)["node"] for line in reversed(newest)])
    return connection(
        info.context, lines, first=first, after=after, order=("line",), limit=MOST_LINES,
        edge=_log_line,
    )  # fmt: skip


def _log_line(line: RunLine) -> dict:
    read = read_console_line(line.text)
    node = {
        "number": line.line,
        "timestamp": read.at and read.at.isoformat(),
        "level": read.level,
        "label": read.label,
        "line": read.content,
    }
    return {"node": node}


@field("Run", "files")
def run_files(run: Run, info, names=None, after=None, first=None, pattern=None):
    may = can(info.context.user, Action.DOWNLOAD, run.project)
    return connection(
        info.context, _files(run, names, pattern), first=first, after=after, order=("name",),
        edge=lambda row: {"node": _file(info.context, row, row.blob, may)},
    )  # fmt: skip


@field("Run", "fileCount")
def run_file_count(run: Run, info):
    return _files(run).count()


def _files(run: Run, names=None, pattern: str | None = None) -> QuerySet:
    """Files that came; an empty list of names (wandb 0.31 sends it always) means all."""
    files = RunFile.objects.filter(run=run, blob__isnull=False).select_related("blob")
    if names:
        wanted = [name for name in names if name is not None]
        files = files.filter(name__in=kept_names(wanted, files, "name"))
    if pattern:
        files = files.filter(name__re2=_like(pattern))
    return files


def _like(pattern: str) -> str:
    """A pattern of SQL's LIKE as a regular expression."""
    parts = ({"%": ".*", "_": "."}.get(part) or re.escape(part[-1]) for part in
             re.findall(r"\\.|.", pattern, re.DOTALL))  # fmt: skip
    try:
        return read_pattern("^" + "".join(parts) + "$")
    except Unfit as error:
        raise Invalid(_("The pattern can't be used: {reason}.").format(reason=error)) from error


def _file(context: Context, row: RunFile, blob: Blob, may: bool) -> dict:
    def address() -> str:
        path = download_path(blob.sha256, row.name) if may else no_download_path(row.name)
        return context.base_url + path

    return {
        "id": encode_id("RunFile", row.pk),
        "name": row.name,
        "displayName": row.name,
        "url": address,
        "directUrl": address,
        "sizeBytes": blob.size,
        "mimetype": mimetypes.guess_type(row.name)[0],
        "updatedAt": row.updated_at,
        "digest": blob.md5,
        "md5": blob.md5,
        "uploadHeaders": [],
    }
