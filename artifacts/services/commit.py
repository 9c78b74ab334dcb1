"""The commit: what was uploaded becomes an immutable version with a number."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts import manifests, storage
from artifacts.manifests import Entry
from artifacts.models import ArtifactFile, Blob, Manifest, ManifestEntry, Membership, Version
from artifacts.services.aliases import lock_collection, set_aliases
from artifacts.services.blobs import borrow, save_bytes
from artifacts.services.files import chunks
from artifacts.services.locks import lock_version
from artifacts.services.versions import add_tags
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.events import record_event
from registry_site.errors import Conflict, Invalid
from registry_site.graphql.ids import decode_id

_BATCH = 2000  # rows of one insert


def create_manifest(
    *,
    by: User,
    version: Version,
    kind: str = Manifest.Kind.FULL,
    digest: str = "",
    base: Version | None = None,
) -> Manifest:
    """Announce a manifest; the one with an empty digest is a placeholder and never gets a body."""
    check(by, Action.EDIT, version.sequence.project)
    _check_not_deleted(version)
    if len(digest) > 24:
        raise Invalid(_("The manifest's digest is not the base64 of an MD5."))
    return Manifest.objects.create(version=version, kind=kind, digest=digest, base=base)


def set_manifest_digest(*, by: User, manifest: Manifest, digest: str) -> Manifest:
    """Say which bytes will be uploaded for an announced manifest (base64 of their MD5)."""
    check(by, Action.EDIT, manifest.version.sequence.project)
    if manifest.version.state != Version.State.PENDING:
        raise Conflict(_("This version is committed: its manifest can't change any more."))
    manifest.digest = digest[:24]
    manifest.save(update_fields=["digest"])
    return manifest


def commit_version(*, by: User, version: Version) -> Version:
    """Make a pending version immutable, number it, and give it its aliases and tags.

    Raises Invalid where a manifest or a file never came; the version then stays pending, and the
    commit can be tried again. A repeated commit changes nothing.
    """
    check(by, Action.EDIT, version.sequence.project)
    _check_not_deleted(version)
    if version.is_committed:
        return version
    entries = _final_entries(version)
    blobs = _find_blobs(by, version, entries)
    manifest = save_bytes(manifests.write_manifest(entries.values()))
    with transaction.atomic():
        version = lock_version(version.pk)
        sequence = lock_collection(version.sequence_id)
        _check_not_deleted(version)
        if version.is_committed:
            return version
        version.sequence = sequence
        version.manifest = manifest
        _store_entries(version, entries, blobs)
        _number(by, version)
    return version


def _check_not_deleted(version: Version) -> None:
    if version.state == Version.State.DELETED:
        raise Conflict(_("This version is deleted; log it anew."))


def _final_entries(version: Version) -> dict[str, Entry]:
    uploaded = list(
        version.manifests.filter(blob__isnull=False).select_related("blob", "base").order_by("pk")
    )
    full = [manifest for manifest in uploaded if manifest.kind == Manifest.Kind.FULL]
    if full:
        return _parse(full[-1].blob)
    if not uploaded:
        raise Invalid(
            _("{version} can't be committed: its manifest was never uploaded.").format(
                version=version
            )
        )
    entries: dict[str, Entry] = {}
    if any(manifest.kind == Manifest.Kind.INCREMENTAL for manifest in uploaded):
        base = next((manifest.base for manifest in uploaded if manifest.base), None)
        base = base or (
            Version.objects.committed()
            .filter(sequence=version.sequence_id)
            .order_by("-version_index")
            .first()
        )
        if base and base.sequence_id == version.sequence_id:
            entries |= _parse(base.manifest)
    for manifest in uploaded:
        entries |= _parse(manifest.blob)
    return entries


def _parse(blob: Blob | None) -> dict[str, Entry]:
    if blob is None:
        return {}
    if blob.size > manifests.MAX_BYTES:
        raise Invalid(_("The manifest is larger than {limit} bytes.").format(
            limit=manifests.MAX_BYTES
        ))  # fmt: skip
    with storage.open_blob(blob.sha256) as file:
        return manifests.parse_manifest(file.read())


def _find_blobs(by: User, version: Version, entries: dict[str, Entry]) -> dict[str, Blob]:
    """Return the bytes of each entry by its digest: own uploads, then the project's, then those
    of other versions that the person may download. Raises Invalid for bytes that never came."""
    wanted = {entry.digest for entry in entries.values() if not entry.ref}
    found: dict[str, Blob] = {}
    files = ArtifactFile.objects.filter(blob__isnull=False).select_related("blob")
    own = files.filter(version=version)
    found |= {file.digest: file.blob for file in own if file.blob and file.digest in wanted}
    for part in chunks(wanted - found.keys()):
        shared = files.filter(
            version__sequence__project=version.sequence.project_id, digest__in=part
        )
        found |= {file.digest: file.blob for file in shared if file.blob}
    if wanted - found.keys():
        found |= _borrowed(by, entries, wanted - found.keys())
    there = borrow(found.values())
    found = {digest: blob for digest, blob in found.items() if blob.pk in there}
    for entry in entries.values():
        if not entry.ref and entry.digest not in found:
            raise Invalid(
                _("{version} can't be committed: the file {path!r} was never uploaded.").format(
                    version=version, path=entry.path
                )
            )
    return found


def _borrowed(by: User, entries: dict[str, Entry], digests: set[str]) -> dict[str, Blob]:
    births = {
        decode_id(entry.birth_id, "Artifact")
        for entry in entries.values()
        if entry.digest in digests and not entry.ref
    } - {None}
    found: dict[str, Blob] = {}
    lenders = Version.objects.permitting(Action.DOWNLOAD, by).filter(pk__in=births)
    for part in chunks(digests):
        lent = ManifestEntry.objects.filter(
            version__in=lenders, digest__in=part, blob__isnull=False
        ).select_related("blob")
        found |= {entry.digest: entry.blob for entry in lent if entry.blob}
    return found


def _store_entries(version: Version, entries: dict[str, Entry], blobs: dict[str, Blob]) -> None:
    version.size = version.file_count = 0
    rows = []
    for entry in entries.values():
        blob = None if entry.ref else blobs[entry.digest]
        size = blob.size if blob else entry.size
        version.size += size
        version.file_count += 1
        birth = decode_id(entry.birth_id, "Artifact") if blob else None
        rows.append(
            ManifestEntry(
                version=version,
                path=entry.path,
                digest=entry.digest,
                size=size,
                ref=entry.ref,
                birth_version_id=(birth or version.pk) if blob else None,
                blob=blob,
            )  # fmt: skip
        )
    if version.size >= 2**63:
        raise Invalid(_("The manifest is not JSON of the form that the SDK writes."))
    ManifestEntry.objects.bulk_create(rows, batch_size=_BATCH)
    if version.digest_algorithm == Version.Algorithm.MD5:
        version.digest = manifests.digest_of(entries.values())


def _number(by: User, version: Version) -> None:
    sequence, now = version.sequence, timezone.now()
    version.state = Version.State.COMMITTED
    version.version_index = sequence.next_index
    version.committed_at = now
    aliases, tags = version.pending.get("aliases", []), version.pending.get("tags", [])
    version.pending = {}
    version.save(
        update_fields=[
            "state", "version_index", "committed_at", "pending", "manifest", "size", "file_count",
            "digest", "updated_at",
        ]
    )  # fmt: skip
    membership = Membership.objects.create(
        collection=sequence, version=version, index=version.version_index, created_by=by
    )
    sequence.next_index += 1
    sequence.version_count += 1
    sequence.updated_by = by
    sequence.save(update_fields=["next_index", "version_count", "updated_by", "updated_at"])
    set_aliases(by=by, membership=membership, names=aliases)
    add_tags(version, tags)
    record_event(
        by=by, verb="create", kind="version", subject=membership.full_name,
        subject_id=version.pk, project_id=sequence.project_id,
        after={"digest": version.digest, "size": version.size},
    )  # fmt: skip
