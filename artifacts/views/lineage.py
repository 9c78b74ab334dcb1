"""The tab Lineage: its address, the drawing as coordinates for an SVG, and the same as a table.

direction=both|up|down · depth=4|all · open={cluster} · out={node}   what is shown
node={node} · find={text}                                            the panel beside it
start={node}                                                         with node: the path
"""

import unicodedata
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from artifacts.lineage_layout import NODE_HEIGHT, NODE_WIDTH
from artifacts.models import Membership
from artifacts.services.lineage import DEPTHS, Edge, Key, Lineage, Node, Scope, read_lineage
from artifacts.views.lineage_details import details_of
from registry_site.pages import HtmxRequest

DEFAULT_DEPTH = 4
MOST_KEYS = 100  # opened clusters, or nodes taken out of one, in an address
_WIDTH = 20  # columns of text in a node beside its icon; a wide character takes two
_SIDES = {"both": ("up", "down"), "up": ("up",), "down": ("down",)}


@dataclass(frozen=True)
class Address:
    """The state of the tab as its query says it."""

    path: str
    query: QueryDict

    def url(self, **changes: Any) -> str:
        """The address with these values instead; None or "" takes one out."""
        query = self.query.copy()
        for name, value in changes.items():
            if value in (None, ""):
                query.pop(name, None)
            else:
                query[name] = value
        return f"{self.path}?{query.urlencode()}" if query else self.path

    def urls_of(self, lineage: Lineage) -> dict[Key, str]:
        """The addresses that open the panel of each node; "" of a hidden one."""
        before = self.url(node=None, find=None)
        before += "&" if "?" in before else "?"
        return {
            key: "" if node.is_hidden else f"{before}node={key}"
            for key, node in lineage.nodes.items()
        }

    def url_with(self, name: str, key: Key) -> str:
        """The address with one more `open` or `out`, and the panel closed."""
        query = self.query.copy()
        query.appendlist(name, key)
        for closed in ("node", "find"):
            query.pop(closed, None)
        return f"{self.path}?{query.urlencode()}"


@dataclass(frozen=True)
class Box:
    """A node where it is drawn, with its name cut to fit."""

    node: Node
    x: int
    y: int
    url: str  # opens the panel; "" of a hidden one
    is_chosen: bool
    on_path: bool

    @property
    def short_name(self) -> str:
        return _cut(self.node.name)

    @property
    def short_type(self) -> str:
        return _cut(self.node.type_name)

    @property
    def text_x(self) -> int:
        return self.x + 36

    @property
    def type_y(self) -> int:
        return self.y + 18

    @property
    def name_y(self) -> int:
        return self.y + 35

    @property
    def icon_x(self) -> int:
        return self.x + 12

    @property
    def icon_y(self) -> int:
        return self.y + 14


@dataclass(frozen=True)
class Row:
    """A node of the table, below the one through which it was found, with its other neighbours."""

    node: Node
    level: int
    relation: str
    url: str
    others: list[Node] = field(default_factory=list)


def lineage_context(request: HtmxRequest, membership: Membership) -> dict[str, Any]:
    """Return what artifacts/_version_lineage.html draws and lists."""
    query = request.GET
    address = Address(membership.tab_url("lineage"), query)
    direction = query.get("direction", "")
    direction = direction if direction in _SIDES else "both"
    depth = _depth(query.get("depth", ""))
    scope = Scope(
        sides=_SIDES[direction],  # type: ignore[arg-type]  # the words of a Side
        depth=depth,
        opened=query.getlist("open")[:MOST_KEYS],
        pulled=query.getlist("out")[:MOST_KEYS],
    )
    lineage = read_lineage(by=request.user, membership=membership, scope=scope)
    chosen = lineage.nodes.get(query.get("node", ""))
    start = lineage.nodes.get(query.get("start", ""))
    path = lineage.path(start.key, chosen.key) if start and chosen and start != chosen else []
    urls = address.urls_of(lineage)
    return {
        "lineage": _drawing(lineage, urls, chosen, path),
        "direction": direction,
        "directions": [("both", _("both ways")), ("up", _("upstream")), ("down", _("downstream"))],
        "depth": depth,
        "depths": DEPTHS,
        "kept": [
            (name, key) for name in ("open", "out") for key in query.getlist(name)[:MOST_KEYS]
        ],
        "rows": _rows(lineage, urls),
        "details": details_of(request.user, lineage, chosen, address, query.get("find", "")),
        "start": start,
        "path": [lineage.nodes[key] for key in path],
        "is_apart": bool(start and chosen and start != chosen and not path),
        "leave_path_url": address.url(start=None),
        "reset_url": address.path if scope.opened or scope.pulled else "",
    }


def _depth(text: str) -> int | None:
    """Steps from the version; None for all of them."""
    if text == "all":
        return None
    return int(text) if text in map(str, DEPTHS) else DEFAULT_DEPTH


def _drawing(
    lineage: Lineage, urls: dict[Key, str], chosen: Node | None, path: list[Key]
) -> dict[str, Any]:
    steps = set(zip(path, path[1:], strict=False))
    boxes = [
        Box(
            node, *lineage.layout.places[key],
            url=urls[key],
            is_chosen=node is chosen,
            on_path=key in path,
        )
        for key, node in lineage.nodes.items()
    ]  # fmt: skip
    kinds = [node.kind for node in lineage.nodes.values()]
    return {
        "boxes": boxes,
        "edges": [
            {"d": d, "start": start, "end": end, "on_path": {(start, end), (end, start)} & steps}
            for (start, end), d in lineage.layout.paths.items()
        ],
        "width": lineage.layout.width,
        "height": lineage.layout.height,
        "node_width": NODE_WIDTH,
        "node_height": NODE_HEIGHT,
        "is_cut": lineage.is_cut,
        "has_path": bool(path),
        "artifact_count": kinds.count("artifact"),
        "run_count": kinds.count("run"),
        "cluster_count": kinds.count("cluster"),
    }


def _rows(lineage: Lineage, urls: dict[Key, str]) -> list[Row]:
    """The nodes in the order of a tree: each below the node through which it was found."""
    came = lineage.found_from
    below: dict[Key, list[Key]] = {key: [] for key in lineage.nodes}
    for key, near in came.items():
        below[near].append(key)
    beside: dict[Key, list[Key]] = {key: [] for key in lineage.nodes}
    for edge in lineage.edges:
        for one, other in (edge, edge[::-1]):
            if other not in {one, came.get(one)} and came.get(other) != one:
                beside[one].append(other)
    after = set(lineage.edges)
    rows, stack = [], [(key, 0) for key in lineage.nodes if key not in came]
    while stack:
        key, level = stack.pop()
        node = lineage.nodes[key]
        others = [lineage.nodes[other] for other in beside[key]]
        rows.append(Row(node, level, _relation(key, came.get(key), after), urls[key], others))
        stack += [(each, level + 1) for each in reversed(below[key])]
    return rows


def _relation(key: Key, near: Key | None, edges: set[Edge]) -> str:
    """What the node has to do with the one through which it was found."""
    if near is None:
        return ""
    is_run = "run" in key.rpartition(".")[2]  # or a cluster of runs
    if (key, near) in edges:
        return _("logged it") if is_run else _("used by it")
    return _("used it") if is_run else _("logged by it")


def _cut(text: str) -> str:
    """Cut a text to the width of a node; a version keeps its number at the end."""
    if _columns(text) <= _WIDTH:
        return text
    head, colon, number = text.rpartition(":")
    tail = colon + number if head and _columns(number) < _WIDTH // 2 else ""
    head = head if tail else text
    while head and _columns(head) + _columns(tail) >= _WIDTH:
        head = head[:-1]
    return f"{head}…{tail}"


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
