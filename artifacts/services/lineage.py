"""The connected history of a version: which runs used and made what, as far as one may see."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from artifacts.lineage_layout import Layout, lay_out
from artifacts.models import Membership, Run, RunInput, RunOutput, Version

MOST_NODES = 300

Key = tuple[str, int]  # ("version" or "run", primary key)
Edge = tuple[Key, Key]


@dataclass(frozen=True)
class Node:
    """One version or run. A hidden one lies where the viewer may not look, and has no name."""

    kind: str  # "artifact" or "run"
    name: str
    type_name: str
    url: str = ""
    is_current: bool = False
    is_hidden: bool = False


@dataclass
class Lineage:
    """Nodes by key, edges from what came first to what came of it, and where to draw them."""

    nodes: dict[Key, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    layout: Layout = field(default_factory=Layout)
    is_cut: bool = False  # more than MOST_NODES are connected


def read_lineage(*, by: Any, membership: Membership, most: int = MOST_NODES) -> Lineage:
    """Read all that is connected with the version, nearest first, by whole steps.

    Each step costs the same number of queries, however many nodes it finds. What the viewer may
    not see is one nameless node, beyond which nothing is read.
    """
    lineage = Lineage()
    current: Key = ("version", membership.version_id)
    found: dict[Key, None] = {current: None}
    edges: dict[Edge, None] = {}
    frontier = [current]
    while frontier:
        lineage.nodes |= _nodes(by, frontier, membership)
        frontier = [key for key in frontier if not lineage.nodes[key].is_hidden]
        beyond: dict[Key, None] = {}
        for start, end in _edges(frontier):
            edges[start, end] = None
            beyond |= {key: None for key in (start, end) if key not in found}
        room = most - len(found)
        lineage.is_cut = lineage.is_cut or len(beyond) > room
        frontier = list(beyond)[:room]
        found |= dict.fromkeys(frontier)
    lineage.edges = [edge for edge in edges if edge[0] in found and edge[1] in found]
    lineage.layout = lay_out(list(found), lineage.edges)
    return lineage


def _edges(frontier: list[Key]) -> list[Edge]:
    """Uses and outputs of these nodes, newest first; of committed versions only."""
    if not frontier:
        return []
    versions = [pk for kind, pk in frontier if kind == "version"]
    runs = [pk for kind, pk in frontier if kind == "run"]
    touching = Q(version__in=versions) | Q(run__in=runs)
    finished = Q(version__state=Version.State.COMMITTED, version__deleted_at=None)
    edges: list[Edge] = []
    for model, is_use in ((RunInput, True), (RunOutput, False)):
        rows = model.objects.filter(touching, finished).order_by("-pk")
        for version, run in rows.values_list("version_id", "run_id")[: 4 * MOST_NODES]:
            ends = ("version", version), ("run", run)
            edges.append(ends if is_use else (ends[1], ends[0]))
    return edges


def _nodes(by: Any, keys: list[Key], current: Membership) -> dict[Key, Node]:
    """The nodes of these keys as the viewer may see them; a version by its best address."""
    versions = [pk for kind, pk in keys if kind == "version"]
    runs = [pk for kind, pk in keys if kind == "run"]
    # numbers differ from collection to collection: where one may, one reads those of the source
    places = {current.version_id: current}
    for place in Membership.objects.visible_to(by).filter(version__in=versions).for_path():
        if place.is_source or place.version_id not in places:
            places[place.version_id] = place
    seen_runs = Run.objects.visible_to(by).filter(pk__in=runs).for_path().listed().in_bulk()
    return {
        key: _version_node(places.get(key[1]), current.version_id)
        if key[0] == "version"
        else _run_node(seen_runs.get(key[1]))
        for key in keys
    }


def _version_node(place: Membership | None, current_id: int) -> Node:
    if place is None:
        return Node("artifact", _("not visible to you"), _("artifact"), is_hidden=True)
    return Node(
        kind="artifact",
        name=str(place),
        type_name=place.collection.artifact_type.name,
        url=place.tab_url("lineage"),
        is_current=place.version_id == current_id,
    )


def _run_node(run: Run | None) -> Node:
    if run is None:
        return Node("run", _("not visible to you"), _("run"), is_hidden=True)
    return Node(
        kind="run",
        name=run.display_name,
        type_name=run.job_type or _("run"),
        url=run.get_absolute_url(),
    )
