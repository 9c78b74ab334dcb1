"""Pending versions, which a client begins before it uploads their files."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from artifacts.models import ClientId, Collection, Project, Run, RunOutput, Version
from artifacts.reads.lookups import find_content, find_run_at, find_version_by_client_id
from artifacts.services.aliases.aliases import check_alias_names, check_may_give, set_aliases
from artifacts.services.collections.collections import get_type
from artifacts.services.collections.tags import check_tag_names
from artifacts.services.locks import lock_collection_named, lock_project, with_collection
from artifacts.services.paths.paths import take_path
from artifacts.services.projects import create_project
from artifacts.services.reach.runs import reach_run_in
from artifacts.services.retention.default_ttl import check_ttl
from artifacts.services.versions.versions import add_tags, check_metadata
from registry_site.accounts.models import User
from registry_site.accounts.names import check_collection_name, check_type_name
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Conflict, Invalid


@dataclass(frozen=True)
class Draft:
    """What a client sends of a version before its files.

    `ttl_seconds` counts from its creation; None inherits, 0 is none. `distributed_id` is the same
    for all processes that log the version together.
    """

    type_name: str
    collection_name: str
    digest: str
    digest_algorithm: str = Version.Algorithm.MD5
    description: str | None = None
    metadata: dict[str, Any] | None = None
    aliases: Iterable[str] = ()
    tags: Iterable[str] = ()
    ttl_seconds: int | None = None
    history_step: int | None = None
    distributed_id: str = ""
    client_id: str = ""
    sequence_client_id: str = ""


LockSequence = Callable[[User, Project, Draft], Collection]


@transaction.atomic
def log_version(
    *, by: User, entity_name: str | None, project_name: str | None, run_name: str, draft: Draft
) -> Version:
    """Begin a version in a project, made if missing, as the output of a run in it.

    Without a `run_name`, no run logs it. Raises NotFound for an entity or run that doesn't exist,
    and what `create_project` and `create_version` raise.
    """
    run = None
    if entity_name and project_name and run_name:
        run = find_run_at(entity_name, project_name, run_name)
    project = create_project(
        by=by,
        entity_name=entity_name,
        name=project_name,
        run_name=run_name,
        at_hand=run.project if run else None,
    )
    if run_name and run is None:
        run = reach_run_in(project=project, name=run_name)
    return create_version(by=by, project=project, run=run, draft=draft)


def create_version(*, by: User, project: Project, draft: Draft, run: Run | None = None) -> Version:
    """Return a new version, pending until its commit, in a sequence that is made if missing.

    If the sequence has this content already, return the committed version that has it, with the
    aliases and tags added. A repeated request (same client id, or same distributed id) returns the
    version that it made before. Of several processes, each may add aliases and tags, and the first
    one with a description sets it. Raises Invalid where the sequence has another type.
    """
    check(by, Action.EDIT, project)
    draft = _checked(by, project, draft)
    create = partial(_create_version, by, project, draft, run)
    return with_collection(create, lock=_lock_sequence, make=_lock_or_make_sequence)


@transaction.atomic
def _create_version(
    by: User, project: Project, draft: Draft, run: Run | None, *, lock: LockSequence
) -> Version:
    sequence = _sequence(by, project, draft, lock)
    of_client = find_version_by_client_id(draft.client_id) if draft.client_id else None
    version = _earlier(sequence, draft, of_client)
    if version is None:
        version = _create(by, sequence, run, draft)
    elif version.is_committed:
        _add_to_committed(by, version, sequence, draft)
    else:
        _add_to_pending(version, draft)
    if draft.client_id and version != of_client:
        _remember(draft.client_id, version)
    if run is not None:
        RunOutput.objects.bulk_create([RunOutput(run=run, version=version)], ignore_conflicts=True)
    return version


def _checked(by: User, project: Project, draft: Draft) -> Draft:
    """Return the draft with values that can be stored; raises Invalid or Denied where it can't."""
    names = check_alias_names(draft.aliases, collection=draft.collection_name)
    tags = check_tag_names(draft.tags)
    check_may_give(by=by, project=project, names=names, collection=draft.collection_name)
    metadata, ttl_seconds = check_metadata(draft.metadata or {}), check_ttl(draft.ttl_seconds)
    ids = draft.client_id, draft.distributed_id, draft.sequence_client_id
    _check_lengths(draft.digest, *ids)
    return replace(draft, aliases=names, tags=tags, metadata=metadata, ttl_seconds=ttl_seconds)


def _create(by: User, sequence: Collection, run: Run | None, draft: Draft) -> Version:
    return Version.objects.create(
        sequence=sequence,
        digest=draft.digest,
        digest_algorithm=draft.digest_algorithm,
        run=run,
        description=draft.description,
        metadata=draft.metadata,
        ttl_seconds=draft.ttl_seconds,
        history_step=draft.history_step,
        distributed_id=draft.distributed_id,
        created_by=by,
        pending={"aliases": list(draft.aliases), "tags": list(draft.tags)},
    )


def _check_lengths(digest: str, *ids: str) -> None:
    for text, limit in ((digest, 64), *((text, 128) for text in ids)):
        if len(text) > limit:
            raise Invalid(
                _("An id or digest has {n} characters; {limit} are possible.").format(
                    n=len(text), limit=limit
                )
            )


def _sequence(by: User, project: Project, draft: Draft, lock: LockSequence) -> Collection:
    """Return the sequence to log to, which `lock` locks; Collection.DoesNotExist if missing."""
    check_type_name(draft.type_name)
    if project.is_registry:
        raise Invalid(
            _("Nothing can be logged to {project}: log to a team's project, then link it.").format(
                project=project
            )
        )
    sequence = lock(by, project, draft)
    _check_sequence(sequence, draft)
    return sequence


def _lock_sequence(by: User, project: Project, draft: Draft) -> Collection:
    return lock_collection_named(project, draft.collection_name)


def _lock_or_make_sequence(by: User, project: Project, draft: Draft) -> Collection:
    check_collection_name(draft.collection_name)
    lock_project(project.pk)  # from here on no other collection gets the name
    try:
        return _lock_sequence(by, project, draft)
    except Collection.DoesNotExist:
        _create_sequence(by, project, draft)
        return _lock_sequence(by, project, draft)


def _check_sequence(sequence: Collection, draft: Draft) -> None:
    """Raise Invalid where the collection isn't a sequence or has another type."""
    if sequence.is_portfolio:
        raise Invalid(
            _(
                "Nothing can be logged to {name!r}: versions are linked to that collection. "
                "Log under another name."
            ).format(name=sequence.name)
        )
    if sequence.artifact_type.name != draft.type_name:
        raise Invalid(
            _(
                "The collection {name!r} holds the type “{held}”, not “{given}”. "
                "Log with its type, or under another name."
            ).format(name=sequence.name, held=sequence.artifact_type.name, given=draft.type_name)
        )


def _create_sequence(by: User, project: Project, draft: Draft) -> None:
    sequence = Collection.objects.create(
        project=project,
        artifact_type=get_type(project, draft.type_name),
        name=draft.collection_name,
        kind=Collection.Kind.SEQUENCE,
        client_id=draft.sequence_client_id,
        created_by=by,
        updated_by=by,
    )
    take_path(sequence)


def _earlier(sequence: Collection, draft: Draft, of_client: Version | None) -> Version | None:
    """Return the version of an earlier request, or one with the same content, or None.

    `of_client` is the version that has the client id already.
    """
    if of_client and of_client.sequence_id == sequence.pk:
        return of_client
    if not draft.distributed_id:
        return find_content(sequence, draft.digest, draft.digest_algorithm)
    pending = Version.objects.filter(sequence=sequence, state=Version.State.PENDING).for_path()
    together = pending.filter(distributed_id=draft.distributed_id, deleted_at__isnull=True)
    return together.order_by("pk").first()


def _add_to_committed(by: User, version: Version, sequence: Collection, draft: Draft) -> None:
    source = version.memberships.get(collection=sequence)
    source.collection = sequence
    set_aliases(by=by, membership=source, names=draft.aliases)
    add_tags(version, draft.tags)


def _add_to_pending(version: Version, draft: Draft) -> None:
    before = version.pending
    after = {
        "pending": {
            "aliases": list(dict.fromkeys([*before.get("aliases", []), *draft.aliases])),
            "tags": list(dict.fromkeys([*before.get("tags", []), *draft.tags])),
        },
        "description": version.description or draft.description,
        "metadata": version.metadata or draft.metadata,
    }
    changed = {name: value for name, value in after.items() if value != getattr(version, name)}
    for name, value in changed.items():
        setattr(version, name, value)
    if changed:
        version.save(update_fields=[*changed, "updated_at"])


def _remember(client_id: str, version: Version) -> None:
    try:
        with transaction.atomic():
            ClientId.objects.create(client_id=client_id, version=version)
    except IntegrityError as error:
        if ClientId.objects.get(client_id=client_id).version_id != version.pk:
            raise Conflict(
                _("This client id means another artifact already; log it anew.")
            ) from error
