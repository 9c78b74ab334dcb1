"""The history of a version: which runs and versions it came from, and what came of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.lineage_layout import Layout, lay_out
from artifacts.models import Membership, Run, RunInput, RunOutput, Version

MOST_NODES = 1_000
MOST_STEPS = 100  # to either side: each costs queries of its own
CLUSTER = 5  # so many siblings become one node
DEPTHS = (2, 4, 8)  # steps from the version; a run is one, and what it made is another
_MOST_EDGES = 20_000  # read in one step

Side = Literal["up", "down"]
Key = str  # "version-12", "run-7", or of a cluster "version-12.down.run"
Edge = tuple[Key, Key]


@dataclass(frozen=True)
class Scope:
    """How much of the history is wanted; `depth` None is all of it.

    `opened` clusters show their members, `pulled` members stand beside their cluster.
    """

    sides: Collection[Side] = ("up", "down")
    depth: int | None = None
    opened: Collection[Key] = ()
    pulled: Collection[Key] = ()


@dataclass(frozen=True)
class Node:
    """One version, run or cluster. A hidden one lies where the viewer may not look: no name."""

    key: Key
    kind: str  # "artifact", "run" or "cluster"
    name: str
    type_name: str
    url: str = ""
    is_current: bool = False
    is_hidden: bool = False
    members: tuple[Key, ...] = ()  # of a cluster


@dataclass
class Lineage:
    """Nodes by key, edges from what came first to what came of it, and where to draw them.

    `found_from` names the neighbour through which a node was found; of the version itself none.
    """

    nodes: dict[Key, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    found_from: dict[Key, Key] = field(default_factory=dict)
    layout: Layout = field(default_factory=Layout)
    is_cut: bool = False  # there is more than was read

    def path(self, start: Key, end: Key) -> list[Key]:
        """The shortest way between two nodes: along the edges if there is one, else across."""
        onwards: dict[Key, list[Key]] = defaultdict(list)
        across: dict[Key, list[Key]] = defaultdict(list)
        for first, second in self.edges:
            onwards[first].append(second)
            across[first].append(second)
            across[second].append(first)
        return (
            _way(onwards, start, end) or _way(onwards, end, start)[::-1] or _way(across, start, end)
        )


def read_lineage(
    *, by: Any, membership: Membership, scope: Scope | None = None, most: int = MOST_NODES
) -> Lineage:
    """Read what the version came from and what came of it, nearest first, by whole steps.

    Each step costs the same number of queries, however many nodes it finds. What the viewer may
    not see is a node without a name, beyond which nothing is read.
    """
    walk = _Walk(by, membership, scope or Scope(), most)
    for side in walk.scope.sides:
        walk.go(side)
    lineage = walk.lineage
    lineage.edges = [edge for edge in walk.edges if set(edge) <= lineage.nodes.keys()]
    lineage.layout = lay_out(list(lineage.nodes), lineage.edges)
    return lineage


def find_members(*, by: Any, node: Node, text: str, most: int) -> tuple[list[Node], int]:
    """Return the first members of a cluster with this text in their name, and how many have it.

    Members that the viewer may not see are counted where no text is asked for, and never named.
    """
    runs = Run.objects.visible_to(by).filter(pk__in=_pks(node.members, "run"))
    sources = Membership.objects.visible_to(by).filter(
        version__in=_pks(node.members, "version"), collection=F("version__sequence")
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


class _Walk:
    """One reading: what was found so far, and which members stand in which cluster."""

    def __init__(self, by: Any, membership: Membership, scope: Scope, most: int) -> None:
        self.by, self.membership, self.scope, self.most = by, membership, scope, most
        self.start = f"version-{membership.version_id}"
        self.lineage = Lineage(nodes=_nodes(by, [self.start], membership))
        self.edges: dict[Edge, None] = {}
        self.cluster_of: dict[Key, Key] = {}

    def go(self, side: Side) -> None:
        """Read one side, step by step."""
        frontier, walked = [self.start], {self.start}
        for _step in range(self.scope.depth or MOST_STEPS):
            found: dict[Key, Key] = {}
            for near, kind, far in self._neighbours(frontier, side):
                found |= dict.fromkeys(self._take(near, kind, far, side), near)
            self._add(found)
            nodes = self.lineage.nodes
            frontier = [
                key for key in found
                if key in nodes and key not in walked and not nodes[key].is_hidden
            ]  # fmt: skip
            walked.update(frontier)
            if not frontier:
                return
        self.lineage.is_cut = self.lineage.is_cut or self.scope.depth is None

    def _neighbours(
        self, frontier: Iterable[Key], side: Side
    ) -> Iterable[tuple[Key, str, list[Key]]]:
        """Each node with what it came from (up) or what came of it (down), newest first."""
        versions, runs = _pks(frontier, "version"), _pks(frontier, "run")
        logged, used = (RunOutput, RunInput) if side == "up" else (RunInput, RunOutput)
        found: dict[tuple[Key, str], list[Key]] = defaultdict(list)
        finished = {"version__state": Version.State.COMMITTED, "version__deleted_at": None}
        for model, own, pks in ((logged, "version", versions), (used, "run", runs)):
            if pks:
                rows = model.objects.filter(**finished, **{f"{own}__in": pks}).order_by("-pk")
                other = "run" if own == "version" else "version"
                # one more than is kept tells that there is more
                pairs = list(rows.values_list(f"{own}_id", f"{other}_id")[: _MOST_EDGES + 1])
                self.lineage.is_cut = self.lineage.is_cut or len(pairs) > _MOST_EDGES
                for near, far in pairs[:_MOST_EDGES]:
                    found[f"{own}-{near}", other].append(f"{other}-{far}")
        for (key, kind), far in found.items():
            yield key, kind, far

    def _take(self, near: Key, kind: str, far: list[Key], side: Side) -> list[Key]:
        """Note the edges to these neighbours; return those that stand for themselves."""
        cluster = f"{near}.{side}.{kind}"
        alone = {*self.scope.pulled, *self.lineage.nodes, *self.cluster_of}
        members = [key for key in far if key not in alone]
        if len(members) >= CLUSTER and cluster not in self.scope.opened:
            self.cluster_of |= dict.fromkeys(members, cluster)
            self.lineage.nodes[cluster] = _cluster_node(cluster, kind, members)
            self.lineage.found_from[cluster] = near
        for key in far:
            shown = self.cluster_of.get(key, key)
            self.edges[(shown, near) if side == "up" else (near, shown)] = None
        return [key for key in far if key not in self.cluster_of]

    def _add(self, found: Mapping[Key, Key]) -> None:
        """Read the nodes that are new, as far as there is room for them."""
        new = [key for key in found if key not in self.lineage.nodes]
        room = max(self.most - len(self.lineage.nodes), 0)
        self.lineage.is_cut = self.lineage.is_cut or len(new) > room
        self.lineage.nodes |= _nodes(self.by, new[:room], self.membership)
        self.lineage.found_from |= {key: found[key] for key in new[:room]}


def _pks(keys: Iterable[Key], kind: str) -> list[int]:
    return [int(key.partition("-")[2]) for key in keys if key.startswith(f"{kind}-")]


def _nodes(by: Any, keys: Collection[Key], current: Membership) -> dict[Key, Node]:
    """The nodes of these keys as the viewer may see them; a version by its best address."""
    # numbers differ from collection to collection: where one may, one reads those of the source
    places = {current.version_id: current}
    versions, runs = _pks(keys, "version"), _pks(keys, "run")
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


def _cluster_node(key: Key, kind: str, members: list[Key]) -> Node:
    count = len(members)
    if kind == "run":
        name = ngettext("{count} run", "{count} runs", count)
    else:
        name = ngettext("{count} artifact", "{count} artifacts", count)
    name = name.format(count=f"{count:,}")
    return Node(key, "cluster", name, _("cluster"), members=tuple(members))


def _way(following: Mapping[Key, list[Key]], start: Key, end: Key) -> list[Key]:
    """The nodes of the shortest way, both ends included; [] where there is none."""
    came: dict[Key, Key] = {start: start}
    queue = [start]
    for node in queue:
        if node == end:
            way = [end]
            while way[-1] != start:
                way.append(came[way[-1]])
            return way[::-1]
        for after in following.get(node, ()):
            if after not in came:
                came[after] = node
                queue.append(after)
    return []
