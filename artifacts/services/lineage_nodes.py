"""The nodes of a lineage: versions and runs as a viewer may see them, and what a cluster holds."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from artifacts.models import Membership, Run

Key = str  # "version-12", "run-7", or of a cluster "version-12.down.run.9b2f01c4"


@dataclass(frozen=True)
class Node:
    """One version, run or cluster. A hidden one lies where the viewer may not look: no name."""

    key: Key
    kind: str  # "artifact" or "run"
    name: str
    type_name: str
    url: str = ""
    is_current: bool = False
    is_hidden: bool = False
    members: tuple[Key, ...] = ()  # of a cluster

    @property
    def is_cluster(self) -> bool:
        return bool(self.members)


def pks_of(keys: Iterable[Key], kind: str) -> list[int]:
    return [int(key.partition("-")[2]) for key in keys if key.startswith(f"{kind}-")]


def read_nodes(by: Any, keys: Collection[Key], current: Membership) -> dict[Key, Node]:
    """The nodes of these keys as the viewer may see them; a version by its best address."""
    # numbers differ from collection to collection: where one may, one reads those of the source
    places = {current.version_id: current}
    versions, runs = pks_of(keys, "version"), pks_of(keys, "run")
    if versions:
        for place in Membership.objects.visible_to(by).filter(version__in=versions).for_path():
            if place.is_source or place.version_id not in places:
                places[place.version_id] = place
    seen_runs: Mapping[int, Run] = {}
    if runs:
        seen_runs = Run.objects.visible_to(by).filter(pk__in=runs).for_path().listed().in_bulk()
    return {
        **{f"version-{pk}": _version_node(pk, places.get(pk), current) for pk in versions},
        **{f"run-{pk}": _run_node(pk, seen_runs.get(pk)) for pk in runs},
    }


def _version_node(pk: int, place: Membership | None, current: Membership) -> Node:
    if place is None:
        return Node(
            f"version-{pk}", "artifact", _("not visible to you"), _("artifact"), is_hidden=True
        )
    return Node(
        key=f"version-{pk}",
        kind="artifact",
        name=str(place),
        type_name=place.collection.artifact_type.name,
        url=place.tab_url("lineage"),
        is_current=pk == current.version_id,
    )


def _run_node(pk: int, run: Run | None) -> Node:
    if run is None:
        return Node(f"run-{pk}", "run", _("not visible to you"), _("run"), is_hidden=True)
    return Node(
        key=f"run-{pk}",
        kind="run",
        name=run.display_name,
        type_name=run.job_type or _("run"),
        url=run.get_absolute_url(),
    )


def find_members(*, by: Any, node: Node, text: str, most: int) -> tuple[list[Node], int]:
    """Return the first members of a cluster with this text in their name, and how many have it.

    Members that the viewer may not see are counted where no text is asked for, and never named.
    """
    runs = Run.objects.visible_to(by).filter(pk__in=pks_of(node.members, "run"))
    sources = Membership.objects.visible_to(by).filter(
        version__in=pks_of(node.members, "version"), collection=F("version__sequence")
    )
    if text:
        runs = runs.filter(Q(display_name__icontains=text) | Q(name__icontains=text))
        sources = sources.filter(_named(text))
    found = [_run_node(run.pk, run) for run in runs.for_path().listed().order_by("-pk")[:most]]
    found += [
        _version_node(place.version_id, place, place)
        for place in sources.for_path().order_by("-pk")[:most]
    ]
    return found[:most], runs.count() + sources.count() if text else len(node.members)


def _named(text: str) -> Q:
    """Places whose collection or number has this text: `iris`, `v3` or `iris-model:v3`."""
    name, colon, number = text.rpartition(":") if ":" in text else (text, "", "")
    condition = Q(collection__name__icontains=name)
    if number[1:].isdecimal() and len(number) < 10:
        return condition & Q(index=int(number[1:]))
    if not colon and text[:1] == "v" and text[1:].isdecimal() and len(text) < 10:
        condition |= Q(index=int(text[1:]))
    return condition
