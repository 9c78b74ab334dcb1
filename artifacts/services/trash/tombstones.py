"""Tombstones: what stays of a version or run that is removed for good, because others point at it.

Its name, the times and people of its making and deletion, and the pointers stay. Its descriptions
and all its files are deleted. Tables and fields that are added later are emptied, too, unless this
module lists them.
"""

from typing import Any

from django.db.models import ManyToOneRel, Model
from django.utils import timezone

from artifacts.models import (
    Download,
    LegalHold,
    Membership,
    Run,
    RunInput,
    RunOutput,
    Version,
)
from registry_site.accounts.models import Kind, Verb
from registry_site.accounts.services.events import record_event

_LEFT_OF_VERSION = {
    "id",
    "sequence",
    "state",
    "version_index",
    "digest",
    "digest_algorithm",
    "commit_hash",
    "size",
    "file_count",
    "run",
    "created_by",
    "created_at",
    "updated_at",
    "committed_at",
    "deleted_at",
    "deleted_by",
    "removed_at",
}
_LEFT_OF_RUN = {
    "id",
    "project",
    "name",
    "display_name",
    "user",
    "state",
    "exit_code",
    "job_type",
    "created_at",
    "heartbeat_at",
    "finished_at",
    "deleted_at",
    "deleted_by",
    "removed_at",
}


def reduce_version(version: Version) -> None:
    """Reduce a committed version, whose row the caller has locked, to its tombstone."""
    emptied = _reduce(
        version, {Download, LegalHold, Membership, RunInput, RunOutput}, _LEFT_OF_VERSION
    )
    version.removed_at = timezone.now()
    version.save(update_fields=[*emptied, "removed_at"])
    for membership in version.memberships.for_path():
        _record(membership)


def reduce_run(run: Run) -> None:
    """Reduce a deleted run, whose row the caller has locked, to its tombstone."""
    emptied = _reduce(run, {RunInput, RunOutput, Version}, _LEFT_OF_RUN)
    run.removed_at = timezone.now()
    run.save(update_fields=[*emptied, "removed_at"])
    record_event(
        by=None,
        verb=Verb.PURGE,
        kind=Kind.RUN,
        subject=f"{run.project}/{run.name}",
        subject_id=run.pk,
        project_id=run.project_id,
    )


def _reduce(row: Any, left_rows: set[type[Model]], left_fields: set[str]) -> list[str]:
    """Delete the rows that refer to this row, empty its fields, and return their names."""
    for relation in row._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel) and relation.related_model not in left_rows:
            relation.related_model._base_manager.filter(**{relation.field.name: row}).delete()
    emptied = [field for field in row._meta.concrete_fields if field.name not in left_fields]
    for field in emptied:
        setattr(row, field.name, field.get_default())
    return [field.name for field in emptied]


def _record(membership: Membership) -> None:
    """Record the removal of a version for the collection of this membership."""
    collection = membership.collection
    record_event(
        by=None,
        verb=Verb.PURGE,
        kind=Kind.VERSION if membership.is_source else Kind.COLLECTION,
        subject=membership.full_name,
        project_id=collection.project_id,
        subject_id=membership.version_id if membership.is_source else collection.pk,
    )
