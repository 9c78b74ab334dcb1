import random
from itertools import combinations, product

from artifacts.views.lineage.layout import NODE_HEIGHT, NODE_WIDTH, lay_out


def test_layout_goes_from_left_to_right():
    layout = lay_out("abcd", [("a", "b"), ("b", "c"), ("a", "c"), ("a", "d")])
    x = {node: membership[0] for node, membership in layout.places.items()}
    assert x["a"] < x["b"] < x["c"]
    assert x["d"] == x["b"]
    assert layout.paths.keys() == {("a", "b"), ("b", "c"), ("a", "c"), ("a", "d")}


def test_layout_leaves_room_for_a_higher_node():
    heights = {"b": NODE_HEIGHT + 60}
    layout = lay_out("abcd", [("a", "b"), ("a", "c"), ("a", "d")], heights)
    placed = sorted((layout.places[node][1], node) for node in "bcd")
    for (top, node), (below, _other) in zip(placed, placed[1:], strict=False):
        assert top + heights.get(node, NODE_HEIGHT) < below
    top, node = placed[-1]
    assert top + heights.get(node, NODE_HEIGHT) < layout.height
    x, y = layout.places["b"]
    assert layout.paths["a", "b"].endswith(f" {x} {y + (NODE_HEIGHT + 60) // 2}")


def test_layout_has_no_overlaps_and_fits():
    nodes = [f"n{number}" for number in range(40)]
    pairs = [(nodes[number // 3], nodes[number]) for number in range(1, 40)]
    layout = lay_out(nodes, [*pairs, ("n0", "n39")])
    assert len(set(layout.places.values())) == 40
    for x, y in layout.places.values():
        assert 0 <= x <= layout.width - NODE_WIDTH
        assert 0 <= y <= layout.height - NODE_HEIGHT
        same = [other for other in layout.places.values() if other[0] == x and other[1] != y]
        assert all(abs(other[1] - y) >= NODE_HEIGHT for other in same)


def test_layout_untangles_what_it_can():
    crossed = [("a", "y"), ("b", "x")]
    layout = lay_out("abxy", crossed)
    above = layout.places["a"][1] < layout.places["b"][1]
    assert above == (layout.places["y"][1] < layout.places["x"][1])


def test_layout_swaps_neighbours_that_means_leave_crossed():
    edges = random.Random(0).sample(list(product(range(15), range(15, 30))), 40)
    y = {node: membership[1] for node, membership in lay_out(range(30), edges).places.items()}
    pairs = combinations(edges, 2)
    crossed = sum((y[a] - y[c]) * (y[b] - y[d]) < 0 for (a, b), (c, d) in pairs)
    assert crossed < 78  # as many as there are without


def test_layout_of_circles_and_of_one():
    layout = lay_out("abc", [("a", "b"), ("b", "c"), ("c", "a"), ("a", "a")])
    assert layout.places.keys() == set("abc")
    assert len(layout.paths) == 4
    assert lay_out("a", []).places.keys() == {"a"}
