"""What the runs of several versions logged over time: one metric of each, over each other."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from artifacts.formats.run_history import how_often, numbers_among
from artifacts.models import Membership, Run
from artifacts.services.paths.pointers import Deletion, LoggedBy, read_logged_by
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


@dataclass(frozen=True)
class HistoriesPage:
    """What histories.html shows; `refusal` is why the versions in the address can't be drawn."""

    names: list[str]  # of the versions in the address
    refusal: DomainError | None
    without_run: list[tuple[str, LoggedBy]]  # versions
    keys: list[str]
    key_count: int
    key: str  # the metric that is drawn
    chart: LineChart | None
    table: Table | None

    @property
    def deletion(self) -> Deletion | None:
        return self.refusal.deletion if isinstance(self.refusal, Gone) else None


@require_safe
def histories(request: HtmxRequest) -> HttpResponse:
    refusal = None
    try:
        memberships = _memberships(request.user, request.GET)
    except DomainError as error:
        memberships, refusal = {}, error
    page = _page(request.GET, memberships, refusal)
    status = refusal.status if refusal else 200
    return render_page(request, "artifacts/compare/histories.html", {"page": page}, status=status)


def _page(
    query: QueryDict, memberships: dict[Membership, LoggedBy], refusal: DomainError | None
) -> HistoriesPage:
    runs = _by_run(memberships)
    keys = _common_keys(list(runs))
    key = query.get("key", "") or next(iter(keys), "")
    is_drawn = bool(runs and key)
    return HistoriesPage(
        names=query.getlist("version"),
        refusal=refusal,
        without_run=[(str(each), by) for each, by in memberships.items() if not by.run],
        keys=keys[:MOST_KEYS],
        key_count=len(keys),
        key=key,
        chart=_chart(query, runs, key) if is_drawn else None,
        table=_table(query, runs, key) if is_drawn and "numbers" in query else None,
    )


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


def _memberships(user: User, query: QueryDict) -> dict[Membership, LoggedBy]:
    """Return the versions in the address, each with what the person sees of its run."""
    names = list(dict.fromkeys(filter(None, map(str.strip, query.getlist("version")))))
    if len(names) > MOST_SERIES:
        raise Invalid(
            _("{most} versions can be drawn, and {count} were chosen. Choose fewer.").format(
                most=MOST_SERIES, count=len(names)
            )
        )
    memberships = [reach_membership_by_full_name(by=user, full_name=name) for name in names]
    logged_by = read_logged_by(user, [membership.version for membership in memberships])
    return {membership: logged_by[membership.version_id] for membership in memberships}


def _by_run(memberships: dict[Membership, LoggedBy]) -> dict[Run, list[Membership]]:
    """Return the versions of each run: one that logged several is drawn once."""
    runs: dict[Run, list[Membership]] = {}
    for membership, logged_by in memberships.items():
        if logged_by.run:
            runs.setdefault(logged_by.run, []).append(membership)
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
