"""The tab Lineage: the graph around a version, drawn or as a table, and a panel beside it.

direction=both|up|down · depth=4|all · open={cluster} · out={node}   what is shown
view=table                                                           how
node={node} · find={text}                                            the panel beside it
start={node}                                                         with node: the path
"""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from artifacts.services.lineage.lineage import DEPTHS, Lineage, Scope, read_lineage
from artifacts.services.lineage.nodes import Node
from artifacts.views.lineage.address import MOST_KEYS, Address
from artifacts.views.lineage.details import NodeDetails, details_of
from artifacts.views.lineage.drawing import Drawing, draw_lineage
from artifacts.views.lineage.table import Row, table_rows
from artifacts.views.opened_version import OpenedVersion
from registry_site.pages import HtmxRequest

DEFAULT_DEPTH = 4
_SIDES = {"both": ("up", "down"), "up": ("up",), "down": ("down",)}


@dataclass(frozen=True)
class Counts:
    """How many nodes there are of each kind; what was deleted or is hidden is counted apart."""

    nodes: int
    artifacts: int
    runs: int
    deleted: int
    hidden: int


@dataclass(frozen=True)
class LineageTab:
    """What artifacts/version/tab_lineage.html draws and lists."""

    counts: Counts
    is_cut: bool  # whether there is more than can be drawn
    drawing: Drawing | None  # None where it is a table
    rows: list[Row]  # of the table
    view_urls: dict[str, str]
    direction: str
    directions: list[tuple[str, str]]
    depth: int | None
    depths: tuple[int, ...]
    form_fields: list[tuple[str, str]]  # what the form that chooses direction and depth sends along
    details: NodeDetails | None
    start: Node | None  # of the path to the node that is chosen
    path: list[tuple[Node, str]]
    is_apart: bool  # whether no path leads there
    leave_path_url: str
    fold_url: str  # closes all clusters that were opened; "" where none was


def lineage_tab(request: HtmxRequest, opened: OpenedVersion) -> LineageTab:
    """Return the graph around the version as the address asks for it."""
    query, membership = request.GET, opened.membership
    address = Address(query)
    direction, scope = _direction(query), _scope(query)
    lineage = read_lineage(by=request.user, membership=membership, scope=scope)
    chosen = lineage.nodes.get(query.get("node", ""))
    start = lineage.nodes.get(query.get("start", ""))
    path = lineage.path(start.key, chosen.key) if start and chosen and start != chosen else []
    urls = address.urls_of(lineage)
    is_table = query.get("view") == "table"
    return LineageTab(
        counts=_counts(lineage),
        is_cut=lineage.is_cut,
        drawing=None if is_table else draw_lineage(lineage, urls, {chosen, start}, path),
        rows=table_rows(lineage, urls) if is_table else [],
        view_urls={"graph": address.url(view=None), "table": address.url(view="table")},
        direction=direction,
        directions=[("both", _("both ways")), ("up", _("upstream")), ("down", _("downstream"))],
        depth=scope.depth,
        depths=DEPTHS,
        form_fields=address.fields_without("direction", "depth", "find"),
        details=details_of(request.user, lineage, chosen, address, urls, membership),
        start=start,
        path=[(lineage.nodes[key], urls[key]) for key in path],
        is_apart=bool(start and chosen and start != chosen and not path),
        leave_path_url=address.url(start=None),
        fold_url=address.url(open=None, out=None) if scope.opened or scope.pulled else "",
    )


def _direction(query: QueryDict) -> str:
    direction = query.get("direction", "")
    return direction if direction in _SIDES else "both"


def _scope(query: QueryDict) -> Scope:
    return Scope(
        sides=_SIDES[_direction(query)],  # type: ignore[arg-type]  # the words of a Side
        depth=_depth(query.get("depth", "")),
        opened=query.getlist("open")[:MOST_KEYS],
        pulled=query.getlist("out")[:MOST_KEYS],
    )


def _depth(text: str) -> int | None:
    """Return the steps from the version; None for all of them."""
    if text == "all":
        return None
    return int(text) if text in map(str, DEPTHS) else DEFAULT_DEPTH


def _counts(lineage: Lineage) -> Counts:
    counts = dict.fromkeys(("artifact", "run", "deleted", "hidden"), 0)
    for node in lineage.nodes.values():
        is_hidden = node.is_hidden or node.holds_hidden
        kind = "hidden" if is_hidden else "deleted" if node.is_deleted else node.kind
        counts[kind] += len(node.members) or 1
    return Counts(
        nodes=len(lineage.nodes),
        artifacts=counts["artifact"],
        runs=counts["run"],
        deleted=counts["deleted"],
        hidden=counts["hidden"],
    )
