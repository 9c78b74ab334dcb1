"""Where the nodes of a lineage graph go: layers from left to right, few crossings, no rows."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

NODE_WIDTH, NODE_HEIGHT = 200, 44
GAP_X, GAP_Y, MARGIN = 56, 20, 16
MOST_OFFSET = 6  # a short layer begins at most half as many rows below the top
SWEEPS = 4  # passes in each direction; more change next to nothing

Node = Any  # whatever can be the key of a dict
Edge = tuple[Node, Node]


@dataclass
class Layout:
    """Upper left corners by node, one drawn path by edge, and the size of the whole."""

    places: dict[Node, tuple[int, int]] = field(default_factory=dict)
    paths: dict[Edge, str] = field(default_factory=dict)
    width: int = 0
    height: int = 0


def lay_out(
    nodes: Sequence[Node], edges: Iterable[Edge], heights: Mapping[Node, int] | None = None
) -> Layout:
    """Place each node right of what it came from; an edge that closes a circle runs backwards.

    `heights` are those of nodes that are not NODE_HEIGHT high.
    """
    heights = heights or {}
    edges = list(dict.fromkeys(edges))
    forward = _without_circles(nodes, edges)
    layer_of = _layers(nodes, forward)
    chains = {edge: _chain(edge, layer_of) for edge in forward}
    layers = _order(nodes, layer_of, chains.values())
    layout = Layout()
    high = [sum(heights.get(node, NODE_HEIGHT) + GAP_Y for node in layer) for layer in layers]
    tallest = max(high, default=0)
    for column, layer in enumerate(layers):
        # centred, but the beginning of a high graph stays in sight
        top = MARGIN + min(tallest - high[column], MOST_OFFSET * (NODE_HEIGHT + GAP_Y)) // 2
        for node in layer:
            layout.places[node] = (MARGIN + column * (NODE_WIDTH + GAP_X), top)
            top += heights.get(node, NODE_HEIGHT) + GAP_Y
    for edge in edges:
        layout.paths[edge] = _path(
            [
                (x, y + heights.get(stop, NODE_HEIGHT) // 2)
                for stop in chains.get(edge, edge)
                for x, y in [layout.places[stop]]
            ]
        )
    layout.places = {node: layout.places[node] for node in nodes}
    layout.width = 2 * MARGIN + len(layers) * (NODE_WIDTH + GAP_X) - GAP_X
    layout.height = 2 * MARGIN + tallest - GAP_Y
    return layout


def _without_circles(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[Edge]:
    """Return the edges, except those that lead back to a node from which the walk came."""
    following: dict[Node, list[Node]] = defaultdict(list)
    targets = set()
    for start, end in edges:
        following[start].append(end)
        targets.add(end)
    forward: list[Edge] = []
    done: set[Node] = set()
    active: set[Node] = set()
    # roots first, so that what is left out is an edge back and not one onwards
    for root in sorted(nodes, key=lambda node: node in targets):
        stack = [(root, iter(following[root]))] if root not in done else []
        active.update(node for node, _rest in stack)
        while stack:
            node, rest = stack[-1]
            end = next(rest, None)
            if end is None:
                stack.pop()
                active.discard(node)
                done.add(node)
            elif end not in active:
                forward.append((node, end))
                if end not in done:
                    active.add(end)
                    stack.append((end, iter(following[end])))
    return forward


def _layers(nodes: Sequence[Node], edges: Sequence[Edge]) -> dict[Node, int]:
    """Return each node's layer: its longest way from a root; roots move up to what they lead to."""
    following: dict[Node, list[Node]] = defaultdict(list)
    waiting = dict.fromkeys(nodes, 0)
    for start, end in edges:
        following[start].append(end)
        waiting[end] += 1
    roots = [node for node in nodes if not waiting[node]]
    layer_of = dict.fromkeys(nodes, 0)
    ready = list(roots)
    for node in ready:
        for end in following[node]:
            layer_of[end] = max(layer_of[end], layer_of[node] + 1)
            waiting[end] -= 1
            if not waiting[end]:
                ready.append(end)
    for root in roots:
        if following[root]:
            layer_of[root] = min(layer_of[end] for end in following[root]) - 1
    return layer_of


def _chain(edge: Edge, layer_of: dict[Node, int]) -> list[Node]:
    """Return the edge's stops: its ends, and a place kept free in each layer that it crosses."""
    start, end = edge
    between = range(layer_of[start] + 1, layer_of[end])
    return [start, *((start, end, layer) for layer in between), end]


def _order(
    nodes: Sequence[Node], layer_of: dict[Node, int], chains: Iterable[list[Node]]
) -> list[list[Node]]:
    """Order each layer by the mean place of its neighbours, in passes to and fro."""
    layers: list[list[Node]] = [[] for _ in range(max(layer_of.values(), default=-1) + 1)]
    for node in nodes:
        layers[layer_of[node]].append(node)
    before: dict[Node, list[Node]] = defaultdict(list)
    after: dict[Node, list[Node]] = defaultdict(list)
    for chain in chains:
        first = layer_of[chain[0]]
        for step, stop in enumerate(chain[1:-1], start=first + 1):
            layers[step].append(stop)
        for start, end in zip(chain, chain[1:], strict=False):
            after[start].append(end)
            before[end].append(start)
    for sweep in range(2 * SWEEPS):
        onwards = sweep % 2 == 0
        neighbours = before if onwards else after
        for layer, beside in _pairs(layers, onwards):
            place = {node: row / max(1, len(beside)) for row, node in enumerate(beside)}
            _sort_by_neighbours(layer, neighbours, place)
    _swap_neighbours(layers, before, after)
    return layers


def _swap_neighbours(
    layers: list[list[Node]], before: dict[Node, list[Node]], after: dict[Node, list[Node]]
) -> None:
    """Swap nodes that stand one above the other wherever it takes crossings away."""
    place = {node: row for layer in layers for row, node in enumerate(layer)}
    for _sweep in range(SWEEPS):
        swapped = False
        for layer in layers:
            for row, lower in enumerate(layer[1:]):
                upper = layer[row]
                gain = 0
                for beside in (before, after):
                    ups = sorted(place[node] for node in beside[upper])
                    downs = sorted(place[node] for node in beside[lower])
                    gain += _inversions(ups, downs) - _inversions(downs, ups)
                if gain > 0:
                    layer[row], layer[row + 1] = lower, upper
                    place[lower], place[upper] = row, row + 1
                    swapped = True
        if not swapped:
            return


def _inversions(upper: list[int], lower: list[int]) -> int:
    """Return how many lines cross when these sorted places are joined with two nodes, one above."""
    return sum(bisect_left(lower, place) for place in upper)


def _pairs(layers: list[list[Node]], onwards: bool) -> list[tuple[list[Node], list[Node]]]:
    if onwards:
        return list(zip(layers[1:], layers, strict=False))
    return list(zip(reversed(layers[:-1]), reversed(layers), strict=False))


def _sort_by_neighbours(
    layer: list[Node],
    neighbours: dict[Node, list[Node]],
    place: dict[Node, float],
) -> None:
    own = {node: row / max(1, len(layer)) for row, node in enumerate(layer)}

    def mean(node: Node) -> float:
        places = [place[other] for other in neighbours[node] if other in place]
        return sum(places) / len(places) if places else own[node]

    layer.sort(key=mean)


def _path(stops: list[tuple[int, int]]) -> str:
    """Return a curve from the right side of the first stop to the left side of the last."""
    x, y = stops[0][0] + NODE_WIDTH, stops[0][1]
    parts = [f"M{x} {y}"]
    for number, (end_x, end_y) in enumerate(stops[1:], start=2):
        half = (end_x - x) // 2 if end_x > x else NODE_WIDTH // 2
        parts.append(f"C{x + half} {y} {end_x - half} {end_y} {end_x} {end_y}")
        x, y = end_x, end_y
        if number < len(stops):  # a stop without a node: straight through its place
            x += NODE_WIDTH
            parts.append(f"H{x}")
    return "".join(parts)
