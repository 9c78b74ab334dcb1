"""The commit: what was uploaded becomes an immutable version with a number."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts import manifests, storage
from artifacts.manifests import Entry
from artifacts.models import Blob, Manifest, Membership, Version
from artifacts.services.aliases import lock_collection, set_aliases
from artifacts.services.blobs import save_bytes
from artifacts.services.entries import find_bytes, store_entries
from artifacts.services.locks import lock_version
from artifacts.services.versions import add_tags
from registry_site.accounts.models import User
from registry_site.accounts.names import can_be_alias
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.events import record_event
from registry_site.errors import Conflict, Invalid


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
    _check_not_deleted(manifest.version)
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
    uploaded = _uploaded_manifests(version)
    bases = _bases(version, uploaded)
    entries = _final_entries(uploaded, bases)
    manifests.check_folders(entries)
    found = find_bytes(by=by, version=version, entries=entries.values(), bases=bases)
    for entry in entries.values():
        if not entry.ref and entry.path not in found:
            raise Invalid(
                _("{version} can't be committed: the file {path!r} was never uploaded.").format(
                    version=version, path=entry.path
                )
            )
    manifest = save_bytes(manifests.write_manifest(entries.values()))
    with transaction.atomic():
        version = lock_version(version.pk)
        sequence = lock_collection(version.sequence_id)
        _check_not_deleted(version)
        if version.is_committed:
            return version
        version.sequence = sequence
        version.manifest = manifest
        version.digest = manifests.digest_of(entries.values(), xxh128=version.is_summed_by_xxh128)
        store_entries(version, entries.values(), found)
        _number(by, version)
    return version


def _check_not_deleted(version: Version) -> None:
    if version.state == Version.State.DELETED:
        raise Conflict(_("This version is deleted; log it anew."))


def has_content(version: Version, manifest: Blob, *, whole: bool) -> bool:
    """Whether a manifest lists what the committed version has: all of it, or some (`whole`)."""
    given, has = _parse(manifest), _parse(version.manifest)
    known = all(
        path in has and (entry.digest, entry.ref) == (has[path].digest, has[path].ref)
        for path, entry in given.items()
    )
    return known and (len(given) == len(has) or not whole)


def _uploaded_manifests(version: Version) -> list[Manifest]:
    came = version.manifests.filter(blob__isnull=False).select_related("blob", "base__manifest")
    uploaded = list(came.order_by("pk"))
    if not uploaded:
        raise Invalid(
            _("{version} can't be committed: its manifest was never uploaded.").format(
                version=version
            )
        )
    return uploaded


def _bases(version: Version, uploaded: list[Manifest]) -> list[Version]:
    """Versions of the same sequence that this one was made from: the named ones, or the latest."""
    bases = [manifest.base for manifest in uploaded if manifest.base]
    if not bases:
        committed = Version.objects.committed().filter(sequence=version.sequence_id)
        bases = list(committed.select_related("manifest").order_by("-version_index")[:1])
    return [base for base in bases if base.sequence_id == version.sequence_id]


def _final_entries(uploaded: list[Manifest], bases: list[Version]) -> dict[str, Entry]:
    """The full manifest that came last; else all others, on the base if there is to be one."""
    full = [manifest for manifest in uploaded if manifest.kind == Manifest.Kind.FULL]
    if full:
        return _parse(full[-1].blob)
    entries: dict[str, Entry] = {}
    if bases and any(manifest.kind == Manifest.Kind.INCREMENTAL for manifest in uploaded):
        entries |= _parse(bases[0].manifest)
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


def _number(by: User, version: Version) -> None:
    sequence, now = version.sequence, timezone.now()
    version.state = Version.State.COMMITTED
    version.version_index = sequence.next_index
    version.committed_at = now
    # asked for under the rules of an older release
    aliases = [name for name in version.pending.get("aliases", []) if can_be_alias(name)]
    tags = version.pending.get("tags", [])
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
