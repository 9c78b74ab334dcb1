"""Descriptions, metadata and tags of versions, and whether versions are linked."""

from collections.abc import Iterable
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from artifacts.models import Version, VersionTag
from artifacts.services.collections.tags import check_tag_names
from artifacts.services.locks import lock_version
from artifacts.services.retention.default_ttl import check_ttl
from registry_site.accounts.models import Kind, User, Verb
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.edits import settle_edit
from registry_site.accounts.services.events import record_event
from registry_site.errors import Conflict, Invalid
from registry_site.texts.edits import Opened

UNCHANGED: Final = object()
MAX_METADATA_KEYS = 100  # at the top, as the SDK has it


@transaction.atomic
def update_version(
    *,
    by: User,
    version: Version,
    description: str | None = None,
    metadata: dict[str, Any] | None = None,
    tags_added: Iterable[str] = (),
    tags_removed: Iterable[str] = (),
    ttl_seconds: Any = UNCHANGED,
    opened: Opened | None = None,
) -> Version:
    """Describe a version; None leaves a value unchanged. Every link shows the changes.

    `ttl_seconds` counts from its creation; None inherits, 0 switches it off. Raises Conflict for a
    linked version's TTL, which linking has switched off. `opened` has the values with which a form
    was opened; raises Unread where somebody wrote another description meanwhile.
    """
    check(by, Action.EDIT, version)
    _lock(version)
    fields: dict[str, Any] = {}
    if description is not None:
        fields |= _settle_description(by, version, description, opened)
    if metadata is not None:
        fields["metadata"] = check_metadata(metadata)
    if ttl_seconds is not UNCHANGED:
        fields["ttl_seconds"] = check_ttl(ttl_seconds)
    changed = {name: value for name, value in fields.items() if value != getattr(version, name)}
    if changed.get("ttl_seconds", 0) != 0:
        _check_not_linked(by, version)
    before = {name: getattr(version, name) for name in changed}
    new, gone = add_tags(version, check_tag_names(tags_added)), list(tags_removed)
    VersionTag.objects.filter(version=version, name__in=gone).delete()
    if changed or new or gone:
        before |= {"tags": gone} if gone else {}
        _change(by, version, changed, before, after=changed | ({"tags": new} if new else {}))
    return version


def _lock(version: Version) -> None:
    """Lock the row until the end of the transaction, and read its present values.

    A link that is made meanwhile waits, and switches the TTL off afterwards.
    """
    locked = lock_version(version.pk)
    version.description, version.metadata = locked.description, locked.metadata
    version.ttl_seconds = locked.ttl_seconds


def _check_not_linked(by: User, version: Version) -> None:
    """Raise Conflict where the version is linked and so can't have a TTL."""
    if is_linked(version):
        raise Conflict(
            _("{version} is linked, and what is linked has no TTL. Unlink it first.").format(
                version=version.seen_by(by)
            )
        )


def _settle_description(
    by: User, version: Version, description: str, opened: Opened | None
) -> dict[str, Any]:
    return settle_edit(
        by=by,
        opened=opened,
        now={"description": version.description},
        texts={"description": description},
        kind=Kind.VERSION,
        subject_id=version.pk,
    )


def _change(
    by: User,
    version: Version,
    changed: dict[str, Any],
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    for name, value in changed.items():
        setattr(version, name, value)
    version.save(update_fields=[*changed, "updated_at"])
    sequence = version.sequence
    record_event(
        by=by,
        verb=Verb.UPDATE,
        kind=Kind.VERSION,
        subject=f"{sequence.target_path}:v{version.version_index}",
        subject_id=version.pk,
        project_id=sequence.project_id,
        before=before,
        after=after,
    )


def add_tags(version: Version, names: Iterable[str]) -> list[str]:
    """Add tags to the version, and return those that are new on it."""
    names = list(names)
    if not names:
        return []
    existing = set(version.tags.values_list("name", flat=True))
    new = [name for name in names if name not in existing]
    VersionTag.objects.bulk_create(
        (VersionTag(version=version, name=name) for name in new), ignore_conflicts=True
    )
    return new


def check_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    """Return the metadata as it can be stored, or raise Invalid."""
    if not isinstance(metadata, dict):
        raise Invalid(_("Metadata is a JSON object of names and values."))
    if len(metadata) > MAX_METADATA_KEYS:
        raise Invalid(
            _("Metadata has {count} keys at the top; {limit} at most are possible.").format(
                count=len(metadata), limit=MAX_METADATA_KEYS
            )
        )
    return metadata


def is_linked(version: Version) -> bool:
    """Return whether the version has a membership outside its own sequence."""
    return version.memberships.live().exclude(collection=version.sequence_id).exists()
