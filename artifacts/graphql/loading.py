"""Reads for a whole page at once, and the name by which a request reached each membership.

Both are stored on the request's context by row, because rows carry no passing state.
"""

from collections.abc import Sequence
from typing import Any

from artifacts.models import Membership, Project, Version, VersionTag
from artifacts.reads.lookups import read_memberships, read_memberships_of_all, read_tags
from artifacts.reads.version_names import (
    MembershipNames,
    TagName,
    VersionNames,
    connect_names,
    names_in,
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
    key = "may_see", id(project)
    if key not in context.loaded:
        # with the row itself, so that no other row gets its id
        context.loaded[key] = project, can(context.user, Action.READ, project)
    return bool(context.loaded[key][1])


def asks_for_names(info: Any) -> bool:
    """Return whether names are all that the query shows of collections, types and projects."""
    return stays_within(info, NAMES)


def note_names(context: Context, memberships: list[Membership]) -> None:
    """Keep what `named_memberships` read beside these rows, for the resolvers of their fields."""
    for membership, names in zip(memberships, connect_names(memberships), strict=True):
        version = membership.version
        # with the row itself, so that no other row gets its id
        context.loaded["names", id(version)] = version, names


def tags_of(context: Context, version: Version) -> Sequence[TagName | VersionTag]:
    """Return the version's tags by name."""
    names = _names_at_hand(context, version)
    return names.tags if names else read_tags(version)


def memberships_named(context: Context, version: Version) -> list[MembershipNames]:
    """Return what the version is called wherever it is, the source first."""
    names = _names_at_hand(context, version)
    if names:
        return names.memberships
    return [names_in(membership) for membership in memberships_of(context, version)]


def names_of(context: Context, membership: Membership) -> MembershipNames:
    """Return what the version is called in the membership's collection."""
    names = _names_at_hand(context, membership.version)
    for each in names.memberships if names else ():
        if each.pk == membership.pk:
            return each
    return names_in(membership)


def _names_at_hand(context: Context, version: Version) -> VersionNames | None:
    _version, names = context.loaded.get(("names", id(version)), (None, None))
    return names


def list_together(context: Context, versions: list[Version]) -> None:
    """Let one query read the memberships of all these versions when one of them needs its own."""
    context.loaded |= {("page", id(version)): versions for version in versions}


def memberships_of(context: Context, version: Version) -> list[Membership]:
    """Return the version's live memberships with their aliases, the source first."""
    page = context.loaded.get(("page", id(version)))
    key = "memberships", id(page or version)
    if key not in context.loaded:
        rows = read_memberships_of_all(page) if page else {version.pk: read_memberships(version)}
        context.loaded[key] = version, rows  # with the row, so that no other row gets its id
    return context.loaded[key][1][version.pk]


def note_name(context: Context, membership: Membership, name: str) -> None:
    """Note the alias or number by which the request asked for this row."""
    # with the row itself, so that no other row gets its id
    context.loaded["name", id(membership)] = membership, name


def name_of(context: Context, membership: Membership) -> str:
    """Return the alias or number by which the request asked for this row, "" for neither."""
    _membership, name = context.loaded.get(("name", id(membership)), (None, ""))
    return name
