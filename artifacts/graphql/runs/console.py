"""The console of a run."""

from artifacts.formats.console import read_console_line
from artifacts.models import Run, RunLine
from registry_site.graphql.binding import field
from registry_site.graphql.connections import connection, whole_list

MOST_LINES = 10_000  # of the console, in one request


@field("Run", "logLines")
def run_log_lines(run: Run, info, first=None, after=None, last=None, useImprovedPagination=None):
    """Return the `last` lines of the console, or those after a cursor."""
    lines = RunLine.objects.of_stream(run, "console")
    if last is not None:
        newest = lines.reverse()[: max(0, min(last, MOST_LINES))]
        return whole_list([_log_line(line)["node"] for line in reversed(newest)])
    page = {"first": first, "after": after, "order": ("line",), "limit": MOST_LINES}
    return connection(info.context, lines, edge=_log_line, **page)


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
