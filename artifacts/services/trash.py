"""The trash: a version that was deleted can be brought back until the sweep removes it for good."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts.models import Alias, Collection, Membership, Version
from artifacts.querysets.collections import LATEST
from artifacts.services.aliases import set_aliases
from artifacts.services.locks import lock_collections, lock_version
from artifacts.services.paths import take_path
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can, check
from registry_site.accounts.services.events import record_event
from registry_site.errors import Conflict, Denied


def delete_version(*, by: User, version: Version, with_aliases: bool = False) -> None:
    """Move the version to the trash, from wherever it is linked, too; a repetition is fine.

    Its numbers are not given again. Raises Conflict where it is linked under a protected alias,
    and where it has any alias (`latest`, too) unless they are to go as well (`with_aliases`).
    """
    check_may_delete(by=by, version=version)
    with transaction.atomic():
        lock_version(version.pk)
        versions = Version.objects.filter(pk=version.pk, deleted_at__isnull=True)
        move_to_trash(by=by, versions=versions, with_aliases=with_aliases)


def check_may_delete(*, by: User, version: Version) -> None:
    """Raise Denied or NotFound: only the role where the version was logged counts."""
    project = version.sequence.project
    if project.role_of(by) is None and version.role_of(by) is not None:
        raise Denied(
            _(
                "{version} can be deleted only where it was logged, in a project that you can't "
                "open. Unlink it instead."
            ).format(version=version.seen_by(by))
        )
    check(by, Action.EDIT, project)


def move_to_trash(
    *, by: User | None, versions: QuerySet[Version], with_aliases: bool = True
) -> None:
    """Hide versions and their places; for operations that checked the right and hold their rows.

    Aliases are taken off and remembered on the places. Raises Conflict as `delete_version` does.
    """
    live = Membership.objects.live().filter(version__in=versions.values("pk"))
    collections = lock_collections(live.values_list("collection", flat=True))
    places = list(live.for_path().with_aliases().order_by("pk"))
    for place in places:
        place.collection = collections[place.collection_id]
        place.dropped_aliases = sorted(alias.name for alias in place.aliases.all())
    _check_aliases(by, places, with_aliases)
    now = timezone.now()
    Alias.objects.filter(membership__in=live.values("pk")).delete()
    Membership.objects.bulk_update(
        [place for place in places if place.dropped_aliases], ["dropped_aliases"], batch_size=500
    )
    for place in places:
        place.collection.version_count -= 1
        _record(by, "delete", place, before={"aliases": place.dropped_aliases})
    _save_collections(by, collections.values())
    live.update(hidden_at=now)
    versions.update(state=Version.State.DELETED, deleted_at=now, deleted_by=by)


def restore_version(*, by: User, version: Version) -> Version:
    """Bring a version back from the trash, with its places and the aliases that nobody took since.

    Its TTL is switched off, or it might run out at once. A sequence that was deleted comes back
    with it, or gives it to a like one that has the name by now; Conflict where that is unlike.
    A repetition is fine.
    """
    check(by, Action.EDIT, version.sequence.project)
    with transaction.atomic():
        held = lock_version(version.pk)
        if not held.deleted_at:
            return held
        if held.version_index is None:
            raise Conflict(_("This version was never committed; log it anew."))
        home = _home_of(held)
        places = list(held.memberships.exclude(hidden_at=None))
        for place in places:
            if place.is_source:
                place.collection = home
        collections = lock_collections({home.pk, *(place.collection_id for place in places)})
        _bring_back(collections[home.pk])
        held.sequence, held.state, held.ttl_seconds = home, Version.State.COMMITTED, 0
        held.deleted_at = held.deleted_by = None
        held.save(update_fields=["sequence", "state", "ttl_seconds", "deleted_at", "deleted_by"])
        for place in places:
            place.collection = collections[place.collection_id]
            _show(by, place, home.artifact_type.name)
        _save_collections(by, collections.values())
    return held


def _home_of(version: Version) -> Collection:
    """Where a version comes back to: its sequence, or a like one that took the name since."""
    sequence = version.sequence
    if not sequence.deleted_at:
        return sequence
    named = Collection.objects.filter(project=sequence.project_id, name=sequence.name).first()
    if named and (named.kind, named.artifact_type_id) != (sequence.kind, sequence.artifact_type_id):
        raise Conflict(
            _(
                "{version} can't be restored: another collection has the name {name!r} by now. "
                "Rename that one first."
            ).format(version=version, name=sequence.name)
        )
    return named or sequence


def _bring_back(sequence: Collection) -> None:
    if not sequence.deleted_at:
        return
    sequence.deleted_at = None
    try:
        with transaction.atomic():
            sequence.save(update_fields=["deleted_at"])
    except IntegrityError as error:
        raise Conflict(
            _("A collection {name!r} was made a moment ago; try again.").format(name=sequence.name)
        ) from error
    take_path(sequence, is_back=True)


def _show(by: User, place: Membership, type_name: str) -> None:
    """Bring a hidden place back, unless its collection holds another type by now."""
    collection = place.collection
    if collection.artifact_type.name != type_name:
        place.delete()
        return
    place.hidden_at, names, place.dropped_aliases = None, place.dropped_aliases, []
    place.save(update_fields=["collection", "hidden_at", "dropped_aliases"])
    collection.version_count += 1
    _record(by, "restore", place)
    taken = Alias.objects.filter(collection=collection, name__in=names)
    free = set(names) - set(taken.values_list("name", flat=True))
    set_aliases(
        by=by, membership=place, names=sorted(free - collection.project.protected_alias_names)
    )


def _check_aliases(by: User | None, places: Iterable[Membership], with_aliases: bool) -> None:
    carried = []
    for place in places:
        project = place.collection.project
        names = [*place.dropped_aliases, *([LATEST] * place.is_newest)]
        if protected := set(names) & project.protected_alias_names:
            raise Conflict(_protected(by, place, sorted(protected)[0]))
        if can(by, Action.READ, project):
            carried += names
        elif names:
            carried.append(_("some in a project that you can't open"))
    if carried and not with_aliases:
        raise Conflict(
            _(
                "{version} has the aliases {names}. To delete it together with them, call "
                "`delete(delete_aliases=True)`."
            ).format(version=place.version, names=", ".join(dict.fromkeys(carried)))
        )


def _protected(by: User | None, place: Membership, alias: str) -> str:
    project = place.collection.project
    if not can(by, Action.READ, project):
        return _(
            "{version} can't be deleted: it has a protected alias in a project that you can't "
            "open. An admin there has to take it off first."
        ).format(version=place.version)
    return _(
        "{version} can't be deleted: {place} in {project} has the protected alias {alias!r}. "
        "An admin there has to take it off first ({admins})."
    ).format(
        version=place.version,
        place=place,
        project=project,
        alias=alias,
        admins=", ".join(project.admin_names()),
    )


def _save_collections(by: User | None, collections: Iterable[Collection]) -> None:
    for collection in collections:
        collection.updated_by = by or collection.updated_by
        collection.save(update_fields=["version_count", "updated_by", "updated_at"])


def _record(by: User | None, verb: str, place: Membership, *, before: object = None) -> None:
    """A version's deletion stands in the history of each collection where it had a place."""
    record_event(
        by=by, verb=verb, kind="version" if place.is_source else "collection",
        subject=place.full_name, project_id=place.collection.project_id, before=before,
        subject_id=place.version_id if place.is_source else place.collection_id,
    )  # fmt: skip
