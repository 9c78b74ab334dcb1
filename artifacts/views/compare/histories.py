"""What the runs of several versions logged over time: one metric of each, over each other."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from artifacts.formats.run_history import how_often, numbers_among
from artifacts.models import Membership, Run
from artifacts.services.paths.pointers import Deletion, deletions_of_runs
from artifacts.services.reach.memberships import reach_membership_by_full_name
from artifacts.services.runs.curves import read_curves, read_numbers
from artifacts.views.run.history_values import STEP, history_listing, history_rows, value_text
from registry_site.accounts.models import User
from registry_site.accounts.views.exports import exported
from registry_site.charts.lines import MOST_SERIES, LineChart, Series, lines_chart
from registry_site.errors import DomainError, Gone, Invalid
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, Table, files_of, render_page
from registry_site.queries.natural_order import natural_key

MOST_KEYS = 200  # that are offered
PAGE_ROWS = 100  # steps in one page of the numbers


@require_safe
def histories(request: HtmxRequest) -> HttpResponse:
    context: dict[str, Any] = {"versions": request.GET.getlist("version")}
    status = 200
    try:
        memberships = _memberships(request.user, request.GET)
    except DomainError as refusal:
        memberships, status, context["refusal"] = {}, refusal.status, refusal.message
        context["deletion"] = refusal.deletion if isinstance(refusal, Gone) else None
    runs = _by_run(memberships)
    keys = _common_keys(list(runs))
    key = request.GET.get("key", "") or next(iter(keys), "")
    is_drawn = bool(runs and key)
    context |= {
        "keys": keys[:MOST_KEYS],
        "key_count": len(keys),
        "key": key,
        "without_run": _without_run(request.user, memberships),
        "chart": _chart(request.GET, runs, key) if is_drawn else None,
        "table": _table(request.GET, runs, key) if is_drawn and "numbers" in request.GET else None,
    }
    return render_page(request, "artifacts/compare/histories.html", context, status=status)


@exported
def histories_export(request: HtmxRequest) -> Listing:
    runs = _by_run(_memberships(request.user, request.GET))
    key = request.GET.get("key", "") or next(iter(_common_keys(list(runs))), "")
    rows = (
        [";".join(membership.full_name for membership in memberships), run.path, *row]
        for run, memberships in runs.items()
        if key
        for row in history_rows(run, [key])
    )
    columns = ["version", "run", STEP]
    value = key if key and key not in columns else "value"
    return history_listing(reverse("artifacts:histories"), [*columns, value], rows)


def _memberships(user: User, query: QueryDict) -> dict[Membership, Run | None]:
    """Return the versions in the address, each with its run, None where that may not be seen."""
    names = list(dict.fromkeys(filter(None, map(str.strip, query.getlist("version")))))
    if len(names) > MOST_SERIES:
        raise Invalid(
            _("{most} versions can be drawn, and {count} were chosen. Choose fewer.").format(
                most=MOST_SERIES, count=len(names)
            )
        )
    memberships = [reach_membership_by_full_name(by=user, full_name=name) for name in names]
    runs = (
        Run.objects.visible_to(user)
        .for_path()
        .in_bulk({p.version.run_id for p in memberships} - {None})
    )
    return {membership: runs.get(membership.version.run_id) for membership in memberships}


def _without_run(
    user: User, memberships: dict[Membership, Run | None]
) -> list[tuple[Membership, Deletion | None]]:
    """Return the visible versions without a run, and the deletion of those runs."""
    without = [membership for membership, run in memberships.items() if run is None]
    deleted = deletions_of_runs(user, filter(None, (each.version.run_id for each in without)))
    return [(membership, deleted.get(membership.version.run_id or 0)) for membership in without]


def _by_run(memberships: dict[Membership, Run | None]) -> dict[Run, list[Membership]]:
    """Return the versions of each run: one that logged several is drawn once."""
    runs: dict[Run, list[Membership]] = {}
    for membership, run in memberships.items():
        if run is not None:
            runs.setdefault(run, []).append(membership)
    return runs


def _common_keys(runs: Sequence[Run]) -> list[str]:
    """Return the keys that most of the runs have, those that were logged most often first."""
    counts = Counter(key for run in runs for key in numbers_among(run.history_keys))
    often = {key: sum(how_often(run.history_keys, key) for run in runs) for key in counts}
    return sorted(counts, key=lambda key: (-counts[key], -often[key], natural_key(key)))


def _chart(query: QueryDict, runs: dict[Run, list[Membership]], key: str) -> LineChart:
    """Draw their lines over each other, each with its extremes."""
    series = [
        Series.of_curve(label, read_curves(run, [key])[key], run.get_absolute_url())
        for run, label in zip(runs, _labels(list(runs.values())), strict=True)
    ]
    url, chart_query = reverse("artifacts:histories"), _query_of(query, key)
    return lines_chart(
        series,
        title=key,
        x_label=_("Step"),
        height=320,
        files=files_of(url, chart_query),
        table_url=f"{url}?{chart_query.urlencode()}&numbers=1#numbers",
    )


def _table(query: QueryDict, runs: dict[Run, list[Membership]], key: str) -> Table:
    """Return the numbers from one step on, a row for each step that one of the runs has."""
    text = query.get("step", "")
    first = int(text) if text.removeprefix("-").isdigit() and len(text) < 19 else None
    rows: dict[int, list[str]] = {}
    for column, run in enumerate(runs):
        for step, value in read_numbers(run, key, first=first, most=PAGE_ROWS + 1):
            rows.setdefault(step, [""] * len(runs))[column] = value_text(value)
    steps = sorted(rows)
    url = f"{reverse('artifacts:histories')}?{_query_of(query, key).urlencode()}&numbers=1"
    next_step = steps[PAGE_ROWS] if len(steps) > PAGE_ROWS else None
    return Table(
        rows=[(f"{step:,}", rows[step]) for step in steps[:PAGE_ROWS]],
        total=len(steps),
        summary=_("{first} to {last}, by step").format(
            first=f"{steps[0]:,}", last=f"{steps[:PAGE_ROWS][-1]:,}"
        )
        if steps
        else _("No steps"),
        previous_url=f"{url}#numbers" if first is not None else "",
        next_url=f"{url}&step={next_step}#numbers" if next_step is not None else "",
    )


def _query_of(query: QueryDict, key: str) -> QueryDict:
    names = [("version", name) for name in query.getlist("version")]
    return QueryDict(urlencode([*names, ("key", key)]))


def _labels(groups: Sequence[Sequence[Membership]]) -> list[str]:
    """Return names of the versions of each line, in full where short names are ambiguous."""
    names = {str(membership) for memberships in groups for membership in memberships}
    is_clear = len(names) == sum(map(len, groups))
    return [
        ", ".join(
            str(membership) if is_clear else membership.full_name for membership in memberships
        )
        for memberships in groups
    ]
