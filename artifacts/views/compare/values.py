"""What two versions are and what was measured of them, value by value."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from artifacts.differences.leaves import Leaf, compare_leaves
from artifacts.metrics import (
    MOST_LEAVES,
    direction_of,
    directions_chosen,
    leaves_of,
    verdict_of,
)
from artifacts.models import Membership, Run
from artifacts.services.paths.pointers import LoggedBy, read_logged_by
from artifacts.views.compare.choice import address
from artifacts.views.json_tree.json_tree import config_of
from registry_site.markup.moments import ago
from registry_site.pages import HtmxRequest
from registry_site.texts.numbers import count, filesize

MOST_SHOWN = 500  # values of one group
MOST_EQUAL = 50  # metrics that are equal, where not all values are asked for


@dataclass(frozen=True)
class Fact:
    """One fact of both versions as text; `change` is a difference in numbers, if there is one."""

    label: str
    base: str
    other: str
    change: str = ""

    @property
    def is_same(self) -> bool:
        return self.base == self.other


@dataclass(frozen=True)
class Row:
    """A value of both versions.

    `direction` is `min` or `max`, whichever is better, and `verdict` judges the change by it; both
    are "" where nobody knows. `turn_url` makes the other direction the better one.
    """

    leaf: Leaf
    direction: str = ""
    verdict: str = ""
    turn_url: str = ""


@dataclass(frozen=True)
class Group:
    """Values from one source; `notes` say what of it is not compared, and why.

    `equal` counts values that only the page at `all_url` shows.
    """

    title: str
    rows: list[Row]
    total: int
    different: int
    equal: int
    notes: list[str]


@dataclass(frozen=True)
class ComparedValues:
    """What artifacts/compare/_values.html shows."""

    facts: Sequence[Fact]
    groups: Sequence[Group]
    shows_all: bool  # whether values that are the same are shown, too
    differing_url: str
    all_url: str


def compared_values(request: HtmxRequest, base: Membership, other: Membership) -> ComparedValues:
    """Return the facts, and the values of metadata and runs: those that differ, or all of them.

    Metrics are shown also where they are equal. `?best=run.loss:min` says which value is better,
    as it does above a table of versions; else the name of the metric does.
    """
    logged_by = read_logged_by(request.user, [base.version, other.version])
    runs = [logged_by[membership.version_id].run for membership in (base, other)]
    metadata = [membership.version.metadata for membership in (base, other)]
    summary = [run.summary if run else {} for run in runs]
    config = [config_of(run.config) if run else {} for run in runs]
    without_run = _without_run({each: logged_by[each.version_id] for each in (base, other)})
    return ComparedValues(
        facts=_facts(base, other, runs),
        groups=[
            _group(request, _("Metadata"), metadata, "metadata"),
            _group(request, _("Metrics of the runs"), summary, "run", without_run),
            _group(request, _("Config of the runs"), config, "", without_run),
        ],
        shows_all=request.GET.get("values") == "all",
        differing_url=address(request, values=""),
        all_url=address(request, values="all"),
    )


def _group(
    request: HtmxRequest, title: str, values: list[Any], source: str, hidden: Sequence[str] = ()
) -> Group:
    """Return the values of one source.

    `source` is the prefix of its numbers' names, "" where no value is better than another.
    """
    base, other = map(leaves_of, values)
    leaves = compare_leaves(base, other)
    different = sum(leaf.state != "same" for leaf in leaves)
    most = different + (MOST_EQUAL if source == "run" else 0)
    first_leaves = leaves if request.GET.get("values") == "all" else leaves[:most]
    notes = list(hidden)
    if MOST_LEAVES in {len(base), len(other)}:
        text = _("Of each version the first {count} values are compared.")
        notes.append(text.format(count=f"{MOST_LEAVES:,}"))
    if len(first_leaves) > MOST_SHOWN:
        text = _("{shown} of {count} values are shown.")
        notes.append(text.format(shown=MOST_SHOWN, count=f"{len(first_leaves):,}"))
    rows = [_row(request, leaf, source) for leaf in first_leaves[:MOST_SHOWN]]
    return Group(
        title, rows, len(leaves), different, len(leaves) - max(len(first_leaves), different), notes
    )


def _row(request: HtmxRequest, leaf: Leaf, source: str) -> Row:
    if leaf.change is None or not source or "[" in leaf.name:  # an item of a list is no metric
        return Row(leaf)
    chosen = request.GET.getlist("best")
    name = f"{source}.{leaf.name}"
    direction = directions_chosen(chosen).get(name) or direction_of(name)
    if not direction and source != "run":  # most numbers of the metadata are settings and counts
        return Row(leaf)
    other = "min" if direction == "max" else "max"
    rest = [each for each in chosen if each.rpartition(":")[0] != name]
    turned = address(request, best=[*rest, f"{name}:{other}"])
    return Row(leaf, direction, verdict_of(0, leaf.change, direction), turned)


def _without_run(memberships: dict[Membership, LoggedBy]) -> list[str]:
    """Return why no run can be compared: it was deleted, or the person may not see it."""
    return [
        _("The run that logged {version}, {run}, was deleted.").format(
            version=membership, run=logged_by.deletion.name
        )
        if logged_by.deletion
        else _("The run that logged {version} is in a project that you cannot open.").format(
            version=membership
        )
        for membership, logged_by in memberships.items()
        if logged_by.deletion or logged_by.is_hidden
    ]


# ------------------------------------------------------------------ facts


def _facts(base: Membership, other: Membership, runs: list[Run | None]) -> list[Fact]:
    texts: dict[str, Callable[[Membership], str]] = {
        _("Type"): lambda membership: membership.collection.artifact_type.name,
        _("Aliases"): lambda membership: ", ".join(
            sorted(each.name for each in membership.aliases.all())
        ),
        _("Digest"): lambda membership: membership.version.digest,
        _("Created by"): lambda membership: str(membership.version.created_by or ""),
    }
    created = [ago(membership.version.created_at) for membership in (base, other)]
    sizes = base.version.size, other.version.size
    files = base.version.file_count, other.version.file_count
    logged = [str(run or "") for run in runs]
    return [
        *(Fact(label, fact(base), fact(other)) for label, fact in texts.items()),
        Fact(_("Logged by"), logged[0], logged[1]),
        Fact(_("Created"), created[0], created[1]),
        Fact(_("Size"), filesize(sizes[0]), filesize(sizes[1]), signed(*sizes, filesize)),
        Fact(_("Files"), count(files[0]), count(files[1]), signed(*files, count)),
    ]


def signed(base: int, other: int, text_of: Callable[[int], str]) -> str:
    """Return what was added or taken away with its sign, "" where nothing was."""
    return f"{'+' if other > base else '−'}{text_of(abs(other - base))}" if base != other else ""
