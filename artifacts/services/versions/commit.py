"""The commit, which makes a pending version immutable and numbers it."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import cache, partial
from typing import IO, Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts.formats import manifests
from artifacts.formats.manifests import Entry
from artifacts.models import Blob, Manifest, Membership, Version
from artifacts.services.aliases.aliases import set_aliases
from artifacts.services.files.blobs import chunks, save_blob
from artifacts.services.files.contents import (
    gather,
    reader_of,
    sources_of,
    spool,
    unspool,
)
from artifacts.services.files.entries import Found, Row, row_of, store_entries
from artifacts.services.locks import lock_version_and_sequence
from artifacts.services.versions.versions import add_tags
from artifacts.store import store
from registry_site.accounts.models import Event, Kind, User, Verb
from registry_site.accounts.names import can_be_alias
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.events import describe_event, record_events
from registry_site.errors import Conflict, Invalid
from registry_site.queries.prepared import prepared
from registry_site.queries.together import write_together

# what a commit changes of a version and of its sequence
_NUMBERED = [
    *("state", "version_index", "committed_at", "pending", "manifest"),
    *("size", "file_count", "digest", "updated_at"),
]
_COUNTED = ["next_index", "version_count", "updated_by", "updated_at"]


def create_manifest(
    *,
    by: User,
    version: Version,
    kind: str = Manifest.Kind.FULL,
    digest: str = "",
    base: Version | None = None,
) -> Manifest:
    """Announce a manifest; one with an empty digest is a placeholder and is never uploaded."""
    check(by, Action.EDIT, version.sequence.project)
    _check_not_deleted(version)
    if len(digest) > 24:
        raise Invalid(_("The manifest's digest is not the base64 of an MD5."))
    return Manifest.objects.create(version=version, kind=kind, digest=digest, base=base)


def set_manifest_digest(*, by: User, manifest: Manifest, digest: str) -> Manifest:
    """Set the MD5 (base64) of the bytes that will be uploaded for an announced manifest."""
    check(by, Action.EDIT, manifest.version.sequence.project)
    _check_not_deleted(manifest.version)
    manifest.digest = digest[:24]
    manifest.save(update_fields=["digest"])
    return manifest


def commit_version(*, by: User, version: Version) -> Version:
    """Make a pending version immutable, number it, and give it its aliases and tags.

    Raises Invalid where a manifest or a file hasn't arrived; the version then stays pending, and
    the commit can be tried again. A repeated commit changes nothing.
    """
    check(by, Action.EDIT, version.sequence.project)
    _check_not_deleted(version)
    if version.is_committed:
        return version
    uploaded = _uploaded_manifests(version)
    bases = cache(partial(_bases, version, uploaded))
    with ExitStack() as scratch:
        rows = scratch.enter_context(store().scratch())
        contents = gather(
            scratch, by=by, version=version, sources=sources_of(uploaded, bases), bases=bases
        )
        digest, manifest = _write(version, contents, rows)
        return _store(by, version, digest, manifest, unspool(rows))


def _write(
    version: Version, contents: Iterable[tuple[Entry, Found | None]], rows: IO[str]
) -> tuple[str, Blob]:
    """Store the manifest of these contents, spool their rows; return digest and manifest."""
    digest = manifests.start_digest(xxh128=version.is_summed_by_xxh128)

    def entries() -> Iterator[Entry]:
        for part in chunks(contents):
            spool([row_of(version, entry, bytes_) for entry, bytes_ in part], rows)
            digest.update(b"".join(manifests.digest_line(entry) for entry, _found in part))
            yield from (entry for entry, _found in part)

    pieces = manifests.manifest_pieces(manifests.check_folders(entries()))
    manifest = save_blob(read=reader_of(pieces))
    return digest.hexdigest(), manifest


@transaction.atomic
def _store(by: User, version: Version, digest: str, manifest: Blob, rows: Iterator[Row]) -> Version:
    version = lock_version_and_sequence(version.pk)
    _check_not_deleted(version)
    if version.is_committed:
        return version
    version.manifest = manifest
    version.digest = digest
    store_entries(version, rows)
    _number(by, version)
    return version


def _check_not_deleted(version: Version) -> None:
    if version.state == Version.State.DELETED:
        raise Conflict(_("This version is deleted; log it anew."))


def _uploaded_manifests(version: Version) -> list[Manifest]:
    uploaded: list[Manifest] = _manifests_that_came(version.pk)
    if not uploaded:
        raise Invalid(
            _("{version} can't be committed: its manifest was never uploaded.").format(
                version=version
            )
        )
    return uploaded


@prepared
def _manifests_that_came(version: Any) -> QuerySet:
    rows = Manifest.objects.filter(version=version, blob__isnull=False)
    return rows.select_related("blob", "base__manifest").order_by("pk")


def _bases(version: Version, uploaded: list[Manifest]) -> list[Version]:
    """Return the versions of the same sequence on which this one is based: named, or latest."""
    bases = [manifest.base for manifest in uploaded if manifest.base]
    if not bases:
        committed = Version.objects.committed().filter(sequence=version.sequence_id)
        bases = list(committed.select_related("manifest").order_by("-version_index")[:1])
    return [base for base in bases if base.sequence_id == version.sequence_id]


def _number(by: User, version: Version) -> None:
    sequence, now = version.sequence, timezone.now()
    version.state = Version.State.COMMITTED
    version.version_index = sequence.next_index
    version.committed_at = now
    # requested under the rules of an older release
    aliases = [name for name in version.pending.get("aliases", []) if can_be_alias(name)]
    tags = version.pending.get("tags", [])
    version.pending = {}
    membership = Membership(
        collection=sequence, version=version, index=version.version_index, created_by=by
    )
    sequence.next_index += 1
    sequence.version_count += 1
    sequence.updated_by = by
    commit = _describe_commit(by, membership)
    write_together(
        new=[membership] if aliases else [membership, commit],
        changed=[(version, _NUMBERED), (sequence, _COUNTED)],
    )
    if aliases:  # their events stand before that of the commit
        set_aliases(by=by, membership=membership, names=aliases)
        record_events([commit])
    add_tags(version, tags)


def _describe_commit(by: User, membership: Membership) -> Event:
    version, sequence = membership.version, membership.collection
    return describe_event(
        by=by,
        verb=Verb.CREATE,
        kind=Kind.VERSION,
        subject=membership.full_name,
        subject_id=version.pk,
        project_id=sequence.project_id,
        after={"digest": version.digest, "size": version.size},
    )
