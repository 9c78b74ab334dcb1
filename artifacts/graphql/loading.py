"""Reads for a whole page at once, and the name by which a request reached each membership.

Both are stored on the request's context by row, because rows carry no passing state.
"""

from artifacts.models import Membership, Version
from artifacts.reads.lookups import read_memberships, read_memberships_of_all
from registry_site.graphql.binding import Context


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
