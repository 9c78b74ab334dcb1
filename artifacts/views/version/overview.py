"""The tab Version, which opens like a release: what it reaches, what it is, how to get it, who
uses it. Its facts are in artifacts.views.version.tabs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from artifacts.formats.markdown import render_markdown
from artifacts.metrics import Measured, direction_of, number_of, verdict_of
from artifacts.models import ManifestEntry, Membership, Run
from artifacts.services.versions.overview import (
    TopFiles,
    base_membership,
    read_readme,
    recent_use,
    top_files,
)
from artifacts.views.compare.choice import compare_url
from artifacts.views.files.beside import FilesBeside
from artifacts.views.files.tree import Item, file_item
from artifacts.views.texts import is_long
from artifacts.views.usage.code import quick_code
from registry_site.pages import HtmxRequest
from registry_site.queries.natural_order import natural_key
from registry_site.texts.numbers import short_number

METRICS = 6


@dataclass(frozen=True)
class KeyMetric:
    """A number of the version beside that of the version it is compared with.

    `verdict` is better, worse or same; "" where the other has none, or nobody knows what is better.
    """

    name: str
    value: str
    exact: str
    base: str = ""
    change: float | None = None
    verdict: str = ""


@dataclass(frozen=True)
class About:
    """What says in many words what the version is: its README, or the card of its collection."""

    html: str
    url: str  # of all of it
    title: str
    is_readme: bool
    is_cut: bool
    is_long: bool


def overview_context(
    request: HtmxRequest, membership: Membership, *, may_open: bool
) -> dict[str, Any]:
    """Return what artifacts/version/tab_overview.html shows.

    `membership` knows its `base_alias`; files are read only for who `may_open` them.
    """
    alias = membership.base_alias
    base = base_membership(membership, alias) if alias else None
    files = top_files(membership)
    return {
        "base": base,
        "base_alias": alias,
        "compare_url": base and compare_url(_named(membership, alias), membership.full_name),
        "about": _about(membership, files, may_open),
        "top_files": [_item(membership, entry) for entry in files.rows],
        "recent_use": recent_use(by=request.user, version_id=membership.version_id),
        "quick": quick_code(membership, membership.opened_as or membership.number),
    }


def key_metrics(
    membership: Membership,
    base: Membership | None,
    runs: Mapping[int, Run],
    directions: Mapping[str, str] | None = None,
) -> list[KeyMetric]:
    """The numbers that say most: first those of which it is known what is better, and of these
    the ones that were not measured in training.

    `runs` are those that logged the two, as far as the person may see them. `directions` say of
    some numbers (`run.loss`) which is better, `min` or `max`; of the others their name does.
    """
    known = directions or {}

    def direction(name: str) -> str:
        return known.get(name) or direction_of(name)

    own, other = _measured(membership, runs), _measured(base, runs) if base else None
    names = own.names()
    of_runs = {name.partition(".")[2] for name in names if name.startswith("run.")}
    once = [name for name in names if name.startswith("run.") or name[9:] not in of_runs]
    telling = [name for name in once if direction(name) or name.startswith("run.")] or once
    # by name at last: PostgreSQL keeps no order of keys
    telling.sort(
        key=lambda name: (
            name not in known,
            not direction(name),
            "train" in name.lower(),
            natural_key(name),
        )
    )
    return [_metric(name, own, other, direction(name)) for name in telling[:METRICS]]


def _measured(membership: Membership, runs: Mapping[int, Run]) -> Measured:
    run = runs.get(membership.version.run_id or 0)
    return Measured(membership.version.metadata, run.summary if run else {})


def _metric(name: str, own: Measured, other: Measured | None, direction: str) -> KeyMetric:
    value = own.number(name)
    assert value is not None  # noqa: S101 - its names are of numbers
    shown = KeyMetric(name.partition(".")[2], short_number(value), str(own.value(name)))
    before = other.number(name) if other else None
    if before is None:
        return shown
    change, verdict = number_of(value - before), verdict_of(before, value, direction)
    return replace(shown, base=short_number(before), change=change, verdict=verdict)


def _named(membership: Membership, reference: str) -> str:
    return f"{membership.collection.target_path}:{reference}"


def _item(membership: Membership, entry: ManifestEntry) -> Item:
    return file_item(membership, membership.tab_url("files"), entry, entry.path)


def _about(membership: Membership, files: TopFiles, may_open: bool) -> About | None:
    collection = membership.collection
    readme = read_readme(files.readme) if files.readme and may_open else None
    if files.readme and readme:
        page = _item(membership, files.readme).url
        text = readme.text
        html = render_markdown(text, FilesBeside(membership, may_open))
        return About(html, page, files.readme.path, True, readme.is_cut, is_long(text))
    card = (collection.description or "").strip()
    if not card:
        return None
    url = collection.get_absolute_url()
    return About(render_markdown(card), url, collection.name, False, False, is_long(card))
