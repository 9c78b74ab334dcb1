"""The lineage graph as coordinates for an SVG, and as rows for a table."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from artifacts.lineage_layout import NODE_HEIGHT, NODE_WIDTH
from artifacts.services.lineage import Lineage, Node

_WIDTH = 21  # columns of text in a node beside its icon; a wide character takes two


@dataclass(frozen=True)
class Box:
    """A node where it is drawn, with its name cut to fit."""

    node: Node
    x: int
    y: int
    short_name: str
    short_type: str

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


def drawing_of(lineage: Lineage) -> dict[str, Any]:
    """Return what artifacts/_version_lineage.html draws and lists."""
    boxes = [
        Box(node, *lineage.layout.places[key], _cut(node.name), _cut(node.type_name))
        for key, node in lineage.nodes.items()
    ]
    return {
        "boxes": boxes,
        "paths": list(lineage.layout.paths.values()),
        "width": lineage.layout.width,
        "height": lineage.layout.height,
        "node_width": NODE_WIDTH,
        "node_height": NODE_HEIGHT,
        "rows": [
            {
                "start": lineage.nodes[start],
                "relation": _("logged") if start[0] == "run" else _("used by"),
                "end": lineage.nodes[end],
            }
            for start, end in lineage.edges
        ],
        "is_cut": lineage.is_cut,
        "artifact_count": sum(node.kind == "artifact" for node in lineage.nodes.values()),
        "run_count": sum(node.kind == "run" for node in lineage.nodes.values()),
    }


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
