"""Reads for a whole page at once, and the name by which a request reached each membership.

All are stored on the request's context by row, because rows carry no passing state.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from artifacts.models import Membership, Project, Version
from artifacts.reads.names_apart import (
    names_in,
    read_aliases,
    read_memberships,
    read_names_of_one,
    read_tags,
)
from artifacts.reads.version_names import (
    MembershipNames,
    TagName,
    VersionNames,
    connect_names,
    connect_names_of_list,
)
from registry_site.accounts.permissions import Action, can
from registry_site.graphql.binding import Context
from registry_site.graphql.selections import stays_within

# What the fragments of wandb 0.31 show of what stands around a version, and a version's names hold
_COLLECTION = {"id", "name", "project"}
NAMES = {
    "artifactCollection": _COLLECTION,
    "artifactSequence": _COLLECTION,
    "artifactType": {"name"},
    "project": {"id", "internalId", "name", "entity"},
    "entity": {"name"},
}


def may_see(context: Context, project: Project) -> bool:
    """Return whether the viewer may see the project, asked once for each row of it."""
    if ("may_see", id(project)) not in context.loaded:
        _keep(context, "may_see", project, can(context.user, Action.READ, project))
    return bool(_at_hand(context, "may_see", project))


def asks_for_names(info: Any) -> bool:
    """Return whether names are all that the query shows of collections, types and projects."""
    return stays_within(info, NAMES)


def note_names(context: Context, membership: Membership) -> None:
    """Keep the names that were read with this row, for the resolvers of its fields."""
    _keep_names(context, membership.version, connect_names(membership))


def note_names_of_list(context: Context, memberships: list[Membership]) -> None:
    """Read the names of `named_memberships`, and keep them for the resolvers of their fields."""
    for membership, names in zip(memberships, connect_names_of_list(memberships), strict=True):
        _keep_names(context, membership.version, names)


def _keep_names(context: Context, version: Version, names: VersionNames) -> None:
    _keep(context, "tags", version, names.tags)
    _keep(context, "memberships", version, names.memberships)


def tags_of(context: Context, version: Version) -> Sequence[TagName]:
    """Return the version's tags by name."""
    return _read_together(context, "tags", version, read_tags)


def memberships_named(context: Context, version: Version) -> Sequence[MembershipNames]:
    """Return what the version is called wherever it is, the source first."""
    is_listed = ("page", id(version)) in context.loaded
    if not is_listed and ("memberships", id(version)) not in context.loaded:
        names = read_names_of_one(version.pk)
        if names is None:
            _keep(context, "memberships", version, [])
        else:
            _keep_names(context, version, names)
    return _read_together(context, "memberships", version, read_memberships)


def names_of(context: Context, membership: Membership) -> MembershipNames:
    """Return what the version is called in the membership's collection."""
    for each in _at_hand(context, "memberships", membership.version) or ():
        if each.pk == membership.pk:
            return each
    return names_in(membership, _read_together(context, "aliases", membership, read_aliases))


def list_together(context: Context, rows: Sequence[Any]) -> None:
    """Let one statement read for all these rows what one of them needs."""
    context.loaded |= {("page", id(row)): rows for row in rows}


def _read_together(
    context: Context, what: str, row: Any, read: Callable[[list[int]], Mapping[int, Any]]
) -> Any:
    """Return `what` belongs to the row; `read` takes the keys of all rows listed with it."""
    if (what, id(row)) not in context.loaded:
        page = context.loaded.get(("page", id(row)), [row])
        values = read([each.pk for each in page])
        for each in page:
            _keep(context, what, each, values.get(each.pk, []))
    return _at_hand(context, what, row)


def note_name(context: Context, membership: Membership, name: str) -> None:
    """Note the alias or number by which the request asked for this row."""
    _keep(context, "name", membership, name)


def name_of(context: Context, membership: Membership) -> str:
    """Return the alias or number by which the request asked for this row, "" for neither."""
    return _at_hand(context, "name", membership) or ""


def _keep(context: Context, what: str, row: Any, value: Any) -> None:
    # with the row itself, so that no other row gets its id
    context.loaded[what, id(row)] = row, value


def _at_hand(context: Context, what: str, row: Any) -> Any:
    _row, value = context.loaded.get((what, id(row)), (None, None))
    return value
