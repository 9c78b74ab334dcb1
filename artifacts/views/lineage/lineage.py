"""The tab Lineage: the graph around a version, drawn or as a table, and a panel beside it.

direction=both|up|down · depth=4|all · open={cluster} · out={node}   what is shown
view=table                                                           how
node={node} · find={text}                                            the panel beside it
start={node}                                                         with node: the path
"""

from typing import Any

from django.utils.translation import gettext as _

from artifacts.models import Membership
from artifacts.services.lineage.lineage import DEPTHS, Lineage, Scope, read_lineage
from artifacts.views.lineage.address import MOST_KEYS, Address
from artifacts.views.lineage.details import details_of
from artifacts.views.lineage.drawing import draw_lineage
from artifacts.views.lineage.table import table_rows
from registry_site.pages import HtmxRequest

DEFAULT_DEPTH = 4
_SIDES = {"both": ("up", "down"), "up": ("up",), "down": ("down",)}


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
        "drawing": {} if as_table else draw_lineage(lineage, urls, {chosen, start}, path),
        "rows": table_rows(lineage, urls) if as_table else [],
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
