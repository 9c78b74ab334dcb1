"""The lineage graph as a table: each node below the one through which it was reached."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from artifacts.services.lineage.lineage import Edge, Lineage
from artifacts.services.lineage.nodes import Key, Node

MOST_OTHERS = 5  # further neighbours in a row of the table


@dataclass(frozen=True)
class Row:
    """A node of the table, below the one that it was reached through, with its other neighbours."""

    node: Node
    level: int
    relation: str
    url: str
    others: list[Node] = field(default_factory=list)
    more: int = 0  # others that only the panel names


def table_rows(lineage: Lineage, urls: dict[Key, str]) -> list[Row]:
    """Return the nodes in the order of a tree: each below the node that it was reached through."""
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
    """Return how the node is related to the one through which it was reached."""
    if near is None:
        return ""
    is_before = (node.key, near.key) in edges
    if "steps" in {node.kind, near.kind} or node.kind == near.kind:  # others lie between them
        return _("led to it") if is_before else _("came of it")
    if is_before:
        return _("logged it") if node.kind == "run" else _("used by it")
    return _("used it") if node.kind == "run" else _("logged by it")
