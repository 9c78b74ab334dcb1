"""The runs of a project as a list: on a page, and in a file with config and summary by leaf."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from artifacts.metrics import leaves_of
from artifacts.models import Project, Run
from artifacts.querysets.runs import RunQuerySet
from artifacts.reads.table_text import runs_showing
from artifacts.views.json_tree.json_tree import config_of, without_internals
from registry_site.http.exports import Columns, Listing, all_rows
from registry_site.queries.natural_order import natural_key

MOST_COLUMNS = 1_000  # of leaves; spreadsheets take 16,384, and nobody reads more

RUN_COLUMNS = {
    "run": lambda run: run.name,
    "full_name": lambda run: run.path,
    "name": lambda run: run.display_name,
    "state": lambda run: run.state_now,
    "job_type": lambda run: run.job_type,
    "group": lambda run: run.group,
    "tags": lambda run: run.tags,
    "by": lambda run: run.user and run.user.username,
    "host": lambda run: run.host,
    "commit": lambda run: run.commit,
    "program": lambda run: run.program,
    "exit_code": lambda run: run.exit_code,
    "created_at": lambda run: run.created_at,
    "heartbeat_at": lambda run: run.heartbeat_at,
    "finished_at": lambda run: run.finished_at,
}
RUN_OBJECTS = {
    "config": lambda run: config_of(run.config),
    "summary": lambda run: without_internals(run.summary),
}


@dataclass(frozen=True)
class FlatRun:
    """A run in a file, with the values of its config and summary that fit a cell."""

    run: Run
    leaves: dict[str, Any]  # by names such as `config.lr`

    def get_absolute_url(self) -> str:
        return self.run.get_absolute_url()


def runs_file(project: Project, query: QueryDict) -> Listing:
    """Return the runs of `runs_listing`, each as a FlatRun, with the columns of a file."""
    listing = runs_listing(project, query)
    return replace(
        listing,
        rows=listing.rows.defer(None),  # with the columns that no list shows
        columns=_of_run(RUN_COLUMNS),
        objects=_of_run(RUN_OBJECTS),
        complete=_flatten,
        cells=lambda: _flat_columns(listing),
        chunk=100,
    )


def _of_run(columns: Columns) -> Columns:
    """Return columns of a FlatRun, read as those of its run."""

    def reader(read: Callable[[Run], Any]) -> Callable[[FlatRun], Any]:
        return lambda row: read(row.run)

    return {name: reader(read) for name, read in columns.items()}


def _flatten(runs: list[Run]) -> list[FlatRun]:
    return [
        FlatRun(run, _leaves("config", config_of(run.config)) | _leaves("summary", run.summary))
        for run in runs
    ]


def _flat_columns(runs: Listing) -> Columns:
    """Return a column for each leaf of any run; the runs are read once before, to find them."""
    rows = runs.rows.select_related(None).defer(None).only("created_at", "config", "summary")
    names: set[str] = set()
    for row in all_rows(replace(runs, rows=rows, complete=_flatten, chunk=100)):
        names |= row.leaves.keys()
        if len(names) > MOST_COLUMNS:
            break
    return {name: _reader(name) for name in sorted(names, key=natural_key)[:MOST_COLUMNS]}


def _leaves(kind: str, value: dict[str, Any]) -> dict[str, Any]:
    leaves = leaves_of(value).items()
    return {f"{kind}.{name}": leaf for name, leaf in leaves if not isinstance(leaf, list | dict)}


def _reader(name: str) -> Callable[[FlatRun], Any]:
    return lambda row: row.leaves.get(name)


def runs_listing(project: Project, query: QueryDict) -> Listing:
    """Return the project's runs that fit the query."""
    runs = runs_fitting(Run.objects.filter(project=project), query)
    return Listing(
        url=f"{project.get_absolute_url()}/-/runs",
        rows=runs.listed().select_related("user__entity", "project__entity"),
        order=("-created_at", "-pk"),
        columns=RUN_COLUMNS,
        objects=RUN_OBJECTS,
    )


def runs_fitting(runs: RunQuerySet, query: Any) -> RunQuerySet:
    """Return runs that show the text `q` in their row and are in the state `state`."""
    if text := query.get("q", "").strip():
        runs = runs.filter(runs_showing(text))
    if query.get("state") in Run.State.values:
        runs = runs.with_state_now().filter(state_now=query["state"])
    return runs
