"""The lineage graph as coordinates and texts for an SVG."""

from dataclasses import dataclass
from unicodedata import east_asian_width

from django.utils.translation import gettext as _

from artifacts.services.lineage.lineage import Lineage
from artifacts.services.lineage.nodes import Key, Node
from artifacts.views.lineage.layout import NODE_HEIGHT, NODE_WIDTH, lay_out

_SOURCE_HEIGHT = 16  # of a further line, which names the source
_WIDTH = 20  # of text in a node beside its icon, in widths of a letter of a broad typeface
_SMALL_WIDTH = _WIDTH * 14 / 12  # the same in the smaller type of that line
_WIDTHS = {
    **dict.fromkeys("ijl.,:;'|!() ", 0.6),
    **dict.fromkeys("frt-/", 0.75),
    **dict.fromkeys("cszJ", 0.95),
    **dict.fromkeys("&<>+=~_#ABCDGHKNOQRUVXYw", 1.5),
    **dict.fromkeys("mMW@%…", 1.8),
}


@dataclass(frozen=True)
class Box:
    """A node as it is drawn: text only, since a template writes numbers slowly."""

    key: Key
    url: str  # opens the panel; "" of a hidden one
    classes: str
    position: str  # of its upper left corner: "280 16"
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
class Drawing:
    """The graph as an SVG: its nodes, its edges (ends, path, whether it is marked), its size."""

    boxes: list[Box]
    edges: list[tuple[str, str, bool]]
    width: int
    height: int
    node_width: str
    has_path: bool


def draw_lineage(
    lineage: Lineage, urls: dict[Key, str], chosen: set[Node | None], path: list[Key]
) -> Drawing:
    """Return the drawing; the nodes that are `chosen` and the `path` are marked."""
    steps = set(zip(path, path[1:], strict=False))
    heights = {
        key: NODE_HEIGHT + _SOURCE_HEIGHT for key, node in lineage.nodes.items() if node.source_name
    }
    layout = lay_out(list(lineage.nodes), lineage.edges, heights)
    return Drawing(
        boxes=[
            _box(node, layout.places[key], urls[key], node in chosen, key in path, heights.get(key))
            for key, node in lineage.nodes.items()
        ],
        edges=[
            (f"{start} {end}", d, bool({(start, end), (end, start)} & steps))
            for (start, end), d in layout.paths.items()
        ],
        width=layout.width,
        height=layout.height,
        node_width=str(NODE_WIDTH),
        has_path=bool(path),
    )


def _box(
    node: Node,
    corner: tuple[int, int],
    url: str,
    is_chosen: bool,
    on_path: bool,
    height: int | None,
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
        position=f"{corner[0]} {corner[1]}",
        icon=node.icon,
        height=str(height or NODE_HEIGHT),
        type_name=cut[0],
        name=cut[1],
        source_name=cut[2],
        title=f"{kind}: {' · '.join(filter(None, whole[1:]))}" if cut != whole else "",
        is_cluster=node.is_cluster,
        is_current=node.is_current,
        is_hidden=node.is_hidden,
    )


def _cut(text: str, width: float = _WIDTH) -> str:
    """Return a text cut to the width of a node; a version keeps its number at the end."""
    if 2 * len(text) <= width or _width(text) <= width:
        return text
    head, colon, number = text.rpartition(":")
    tail = colon + number if head and _width(number) < width / 2 else ""
    head = head if tail else text
    room = width - _width("…" + tail)
    length = 0
    while (room := room - _width(head[length])) >= 0:
        length += 1
    return f"{head[:length]}…{tail}"


def _width(text: str) -> float:
    return sum(
        _WIDTHS.get(sign) or (1.8 if east_asian_width(sign) in "WF" else 1.1) for sign in text
    )
