"""Deletion and restoration of several versions at once, for the ordinary case.

The effect is that of `delete_version` and `restore_version`, with a tenth of the statements. Where
these functions raise Conflict, the versions have to be taken one by one.
"""

from collections.abc import Iterable

from artifacts.models import Collection, Membership, Version
from artifacts.reads.deletable_versions import without
from artifacts.services.locks import lock_collections, lock_memberships, lock_versions
from artifacts.services.trash.trash import (
    check_may_delete,
    move_to_trash,
    record_trashing,
    save_collections,
)
from registry_site.accounts.models import User, Verb
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Conflict


def delete_versions(
    *, by: User, pks: list[int], keep: Iterable[str] = (), with_aliases: bool = False
) -> None:
    """Move these versions of one sequence to the trash, all of them or none."""
    versions = Version.objects.committed().filter(pk__in=pks)
    locked = lock_versions(versions)
    sequence = _only_sequence(locked, len(pks))
    for version in locked:
        check_may_delete(by=by, version=version)
    lock_memberships(pks)  # from here on nobody can give them an alias or link
    if without(versions, sequence, keep).count() < len(pks):
        raise Conflict("")
    move_to_trash(by=by, versions=versions, thing=sequence, with_aliases=with_aliases)


def restore_versions(*, by: User, pks: list[int]) -> None:
    """Restore these versions of one sequence that isn't deleted; they had no links or aliases."""
    versions = Version.objects.filter(pk__in=pks)
    sequence = _only_sequence(lock_versions(versions.in_trash()), len(pks))
    check(by, Action.EDIT, sequence.project)
    collection = lock_collections([sequence.pk])[sequence.pk]
    memberships = Membership.objects.filter(version__in=pks)
    rows = list(memberships.filter(hidden_with_collection=False).for_path().order_by("pk"))
    plain = [row for row in rows if row.is_source and not row.dropped_aliases]
    if collection.deleted_at or len(plain) < len(rows) or len(rows) != len(pks):
        raise Conflict("")
    versions.update(state=Version.State.COMMITTED, ttl_seconds=0, deleted_at=None, deleted_by=None)
    memberships.filter(hidden_with_collection=False).update(hidden_at=None)
    for row in rows:
        record_trashing(by, Verb.RESTORE, row)
    collection.version_count += len(rows)
    save_collections(by, [collection])


def _only_sequence(locked: list[Version], count: int) -> Collection:
    sequences = {version.sequence for version in locked}
    if len(locked) < count or len(sequences) != 1:
        raise Conflict("")
    return sequences.pop()
