"""Versions before and after their commit: created pending, described at any time."""

from collections.abc import Iterable
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from artifacts.models import (
    ClientId,
    Collection,
    Project,
    Run,
    RunOutput,
    Version,
    VersionTag,
)
from artifacts.reads.lookups import find_content, find_version_by_client_id
from artifacts.services.aliases.aliases import check_alias_names, check_may_give, set_aliases
from artifacts.services.collections.collections import check_tag_names, get_type
from artifacts.services.locks import lock_collection_named, lock_version
from artifacts.services.paths.paths import take_path
from artifacts.services.retention.default_ttl import check_ttl
from registry_site.accounts.models import Kind, User, Verb
from registry_site.accounts.names import check_collection_name, check_type_name
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.edits import settle_edit
from registry_site.accounts.services.events import record_event
from registry_site.errors import Conflict, Invalid
from registry_site.texts.edits import Opened

UNCHANGED: Final = object()
MAX_METADATA_KEYS = 100  # at the top, as the SDK has it


@transaction.atomic
def create_version(
    *,
    by: User,
    project: Project,
    type_name: str,
    collection_name: str,
    digest: str,
    digest_algorithm: str = Version.Algorithm.MD5,
    run: Run | None = None,
    description: str | None = None,
    metadata: dict[str, Any] | None = None,
    aliases: Iterable[str] = (),
    tags: Iterable[str] = (),
    ttl_seconds: int | None = None,
    history_step: int | None = None,
    distributed_id: str = "",
    client_id: str = "",
    sequence_client_id: str = "",
) -> Version:
    """Begin a version, pending until its commit, in a sequence that is made when first used.

    Content that the sequence holds already gives the committed version that has it, with the
    aliases and tags added. A repeated request (same client id, or same distributed id) gives
    the version that it made before; of several processes each may add aliases and tags, and the
    first that says something describes it. Raises Invalid where the sequence has another type.
    """
    check(by, Action.EDIT, project)
    names = check_alias_names(aliases, collection=collection_name)
    labels = check_tag_names(tags)
    check_may_give(by=by, project=project, names=names, collection=collection_name)
    metadata, ttl_seconds = check_metadata(metadata or {}), check_ttl(ttl_seconds)
    _check_lengths(digest, client_id, distributed_id, sequence_client_id)
    sequence = _sequence(by, project, collection_name, type_name, sequence_client_id)
    version = _known(sequence, digest, digest_algorithm, distributed_id, client_id)
    if version is None:
        version = Version.objects.create(
            sequence=sequence,
            digest=digest,
            digest_algorithm=digest_algorithm,
            run=run,
            description=description,
            metadata=metadata,
            ttl_seconds=ttl_seconds,
            history_step=history_step,
            distributed_id=distributed_id,
            created_by=by,
            pending={"aliases": names, "tags": labels},
        )
    elif version.is_committed:
        _add_to_committed(by, version, sequence, names, labels)
    else:
        _add_to_pending(version, names, labels, description, metadata)
    if client_id:
        _remember(client_id, version)
    if run is not None:
        RunOutput.objects.bulk_create([RunOutput(run=run, version=version)], ignore_conflicts=True)
    return version


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
    """Describe a version; what is None stays as it is. It shows wherever the version is linked.

    `ttl_seconds`: seconds from its creation, None inherits, 0 switches off. Raises Conflict for
    a TTL of what is linked: linking has switched it off. `opened`: what a form was opened with;
    raises Unread where somebody wrote another description meanwhile.
    """
    check(by, Action.EDIT, version)
    _hold(version)
    given: dict[str, Any] = {}
    if description is not None:
        given |= _settle_description(by, version, description, opened)
    if metadata is not None:
        given["metadata"] = check_metadata(metadata)
    if ttl_seconds is not UNCHANGED:
        given["ttl_seconds"] = check_ttl(ttl_seconds)
    changed = {name: value for name, value in given.items() if value != getattr(version, name)}
    if changed.get("ttl_seconds", 0) != 0 and is_linked(version):
        raise Conflict(
            _("{version} is linked, and what is linked has no TTL. Unlink it first.").format(
                version=version.seen_by(by)
            )
        )
    before = {name: getattr(version, name) for name in changed}
    new, gone = add_tags(version, check_tag_names(tags_added)), list(tags_removed)
    VersionTag.objects.filter(version=version, name__in=gone).delete()
    if changed or new or gone:
        before |= {"tags": gone} if gone else {}
        _change(by, version, changed, before, after=changed | ({"tags": new} if new else {}))
    return version


def _hold(version: Version) -> None:
    """Hold the row to the end of the transaction, and read what others wrote there meanwhile.

    A link that comes now waits, and switches the TTL off afterwards.
    """
    held = lock_version(version.pk)
    version.description, version.metadata = held.description, held.metadata
    version.ttl_seconds = held.ttl_seconds


def _settle_description(
    by: User, version: Version, description: str, opened: Opened | None
) -> dict[str, Any]:
    return settle_edit(
        by=by,
        opened=opened,
        now={"description": version.description},
        given={"description": description},
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
    """Tag the version and return which tags are new on it."""
    known = set(version.tags.values_list("name", flat=True))
    new = [name for name in names if name not in known]
    VersionTag.objects.bulk_create(
        (VersionTag(version=version, name=name) for name in new), ignore_conflicts=True
    )
    return new


def check_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    """Return metadata that can be stored, or raise Invalid."""
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
    """Whether the version has a membership outside of its own sequence."""
    return version.memberships.live().exclude(collection=version.sequence_id).exists()


def _check_lengths(digest: str, *ids: str) -> None:
    for text, limit in ((digest, 64), *((text, 128) for text in ids)):
        if len(text) > limit:
            raise Invalid(
                _("An id or digest has {n} characters; {limit} are possible.").format(
                    n=len(text), limit=limit
                )
            )


def _sequence(by: User, project: Project, name: str, type_name: str, client_id: str) -> Collection:
    check_type_name(type_name)
    if project.is_registry:
        raise Invalid(
            _("Nothing can be logged to {project}: log to a team's project, then link it.").format(
                project=project
            )
        )
    sequence = lock_collection_named(project, name)
    if sequence is None:
        check_collection_name(name)
        _create_sequence(by, project, name, type_name, client_id)
        sequence = lock_collection_named(project, name)
    if sequence is None:
        raise Conflict(
            _("{name!r} was renamed or deleted a moment ago; try again.").format(name=name)
        )
    if sequence.is_portfolio:
        raise Invalid(
            _(
                "Nothing can be logged to {name!r}: versions are linked to that collection. "
                "Log under another name."
            ).format(name=name)
        )
    if sequence.artifact_type.name != type_name:
        raise Invalid(
            _(
                "The collection {name!r} holds the type “{held}”, not “{given}”. "
                "Log with its type, or under another name."
            ).format(name=name, held=sequence.artifact_type.name, given=type_name)
        )
    return sequence


def _create_sequence(by: User, project: Project, name: str, type_name: str, client_id: str) -> None:
    try:
        with transaction.atomic():
            sequence = Collection.objects.create(
                project=project,
                artifact_type=get_type(project, type_name),
                name=name,
                kind=Collection.Kind.SEQUENCE,
                client_id=client_id,
                created_by=by,
                updated_by=by,
            )
    except IntegrityError:  # another client made it a moment ago
        return
    take_path(sequence)


def _known(
    sequence: Collection, digest: str, algorithm: str, distributed_id: str, client_id: str
) -> Version | None:
    known = find_version_by_client_id(client_id) if client_id else None
    if known and known.sequence_id == sequence.pk:
        return known
    if not distributed_id:
        return find_content(sequence, digest, algorithm)
    pending = Version.objects.filter(sequence=sequence, state=Version.State.PENDING).for_path()
    pending = pending.filter(distributed_id=distributed_id, deleted_at__isnull=True)
    return pending.order_by("pk").first()


def _add_to_committed(
    by: User, version: Version, sequence: Collection, names: list[str], labels: list[str]
) -> None:
    source = version.memberships.get(collection=sequence)
    source.collection = sequence
    set_aliases(by=by, membership=source, names=names)
    add_tags(version, labels)


def _add_to_pending(
    version: Version, names: list[str], labels: list[str], description: str | None, metadata: Any
) -> None:
    asked = version.pending
    changed = {
        "pending": {
            "aliases": list(dict.fromkeys([*asked.get("aliases", []), *names])),
            "tags": list(dict.fromkeys([*asked.get("tags", []), *labels])),
        },
        "description": version.description or description,
        "metadata": version.metadata or metadata,
    }
    changed = {name: value for name, value in changed.items() if value != getattr(version, name)}
    for name, value in changed.items():
        setattr(version, name, value)
    if changed:
        version.save(update_fields=[*changed, "updated_at"])


def _remember(client_id: str, version: Version) -> None:
    known, _created = ClientId.objects.get_or_create(
        client_id=client_id, defaults={"version": version}
    )
    if known.version_id != version.pk:
        raise Conflict(_("This client id means another artifact already; log it anew."))
