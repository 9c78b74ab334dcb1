"""The versions of a collection as a list: the rows of its table and of its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from artifacts.models import Collection, Membership, Run
from artifacts.reads.table_text import memberships_showing
from artifacts.services.paths.placeholders import hidden_path
from artifacts.views.usage.names import aliases_of
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can
from registry_site.http.exports import Columns, Listing


@dataclass(frozen=True)
class Cell:
    """One number of one version, "" where it has none."""

    text: str
    exact: str
    is_best: bool


@dataclass(frozen=True)
class VersionRow:
    """A version in the table of its collection, with what the person may see of it."""

    membership: Membership
    is_latest: bool
    source: Membership | None  # where it was logged; None where the person may not see it
    run: Run | None  # that logged it; None where the person may not see it
    is_ticked: bool = False
    cells: Sequence[Cell] = ()  # its metrics
    menu: Sequence[dict[str, Any]] = ()  # on a registry's page

    @property
    def menu_id(self) -> str:
        return f"version-{self.membership.pk}-menu"

    def get_absolute_url(self) -> str:
        return self.membership.get_absolute_url()


VERSION_COLUMNS: Columns = {
    "version": lambda row: row.membership.number,
    "full_name": lambda row: row.membership.full_name,
    "aliases": lambda row: aliases_of(row.membership, is_latest=row.is_latest),
    "tags": lambda row: sorted(tag.name for tag in row.membership.version.tags.all()),
    "source": lambda row: _source_name(row),
    "run": lambda row: row.run and row.run.path,
    "logged_by": lambda row: (
        row.membership.version.created_by and row.membership.version.created_by.username
    ),
    "created_at": lambda row: row.membership.version.created_at,
    "added_by": lambda row: row.membership.created_by and row.membership.created_by.username,
    "added_at": lambda row: row.membership.created_at,
    "size": lambda row: row.membership.version.size,
    "files": lambda row: row.membership.version.file_count,
    "digest": lambda row: row.membership.version.digest,
    "description": lambda row: row.membership.version.description,
}
VERSION_OBJECTS: Columns = {"metadata": lambda row: row.membership.version.metadata}


def versions_listing(
    user: User, collection: Collection, text: str, *, metrics: Columns | None = None
) -> Listing:
    """Return the versions that fit the text, each as a VersionRow.

    `metrics` are further columns of a file.
    """
    memberships = Membership.objects.live().filter(collection=collection)
    newest = memberships.newest_first().values_list("pk", flat=True).first()
    if text:
        memberships = memberships.filter(
            memberships_showing(text, by=user, collection=collection, newest=newest)
        )

    def complete(memberships: list[Membership]) -> list[VersionRow]:
        for membership in memberships:
            membership.collection = collection  # one project, whose rules are read once
        return [_row(user, each, is_latest=each.pk == newest) for each in memberships]

    return Listing(
        url=f"{collection.get_absolute_url()}/-/versions",
        rows=memberships.for_row(),
        order=("-index",),
        columns={**VERSION_COLUMNS, **(metrics or {})},
        complete=complete,
        objects=VERSION_OBJECTS,
    )


def _row(user: User, membership: Membership, *, is_latest: bool) -> VersionRow:
    run = membership.version.run
    return VersionRow(
        membership=membership,
        is_latest=is_latest,
        source=_source_of(user, membership),
        run=run if run and can(user, Action.READ, run.project) else None,
    )


def _source_name(row: VersionRow) -> str:
    """Return the source's full name, or its stand-in, by which scripts join rows."""
    if row.source:
        return str(row.source.full_name)
    version = row.membership.version
    return f"{hidden_path(version.sequence)}:v{version.version_index}"


def _source_of(user: User, membership: Membership) -> Membership | None:
    """Return the version's membership where it was logged, None where the person may not see it."""
    version = membership.version
    if not can(user, Action.READ, version.sequence.project):
        return None
    # a sequence numbers its memberships as its versions, so no row is read
    return Membership(
        collection=version.sequence, version=version, index=version.version_index or 0
    )
