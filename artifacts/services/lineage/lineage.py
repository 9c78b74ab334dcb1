"""The lineage of a version: the runs and versions it came from, and those that came from it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from zlib import crc32

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.models import Membership
from artifacts.services.lineage.edges import Edges, Side
from artifacts.services.lineage.nodes import Key, Node, opaque_key, read_nodes
from registry_site.accounts.models import User

MOST_NODES = 1_000
MOST_STEPS = 100  # on either side; each costs queries
CLUSTER = 5  # this many siblings become one node
DEPTHS = (2, 4, 8)  # steps from the version; a run is one, and what it made is another

Edge = tuple[Key, Key]


@dataclass(frozen=True)
class Scope:
    """The part of a lineage to read; `depth` is in steps, None for all.

    `opened` has keys of clusters whose members are shown, or beginnings of such keys, as
    "version-12.down.run"; `pulled` has keys of members that are shown beside their cluster.
    """

    sides: Collection[Side] = ("up", "down")
    depth: int | None = None
    opened: Collection[Key] = ()
    pulled: Collection[Key] = ()


@dataclass
class Lineage:
    """Nodes by key, and edges from each node to those that came from it.

    `found_from` has, by key, the neighbour through which a node was reached first; the version
    itself has none.
    """

    nodes: dict[Key, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    found_from: dict[Key, Key] = field(default_factory=dict)
    is_cut: bool = False  # not all of it was read

    def path(self, start: Key, end: Key) -> list[Key]:
        """Return the shortest path between two nodes: along the edges, or else in any direction."""
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
    *, by: User, membership: Membership, scope: Scope | None = None, most: int = MOST_NODES
) -> Lineage:
    """Return the lineage of the version on both sides, nearest first, by whole steps.

    The queries of a step don't grow with its nodes. A deleted node is marked so. A node that the
    viewer may not see has no name; it leads in one step to the next visible nodes, and the hidden
    nodes in between are left out.
    """
    walk = _Walk(by, membership, scope or Scope(), most)
    for side in walk.scope.sides:
        walk.go(side)
    lineage, nodes = walk.lineage, walk.nodes()
    keys = {key: node.key for key, node in nodes.items()}  # hidden nodes have placeholders
    lineage.nodes = {node.key: node for node in nodes.values()}
    lineage.edges = [
        (keys[first], keys[second])
        for first, second in walk.edges
        if {first, second} <= keys.keys()
    ]
    lineage.found_from = {keys[key]: keys[near] for key, near in lineage.found_from.items()}
    return lineage


class _Walk:
    """One reading of a lineage: the nodes reached so far, and the cluster of each member."""

    def __init__(self, by: User, membership: Membership, scope: Scope, most: int) -> None:
        self.by, self.membership, self.scope, self.most = by, membership, scope, most
        self.start = f"version-{membership.version_id}"
        self.lineage = Lineage()
        self.node_of: dict[Key, Node | None] = {self.start: None}  # None: still to be read
        self.opened, self.pulled = set(self.scope.opened), set(self.scope.pulled)
        self.edges: dict[Edge, None] = {}
        self.cluster_of: dict[Key, Key] = {}
        self.reader = Edges(by)

    def go(self, side: Side) -> None:
        """Read one side, step by step."""
        frontier, walked = [self.start], {self.start}
        for _step in range(self.scope.depth or MOST_STEPS):
            near_of: dict[Key, Key] = {}
            hidden: list[Key] = []  # hidden members of clusters, through which the walk leads on
            for near, kind, far in self.reader.step(frontier, side):
                stand_in = self.cluster_of.get(near, near)
                near_of |= dict.fromkeys(self._take(stand_in, kind, far, side), stand_in)
                hidden += [
                    key for key in far if key in self.cluster_of and self.reader.is_hidden(key)
                ]
            self._add(near_of)
            added = [key for key in near_of if key in self.node_of]
            frontier = [key for key in dict.fromkeys([*added, *hidden]) if key not in walked]
            walked.update(frontier)
            if not frontier:
                break
        else:
            self.lineage.is_cut = self.lineage.is_cut or self.scope.depth is None
        self.lineage.is_cut = self.lineage.is_cut or self.reader.is_cut

    def nodes(self) -> dict[Key, Node]:
        """Return the nodes in the order in which they were reached, with names and addresses."""
        read = read_nodes(
            self.by, [key for key, node in self.node_of.items() if not node], self.membership
        )
        for key in self.reader.chains & read.keys():
            read[key] = replace(read[key], kind="steps", type_name=_("runs and artifacts"))
        return {key: node or read[key] for key, node in self.node_of.items()}

    def _take(self, near: Key, kind: str, far: list[Key], side: Side) -> list[Key]:
        """Add the edges to these neighbours; return the neighbours that are in no cluster."""
        # hidden nodes have other keys on the page
        near_key = opaque_key(near) if self.reader.is_hidden(near) else near
        siblings = f"{near_key}.{side}.{kind}"
        new = [
            key
            for key in far
            if key not in self.node_of and key not in self.cluster_of and key not in self.pulled
        ]
        for name, members in self._groups(new):
            cluster = f"{siblings}.{name}"
            if not {cluster, siblings} & self.opened:
                self.cluster_of |= dict.fromkeys(members, cluster)
                self.node_of[cluster] = self._cluster_node(cluster, kind, members)
                self.lineage.found_from[cluster] = near
        for key in far:
            stand_in = self.cluster_of.get(key, key)
            self.edges[(stand_in, near) if side == "up" else (near, stand_in)] = None
        return [key for key in far if key not in self.cluster_of]

    def _groups(self, siblings: list[Key]) -> Iterable[tuple[str, list[Key]]]:
        """Yield clusters: the siblings of each type if they are enough, then the rest if enough.

        Live, deleted and hidden siblings are never in one cluster.
        """
        by_type: dict[tuple[str, str | None], list[Key]] = defaultdict(list)
        for key in siblings:
            mark = "deleted-" if key in self.reader.deleted else ""
            by_type[mark, self.reader.type_of[key]].append(key)
        rest: dict[str, list[Key]] = defaultdict(list)
        for (mark, type_name), members in by_type.items():
            if type_name is None:
                if len(members) >= CLUSTER:
                    yield "hidden", members
            elif len(members) < CLUSTER:
                rest[mark] += members
            else:
                yield f"{mark}{crc32(type_name.encode()):08x}", members
        for mark, members in rest.items():
            if len(members) >= CLUSTER:
                yield f"{mark}others", members

    def _cluster_node(self, key: Key, kind: str, members: list[Key]) -> Node:
        count = len(members)
        if kind == "run":
            name = ngettext("{count} run", "{count} runs", count)
        else:
            name = ngettext("{count} artifact", "{count} artifacts", count)
        types = dict.fromkeys(self.reader.type_of[member] for member in members)
        return Node(
            key=key,
            kind="run" if kind == "run" else "artifact",
            name=name.format(count=f"{count:,}"),
            type_name=", ".join(
                _("not visible to you") if type_name is None else type_name or _("run")
                for type_name in types
            ),
            members=tuple(members),
            holds_hidden=self.reader.type_of[members[0]] is None,
            is_deleted=members[0] in self.reader.deleted,
        )

    def _add(self, near_of: Mapping[Key, Key]) -> None:
        """Add the new nodes, as many as there is room for; `near_of` has how each was reached."""
        new = [key for key in near_of if key not in self.node_of]
        room = max(self.most - len(self.node_of), 0)
        self.lineage.is_cut = self.lineage.is_cut or len(new) > room
        self.node_of |= dict.fromkeys(new[:room])
        self.lineage.found_from |= {key: near_of[key] for key in new[:room]}


def _way(following: Mapping[Key, list[Key]], start: Key, end: Key) -> list[Key]:
    """Return the nodes of the shortest path, both ends included; [] where there is none."""
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
