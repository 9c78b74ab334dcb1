"""The tab Lineage: its address, the drawing as coordinates for an SVG, and the same as a table.

direction=both|up|down · depth=4|all · open={cluster} · out={node}   what is shown
view=table                                                           how
node={node} · find={text}                                            the panel beside it
start={node}                                                         with node: the path
"""

from dataclasses import dataclass, field
from typing import Any
from unicodedata import east_asian_width

from django.http import QueryDict
from django.utils.translation import gettext as _

from artifacts.models import Membership
from artifacts.services.lineage.lineage import DEPTHS, Edge, Lineage, Scope, read_lineage
from artifacts.services.lineage.nodes import Key, Node
from artifacts.views.lineage.details import details_of
from artifacts.views.lineage.layout import NODE_HEIGHT, NODE_WIDTH, lay_out
from registry_site.pages import HtmxRequest

DEFAULT_DEPTH = 4
MOST_OTHERS = 5  # further neighbours in a row of the table
MOST_KEYS = 100  # opened clusters, or nodes taken out of one, in an address
_SOURCE_HEIGHT = 16  # of a further line, which names the source
_WIDTH = 20  # of text in a node beside its icon, in widths of a letter of a broad typeface
_SMALL_WIDTH = _WIDTH * 14 / 12  # the same in the type of that line
_WIDTHS = {
    **dict.fromkeys("ijl.,:;'|!() ", 0.6),
    **dict.fromkeys("frt-/", 0.75),
    **dict.fromkeys("cszJ", 0.95),
    **dict.fromkeys("&<>+=~_#ABCDGHKNOQRUVXYw", 1.5),
    **dict.fromkeys("mMW@%…", 1.8),
}
_SIDES = {"both": ("up", "down"), "up": ("up",), "down": ("down",)}


@dataclass(frozen=True)
class Address:
    """The state of the tab as its query says it; its addresses are relative to the page."""

    query: QueryDict

    def url(self, **changes: Any) -> str:
        """The address with these values instead; None or "" takes one out."""
        query = self.query.copy()
        for name, value in changes.items():
            if value in (None, ""):
                query.pop(name, None)
            else:
                query[name] = value
        return f"?{query.urlencode()}"

    def urls_of(self, lineage: Lineage) -> dict[Key, str]:
        """The addresses that open the panel of each node; "" of a hidden one."""
        before = self.url(node=None, find=None)
        before += "&" if before != "?" else ""
        return {
            key: "" if node.is_hidden else f"{before}node={key}#lineage-details"
            for key, node in lineage.nodes.items()
        }

    def url_with(self, name: str, key: Key) -> str:
        """The address with one more `open` or `out`, and the panel closed."""
        query = self.query.copy()
        query.appendlist(name, key)
        for closed in ("node", "find"):
            query.pop(closed, None)
        return f"?{query.urlencode()}"

    def fields_without(self, *names: str) -> list[tuple[str, str]]:
        """What a form that sends these names itself has to send with them."""
        return [
            (name, value)
            for name, values in self.query.lists()
            if name not in names
            for value in values[:MOST_KEYS]
        ]


@dataclass(frozen=True)
class Box:
    """A node as it is drawn: text only, since a template writes numbers slowly."""

    key: Key
    url: str  # opens the panel; "" of a hidden one
    classes: str
    place: str  # "280 16"
    icon: str
    height: str
    type_name: str  # cut to fit, as are the names
    name: str
    source_name: str
    title: str  # where something was cut
    is_cluster: bool
    is_current: bool
    is_hidden: bool


@dataclass(frozen=True)
class Row:
    """A node of the table, below the one through which it was found, with its other neighbours."""

    node: Node
    level: int
    relation: str
    url: str
    others: list[Node] = field(default_factory=list)
    more: int = 0  # others that only the panel names


def lineage_context(request: HtmxRequest, membership: Membership) -> dict[str, Any]:
    """Return what artifacts/version/tab_lineage.html draws and lists."""
    query = request.GET
    address = Address(query)
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
    as_table = query.get("view") == "table"
    return {
        "lineage": _summary(lineage),
        "drawing": {} if as_table else _drawing(lineage, urls, {chosen, start}, path),
        "rows": _rows(lineage, urls) if as_table else [],
        "view_urls": {"graph": address.url(view=None), "table": address.url(view="table")},
        "direction": direction,
        "directions": [("both", _("both ways")), ("up", _("upstream")), ("down", _("downstream"))],
        "depth": depth,
        "depths": DEPTHS,
        "kept": address.fields_without("direction", "depth", "find"),
        "details": details_of(request.user, lineage, chosen, address, urls, membership),
        "start": start,
        "path": [(lineage.nodes[key], urls[key]) for key in path],
        "is_apart": bool(start and chosen and start != chosen and not path),
        "leave_path_url": address.url(start=None),
        "fold_url": address.url(open=None, out=None) if scope.opened or scope.pulled else "",
    }


def _depth(text: str) -> int | None:
    """Steps from the version; None for all of them."""
    if text == "all":
        return None
    return int(text) if text in map(str, DEPTHS) else DEFAULT_DEPTH


def _summary(lineage: Lineage) -> dict[str, Any]:
    """How many there are of each; what was deleted and what is hidden is counted apart."""
    counts = dict.fromkeys(("artifact", "run", "deleted", "hidden"), 0)
    for node in lineage.nodes.values():
        is_hidden = node.is_hidden or node.holds_hidden
        kind = "hidden" if is_hidden else "deleted" if node.is_deleted else node.kind
        counts[kind] += len(node.members) or 1
    return {
        "node_count": len(lineage.nodes),
        "artifact_count": counts["artifact"],
        "run_count": counts["run"],
        "deleted_count": counts["deleted"],
        "hidden_count": counts["hidden"],
        "is_cut": lineage.is_cut,
    }


def _drawing(
    lineage: Lineage, urls: dict[Key, str], chosen: set[Node | None], path: list[Key]
) -> dict[str, Any]:
    steps = set(zip(path, path[1:], strict=False))
    heights = {
        key: NODE_HEIGHT + _SOURCE_HEIGHT for key, node in lineage.nodes.items() if node.source_name
    }
    layout = lay_out(list(lineage.nodes), lineage.edges, heights)
    return {
        "boxes": [
            _box(node, layout.places[key], urls[key], node in chosen, key in path, heights.get(key))
            for key, node in lineage.nodes.items()
        ],
        "edges": [
            (f"{start} {end}", d, bool({(start, end), (end, start)} & steps))
            for (start, end), d in layout.paths.items()
        ],
        "width": layout.width,
        "height": layout.height,
        "node_width": str(NODE_WIDTH),
        "has_path": bool(path),
    }


def _box(
    node: Node, place: tuple[int, int], url: str, is_chosen: bool, on_path: bool, height: int | None
) -> Box:
    marks = {
        "node-cluster": node.is_cluster,
        "node-current": node.is_current,
        "node-chosen": is_chosen,
        "on-trace": on_path,
        "node-deleted": node.is_deleted,
    }
    kind = _("deleted {type}").format(type=node.type_name) if node.is_deleted else node.type_name
    source = _("source {version}").format(version=node.source_name) if node.source_name else ""
    whole = kind, node.name, source
    cut = _cut(kind), _cut(node.name), _cut(source, _SMALL_WIDTH)
    return Box(
        key=node.key,
        url=url,
        classes=" ".join(["node", f"node-{node.kind}", *(mark for mark in marks if marks[mark])]),
        place=f"{place[0]} {place[1]}",
        icon="lock" if node.is_hidden else _icon(node),
        height=str(height or NODE_HEIGHT),
        type_name=cut[0],
        name=cut[1],
        source_name=cut[2],
        title=f"{kind}: {' · '.join(filter(None, whole[1:]))}" if cut != whole else "",
        is_cluster=node.is_cluster,
        is_current=node.is_current,
        is_hidden=node.is_hidden,
    )


def _icon(node: Node) -> str:
    if node.is_cluster:
        return "layers"
    if node.is_deleted:
        return "trash"
    return "run" if node.kind == "run" else "box"


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
        others = [lineage.nodes[other] for other in beside[key][:MOST_OTHERS]]
        relation = _relation(node, lineage.nodes.get(came.get(key, "")), after)
        more = len(beside[key]) - len(others)
        rows.append(Row(node, level, relation, urls[key], others, more))
        stack += [(each, level + 1) for each in reversed(below[key])]
    return rows


def _relation(node: Node, near: Node | None, edges: set[Edge]) -> str:
    """What the node has to do with the one through which it was found."""
    if near is None:
        return ""
    is_before = (node.key, near.key) in edges
    if "steps" in {node.kind, near.kind} or node.kind == near.kind:  # others lie between them
        return _("led to it") if is_before else _("came of it")
    if is_before:
        return _("logged it") if node.kind == "run" else _("used by it")
    return _("used it") if node.kind == "run" else _("logged by it")


def _cut(text: str, width: float = _WIDTH) -> str:
    """Cut a text to the width of a node; a version keeps its number at the end."""
    if 2 * len(text) <= width or _width(text) <= width:
        return text
    head, colon, number = text.rpartition(":")
    tail = colon + number if head and _width(number) < width / 2 else ""
    head = head if tail else text
    room = width - _width("…" + tail)
    kept = 0
    while (room := room - _width(head[kept])) >= 0:
        kept += 1
    return f"{head[:kept]}…{tail}"


def _width(text: str) -> float:
    return sum(
        _WIDTHS.get(sign) or (1.8 if east_asian_width(sign) in "WF" else 1.1) for sign in text
    )
