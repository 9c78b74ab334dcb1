"""The versions of a collection as a list: the rows of its table and of its files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from artifacts.metrics import Measured
from artifacts.models import Collection, Membership
from artifacts.querysets.collections import LATEST, MembershipQuerySet
from artifacts.reads.pages.names import CollectionName, RunName, VersionName
from artifacts.reads.pages.version_rows import (
    Aliases,
    first_rows_for_table,
    read_aliases,
    read_seen_projects,
    read_tags,
    rows_for_file,
    rows_for_table,
)
from artifacts.reads.table_text import memberships_showing
from artifacts.services.paths.placeholders import hidden_names
from registry_site.accounts.models import User
from registry_site.http.exports import Columns, Listing
from registry_site.markup.chips import tag_chips
from registry_site.markup.menus import MenuItem
from registry_site.markup.shown import Shown
from registry_site.texts.numbers import count, filesize

_CELLS = "artifacts/collection/_metrics_cells.html"


@dataclass(frozen=True)
class Cell(Shown):
    """One number of one version, "" where it has none."""

    text: str
    exact: str
    is_best: bool


@dataclass(frozen=True, kw_only=True)
class TreeVersion(Shown):
    """A version in a list of its collection's, with no more than its names."""

    key: int  # of its membership
    names: VersionName
    is_latest: bool
    aliases: Aliases

    def get_absolute_url(self) -> str:
        return self.names.get_absolute_url()


@dataclass(frozen=True, kw_only=True)
class VersionRow(TreeVersion):
    """A version in the table of its collection, with what the person may see of it."""

    tags: Sequence[str]
    source: VersionName | None  # where it was logged; None where the person may not see it
    run: RunName | None  # that logged it; None where the person may not see it
    logged_by: str | None
    created_at: datetime
    added_at: datetime
    size: int
    file_count: int
    is_ticked: bool = False
    cells: Sequence[Cell] = ()  # its metrics
    menu: Sequence[MenuItem] = ()  # on a registry's page

    @property
    def menu_id(self) -> str:
        return f"version-{self.key}-menu"

    @property
    def choose_label(self) -> str:
        return _("Choose {number}").format(number=self.names.number)

    @property
    def menu_label(self) -> str:
        return _("Actions for {number}").format(number=self.names.number)

    @property
    def texts(self) -> dict[str, str]:
        """What the template of a row shows, besides its aliases, its time and its menu."""
        url, source, run = self.get_absolute_url(), self.source, self.run
        cells = {"cells": self.cells}
        return {
            "url": url,
            "number": self.names.number,
            "full_name": self.names.full_name,
            "choose_label": self.choose_label,
            "checked": "checked" if self.is_ticked else "",
            "cells": render_to_string(_CELLS, cells) if self.cells else "",
            "tags": tag_chips(self.tags, url=url),
            "source_url": source.get_absolute_url() if source else "",
            "source_entity": source.collection.entity if source else "",
            "source": str(source) if source else "",
            "source_name": source.full_name if source else "",
            "run_url": run.get_absolute_url() if run else "",
            "run": run.display_name if run else "",
            "logged_by": self.logged_by or "",
            "size": filesize(self.size),
            "files": count(self.file_count),
        }


@dataclass(frozen=True, kw_only=True)
class FileRow(VersionRow):
    """A version in a file of all versions, which has more of it than the table shows."""

    hidden_source: str  # stands for the source's full name where the person may not see it
    added_by: str | None
    digest: str
    description: str | None
    measured: Measured


VERSION_COLUMNS: Columns = {
    "version": lambda row: row.names.number,
    "full_name": lambda row: row.names.full_name,
    "aliases": lambda row: [*([LATEST] if row.is_latest else []), *sorted(row.aliases)],
    "tags": lambda row: row.tags,
    "source": lambda row: row.source.full_name if row.source else row.hidden_source,
    "run": lambda row: row.run and row.run.path,
    "logged_by": lambda row: row.logged_by,
    "created_at": lambda row: row.created_at,
    "added_by": lambda row: row.added_by,
    "added_at": lambda row: row.added_at,
    "size": lambda row: row.size,
    "files": lambda row: row.file_count,
    "digest": lambda row: row.digest,
    "description": lambda row: row.description,
}
VERSION_OBJECTS: Columns = {"metadata": lambda row: row.measured.metadata}


def versions_listing(user: User, collection: Collection, text: str) -> Listing:
    """Return the versions that fit the text as a page shows them, each as a VersionRow."""
    memberships = _memberships(user, collection, text)

    def complete(rows: list[Any]) -> list[VersionRow]:
        return [VersionRow(**fields) for fields in _fields(user, collection, rows)]

    return Listing(
        url=f"{collection.get_absolute_url()}/-/versions",
        rows=rows_for_table(memberships, collection),
        order=("-index",),
        columns={},
        complete=complete,
        count=memberships.count if text else lambda: collection.version_count,
        first=None if text else lambda: first_rows_for_table(collection),
    )


def versions_file(
    user: User, collection: Collection, text: str, *, metrics: Columns | None = None
) -> Listing:
    """Return the same versions as a file has them, each as a FileRow.

    `metrics` are further columns.
    """

    def complete(rows: list[Any]) -> list[FileRow]:
        fields = _fields(user, collection, rows)
        return [_file_row(each, row) for each, row in zip(fields, rows, strict=True)]

    return Listing(
        url=f"{collection.get_absolute_url()}/-/versions",
        rows=rows_for_file(_memberships(user, collection, text), collection),
        order=("-index",),
        columns={**VERSION_COLUMNS, **(metrics or {})},
        complete=complete,
        objects=VERSION_OBJECTS,
    )


def _memberships(user: User, collection: Collection, text: str) -> MembershipQuerySet:
    memberships = Membership.objects.live().filter(collection=collection)
    if not text:
        return memberships
    newest = memberships.newest_first().values_list("pk", flat=True).first()
    return memberships.filter(
        memberships_showing(text, by=user, collection=collection, newest=newest)
    )


def _fields(user: User, collection: Collection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the fields of a VersionRow for each row that was read; three queries for all."""
    aliases = read_aliases(row.pk for row in rows)
    tags = read_tags(row.version_id for row in rows)
    projects = _projects_seen(user, collection, rows)
    own = CollectionName.of(collection)
    sources = {collection.pk: own} | _sources_seen(projects, rows)
    return [
        {
            "key": row.pk,
            "names": VersionName(own, row.index),
            "is_latest": row.index == row.newest,
            "aliases": aliases.get(row.pk, {}),
            "tags": tags.get(row.version_id, ()),
            "source": _source_name(sources, row),
            "run": _run_name(projects, row),
            "logged_by": row.version__created_by__username,
            "created_at": row.version__created_at,
            "added_at": row.created_at,
            "size": row.version__size,
            "file_count": row.version__file_count,
        }
        for row in rows
    ]


def _projects_seen(
    user: User, collection: Collection, rows: Iterable[Any]
) -> dict[int, tuple[str, str]]:
    """Return the names of entity and project that the person may see, by the projects' keys."""
    own = collection.project
    keys = {row.version__sequence__project_id for row in rows}
    keys |= {row.version__run__project_id for row in rows if row.version__run_id}
    names = {own.pk: (own.entity.name, own.name)}
    others = keys - {own.pk}
    return names | read_seen_projects(user, others) if others else names


def _sources_seen(
    projects: Mapping[int, tuple[str, str]], rows: Iterable[Any]
) -> dict[int, CollectionName]:
    """Return the names of the sequences in these projects, by their keys."""
    sequences = {
        row.version__sequence_id: (
            row.version__sequence__project_id,
            row.version__sequence__artifact_type__name,
            row.version__sequence__name,
        )
        for row in rows
    }
    return {
        pk: CollectionName.of_sequence(*projects[project], *names)
        for pk, (project, *names) in sequences.items()
        if project in projects
    }


def _source_name(sources: Mapping[int, CollectionName], row: Any) -> VersionName | None:
    sequence = sources.get(row.version__sequence_id)
    # a sequence numbers its memberships as its versions
    return VersionName(sequence, row.version__version_index or 0) if sequence else None


def _run_name(projects: Mapping[int, tuple[str, str]], row: Any) -> RunName | None:
    path = projects.get(row.version__run__project_id) if row.version__run_id else None
    return RunName(*path, row.version__run__name, row.version__run__display_name) if path else None


def _file_row(fields: dict[str, Any], row: Any) -> FileRow:
    keys = (
        row.version__sequence__project__entity_id,
        row.version__sequence__project_id,
        row.version__sequence_id,
    )
    # a script joins rows by it
    hidden = "" if fields["source"] else f"{hidden_names(*keys)}:v{row.version__version_index}"
    summary = row.version__run__summary if fields["run"] else {}
    return FileRow(
        **fields,
        hidden_source=hidden,
        added_by=row.created_by__username,
        digest=row.version__digest,
        description=row.version__description,
        measured=Measured(row.version__metadata, summary),
    )
