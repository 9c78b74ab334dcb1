"""What one request reads for a whole page at once, and by which name it reached a membership.

Both are kept on the request's context, by the row that was answered: rows carry no state.
"""

from artifacts.models import Membership, Version
from artifacts.reads.lookups import read_memberships, read_memberships_of_all
from registry_site.graphql.binding import Context


def list_together(context: Context, versions: list[Version]) -> None:
    """Let the memberships of one of these versions be read with those of all."""
    context.loaded |= {("page", id(version)): versions for version in versions}


def memberships_of(context: Context, version: Version) -> list[Membership]:
    """Return the version's live memberships with their aliases, the source first."""
    page = context.loaded.get(("page", id(version)))
    if page is None:
        return read_memberships(version)
    key = "memberships", id(page)
    if key not in context.loaded:
        context.loaded[key] = read_memberships_of_all(page)
    return context.loaded[key][version.pk]


def note_name(context: Context, membership: Membership, name: str) -> None:
    """Note by which alias or number the request asked for this row."""
    context.loaded["name", id(membership)] = membership, name  # with the row, so that its id stays


def name_of(context: Context, membership: Membership) -> str:
    """Return by which alias or number the request asked for this row, "" where by neither."""
    _membership, name = context.loaded.get(("name", id(membership)), (None, ""))
    return name
