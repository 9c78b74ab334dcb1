"""The nodes of a lineage: versions and runs as a viewer may see them, and members of clusters."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.utils.translation import gettext as _

from artifacts.models import Membership, Run
from artifacts.querysets.collections import MembershipQuerySet
from artifacts.querysets.runs import RunQuerySet, is_deleted_run
from artifacts.services.paths.placeholders import placeholder_of
from artifacts.services.paths.pointers import (
    Deletion,
    best_memberships,
    deletions_of_runs,
    deletions_of_versions,
)
from registry_site.accounts.models import User

_NAMING = "index", "version__sequence", "collection__name", "collection__artifact_type__name"

Key = str  # "version-12", "run-7", or of a cluster "version-12.down.run.9b2f01c4"


@dataclass(frozen=True)
class Node:
    """One version, run or cluster.

    A hidden node is one that the viewer may not see: it has no name. The members of a cluster are
    all live, all deleted, or all hidden. The version whose lineage it is has the name under which
    the viewer opened it; its `source_name` is where it was logged.
    """

    key: Key
    kind: str  # "artifact", "run", or "steps" of several hidden ones in a row
    name: str
    type_name: str
    source_name: str = ""
    is_current: bool = False
    is_hidden: bool = False
    is_deleted: bool = False
    holds_hidden: bool = False  # a cluster of hidden nodes
    members: tuple[Key, ...] = ()  # of a cluster

    @property
    def is_cluster(self) -> bool:
        return bool(self.members)

    @property
    def icon(self) -> str:
        """Return the name of the icon by which the graph and the table show it."""
        if self.is_hidden:
            return "lock"
        if self.is_cluster:
            return "layers"
        if self.is_deleted:
            return "trash"
        return "run" if self.kind == "run" else "box"


def pks_of(keys: Iterable[Key], kind: str) -> list[int]:
    return [int(key.partition("-")[2]) for key in keys if key.startswith(f"{kind}-")]


def opaque_key(key: Key) -> Key:
    """Return the placeholder for the key of a hidden run or version."""
    row, _dash, pk = key.partition("-")
    return placeholder_of(row, int(pk))


def read_nodes(by: User, keys: Collection[Key], current: Membership) -> dict[Key, Node]:
    """Return the nodes of these keys as the viewer may see them.

    A version's name is that of its source where the viewer may see that, because its number differs
    from collection to collection. The current version has the name under which it was opened, and
    the source's as `source_name`.
    """
    versions, runs = pks_of(keys, "version"), pks_of(keys, "run")
    memberships: dict[int, Membership] = {}
    if versions:
        seen = Membership.objects.visible_to(by).filter(version__in=versions).only(*_NAMING)
        memberships = best_memberships(seen.select_related("version", "collection__artifact_type"))
    source = memberships.get(current.version_id)
    memberships[current.version_id] = current
    deleted = deletions_of_versions(by, [pk for pk in versions if pk not in memberships])
    seen_runs: Mapping[int, Run] = {}
    if runs:
        found_runs = Run.objects.visible_to(by).filter(pk__in=runs)
        seen_runs = found_runs.only("display_name", "job_type").in_bulk()
    deleted_runs = deletions_of_runs(by, [pk for pk in runs if pk not in seen_runs])
    return {
        **{
            f"version-{pk}": _deleted_node(f"version-{pk}", deleted[pk])
            if pk in deleted
            else _version_node(pk, memberships.get(pk))
            for pk in versions
        },
        f"version-{current.version_id}": _current_node(current, source),
        **{
            f"run-{pk}": _deleted_node(f"run-{pk}", deleted_runs[pk])
            if pk in deleted_runs
            else _run_node(pk, seen_runs.get(pk))
            for pk in runs
        },
    }


def _deleted_node(key: Key, deletion: Deletion) -> Node:
    is_run = key.startswith("run-")
    return Node(
        key=key,
        kind="run" if is_run else "artifact",
        name=deletion.name,
        type_name=deletion.type_name or (_("run") if is_run else ""),
        is_deleted=True,
    )


def _current_node(membership: Membership, source: Membership | None) -> Node:
    is_apart = source is not None and source.is_source and not membership.is_source
    node = _version_node(membership.version_id, membership)
    return replace(node, is_current=True, source_name=str(source) if is_apart else "")


def _version_node(pk: int, membership: Membership | None) -> Node:
    if membership is None:
        return _hidden_node("version", pk, "artifact", _("artifact"))
    return Node(
        key=f"version-{pk}",
        kind="artifact",
        name=str(membership),
        type_name=membership.collection.artifact_type.name,
    )


def _hidden_node(row: str, pk: int, kind: str, type_name: str) -> Node:
    """Return a hidden node; its key is on the page, so it must not reveal the row's number."""
    key = opaque_key(f"{row}-{pk}")
    return Node(key, kind, _("not visible to you"), type_name, is_hidden=True)


def _run_node(pk: int, run: Run | None) -> Node:
    if run is None:
        return _hidden_node("run", pk, "run", _("run"))
    return Node(
        key=f"run-{pk}",
        kind="run",
        name=run.display_name,
        type_name=run.job_type or _("run"),
    )


def find_members(
    *, by: User, node: Node, text: str, most: int
) -> tuple[list[tuple[Node, Run | Membership | None]], int]:
    """Return the first members of a cluster with this text in their name, and the number of all.

    Each comes with its row, or None where it was deleted. Members that the viewer may not see are
    counted if the text is "", and never named.
    """
    pks, versions = pks_of(node.members, "run"), pks_of(node.members, "version")
    runs = Run.objects.visible_to(by).filter(pk__in=pks)
    sources = Membership.objects.visible_to(by).filter(version__in=versions)
    if node.is_deleted:
        runs = Run.with_deleted.traceable_by(by).filter(is_deleted_run(), pk__in=pks)
        sources = Membership.objects.traceable_by(by).filter(version__in=versions)
        sources = sources.filter(collection=F("version__sequence"))
    else:
        sources = sources.filter(pk=_best_membership(sources))
    if text:
        runs = runs.filter(Q(display_name__icontains=text) | Q(name__icontains=text))
        sources = sources.filter(_matching_text(text))
    members: list[tuple[Node, Run | Membership | None]]
    if node.is_deleted:
        members = _find_deleted(by, node.kind, runs, sources, most)
    elif node.kind == "run":
        read_runs = runs.for_path().listed().order_by("-pk")[:most]
        members = [(_run_node(run.pk, run), run) for run in read_runs]
    else:
        memberships = sources.for_path().order_by("-pk")[:most]
        members = [
            (_version_node(membership.version_id, membership), membership)
            for membership in memberships
        ]
    if not text:
        return members, len(node.members)
    return members, runs.count() if node.kind == "run" else sources.count()


def _best_membership(memberships: MembershipQuerySet) -> Subquery:
    """Return a subquery for each version's source, or its oldest visible link if that is hidden."""
    source_first = Case(When(collection=F("version__sequence"), then=0), default=1)
    of_version = memberships.filter(version=OuterRef("version")).order_by(source_first, "pk")
    return Subquery(of_version.values("pk")[:1])


def _find_deleted(
    by: User, kind: str, runs: RunQuerySet, sources: MembershipQuerySet, most: int
) -> list[tuple[Node, Run | Membership | None]]:
    if kind == "run":
        read = deletions_of_runs(by, runs.order_by("-pk").values_list("pk", flat=True)[:most])
    else:
        pks = sources.order_by("-pk").values_list("version", flat=True)[:most]
        read = deletions_of_versions(by, pks)
    word = "run" if kind == "run" else "version"
    return [(_deleted_node(f"{word}-{pk}", read[pk]), None) for pk in sorted(read, reverse=True)]


def _matching_text(text: str) -> Q:
    """Return the condition that a membership has this text: `iris`, `v3` or `iris-model:v3`."""
    name, colon, number = text.rpartition(":") if ":" in text else (text, "", "")
    condition = Q(collection__name__icontains=name)
    if number[1:].isdecimal() and len(number) < 10:
        return condition & Q(index=int(number[1:]))
    if not colon and text[:1] == "v" and text[1:].isdecimal() and len(text) < 10:
        condition |= Q(index=int(text[1:]))
    return condition
