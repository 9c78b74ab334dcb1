"""The panel beside the lineage graph: the facts about the chosen node."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from artifacts.models import Membership, Run
from artifacts.reads.pages.names import VersionName
from artifacts.services.lineage.lineage import Lineage
from artifacts.services.lineage.nodes import Key, Node, find_members
from artifacts.services.paths.pointers import Deletion, deletions_of_runs, deletions_of_versions
from artifacts.views.json_tree.json_tree import Tree, run_trees
from artifacts.views.lineage.address import Address
from artifacts.views.links import Link
from registry_site.accounts.models import User

MOST_MEMBERS = 50  # of a cluster, or found in it
MOST_PLACES = 20


@dataclass(frozen=True)
class Member:
    """A node inside a cluster, with the addresses of its page and of the graph with it outside."""

    node: Node
    url: str
    out_url: str


@dataclass(frozen=True)
class VersionFacts:
    """What artifacts/lineage/_details_version.html shows."""

    here: Link
    is_source: bool
    source: VersionName | None  # if that is elsewhere
    links: Sequence[Link]  # further ones
    type_name: str
    size: int
    file_count: int
    created_at: datetime
    lineage_url: str


@dataclass(frozen=True)
class NodeDetails:
    """What artifacts/lineage/_details.html shows of any node, and what of each kind of node."""

    node: Node
    close_url: str
    start_url: str
    before: list[tuple[Node, str]]  # neighbours, with the addresses of their panels
    after: list[tuple[Node, str]]
    deletion: Deletion | None = None
    # of a cluster
    find: str = ""
    members: Sequence[Member] = ()
    member_count: int = 0
    open_url: str = ""
    hidden_fields: Sequence[tuple[str, str]] = ()
    # of a run
    run: Run | None = None
    config: Tree | None = None
    summary: Tree | None = None
    version: VersionFacts | None = None


def details_of(
    user: User,
    lineage: Lineage,
    node: Node | None,
    address: Address,
    urls: dict[Key, str],
    current: Membership,
) -> NodeDetails | None:
    """Return what there is to say of the node; None where none is chosen, or a hidden one."""
    if node is None or node.is_hidden:
        return None
    nodes = lineage.nodes
    return NodeDetails(
        node=node,
        close_url=address.url(node=None, find=None),
        start_url=address.url(start=node.key, node=None, find=None),
        before=[(nodes[one], urls[one]) for one, end in lineage.edges if end == node.key],
        after=[(nodes[end], urls[end]) for one, end in lineage.edges if one == node.key],
        **_of_its_kind(user, node, address, current),
    )


def _of_its_kind(user: User, node: Node, address: Address, current: Membership) -> dict[str, Any]:
    if node.is_cluster:
        return _cluster(user, node, address)
    pk = int(node.key.partition("-")[2])
    if node.is_deleted:
        read = deletions_of_runs if node.kind == "run" else deletions_of_versions
        return {"deletion": read(user, [pk]).get(pk)}
    return _run(user, pk) if node.kind == "run" else _version(user, pk, current)


def _cluster(user: User, node: Node, address: Address) -> dict[str, Any]:
    text = address.query.get("find", "").strip()[:200]
    rows, total = find_members(by=user, node=node, text=text, most=MOST_MEMBERS)
    return {
        "find": text,
        "members": [
            Member(member, _url_of(row), address.url_with("out", member.key))
            for member, row in rows
        ],
        "member_count": total,
        "open_url": address.url_with("open", node.key),
        "hidden_fields": address.fields_without("find"),
    }


def _url_of(row: Run | Membership | None) -> str:
    if row is None:
        return ""
    return row.get_absolute_url() if isinstance(row, Run) else row.tab_url("lineage")


def _run(user: User, pk: int) -> dict[str, Any]:
    run = Run.objects.visible_to(user).filter(pk=pk).for_path().first()
    if run is None:
        return {}
    return {
        "run": run,
        **run_trees(run, run.get_absolute_url(), {}, has_filter=False),
    }


def _version(user: User, pk: int, current: Membership) -> dict[str, Any]:
    """Return a version at its source, or in the membership from which the graph was opened."""
    memberships = Membership.objects.visible_to(user).filter(version=pk).for_path().with_aliases()
    rows = list(memberships.order_by("pk")[:MOST_PLACES])
    if not rows:
        return {}
    source = next((row for row in rows if row.is_source), None)
    here = next((row for row in rows if row.pk == current.pk), None)
    membership = here or source or rows[0]
    version = membership.version
    return {
        "version": VersionFacts(
            here=_link(membership),
            is_source=membership.is_source,
            source=VersionName.of(source) if source and source != membership else None,
            links=[_link(row) for row in rows if row not in (membership, source)],
            type_name=membership.collection.artifact_type.name,
            size=version.size,
            file_count=version.file_count,
            created_at=version.created_at,
            lineage_url=membership.tab_url("lineage"),
        )
    }


def _link(membership: Membership) -> Link:
    return Link.to(membership, membership.collection.project.protected_alias_names)
