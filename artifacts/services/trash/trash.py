"""The trash: a version that was deleted can be brought back until the sweep removes it for good."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts.models import Alias, Collection, Membership, Version
from artifacts.querysets.collections import LATEST
from artifacts.services.locks import lock_collections, lock_version
from artifacts.services.retention.holds import check_versions_not_held
from artifacts.services.retention.linked_versions import check_not_linked
from artifacts.services.trash.collections import alias_names_of
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can, check
from registry_site.accounts.services.events import record_event
from registry_site.errors import Conflict, Denied


def delete_version(*, by: User, version: Version, with_aliases: bool = False) -> None:
    """Move the version to the trash, from wherever it is linked, too; a repetition is fine.

    Its numbers are not given again. Raises Conflict where it is on legal hold, where a registry
    keeps it, where it is linked under a protected alias, and where it has any alias (`latest`,
    too) unless they are to go as well (`with_aliases`).
    """
    check_may_delete(by=by, version=version)
    with transaction.atomic():
        lock_version(version.pk)
        versions = Version.objects.filter(pk=version.pk, deleted_at__isnull=True)
        thing = version.seen_by(by)
        move_to_trash(by=by, versions=versions, thing=thing, with_aliases=with_aliases)


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
    *,
    by: User | None,
    versions: QuerySet[Version],
    thing: object,
    with_aliases: bool = True,
    at: datetime | None = None,
    note: str = "",
) -> None:
    """Hide versions and their places; for operations that checked the right and hold their rows.

    Aliases are taken off and remembered on the places. Raises Conflict as `delete_version` does;
    `thing` is what a refusal says can't be deleted. `at`: the moment at which what they go with is
    deleted, too; by that it brings them back. `note`: the rule by which they go, for the events.
    """
    live = Membership.objects.live().filter(version__in=versions.values("pk"))
    collections = lock_collections(live.values_list("collection", flat=True))
    names = alias_names_of(live)
    places = list(live.for_path().marking_newest().order_by("pk"))
    for place in places:
        place.collection = collections[place.collection_id]
        place.dropped_aliases = names.get(place.pk, [])
    check_versions_not_held(by=by, versions=versions, thing=thing)
    _check_protected(by, places)
    check_not_linked(by=by, versions=versions, thing=thing)
    if not with_aliases:
        _check_aliases(by, places)
    now = at or timezone.now()
    Alias.objects.filter(membership__in=live.values("pk")).delete()
    Membership.objects.bulk_update(
        [place for place in places if place.dropped_aliases], ["dropped_aliases"], batch_size=500
    )
    for place in places:
        place.collection.version_count -= 1
        before = {"aliases": place.dropped_aliases}
        record_trashing(by, "delete", place, before=before, note=note)
    save_collections(by, collections.values())
    live.update(hidden_at=now)  # last of the places: `live` are those that are not hidden yet
    versions.update(state=Version.State.DELETED, deleted_at=now, deleted_by=by)


def _check_protected(by: User | None, places: Iterable[Membership]) -> None:
    for place in places:
        names = {*place.dropped_aliases, *([LATEST] * place.is_newest)}
        if protected := names & place.collection.project.protected_alias_names:
            raise Conflict(_protected(by, place, sorted(protected)[0]))


def _check_aliases(by: User | None, places: Iterable[Membership]) -> None:
    carried = []
    for place in places:
        project = place.collection.project
        names = [*place.dropped_aliases, *([LATEST] * place.is_newest)]
        if can(by, Action.READ, project):
            carried += names
        elif names:
            carried.append(_("some in a project that you can't open"))
    if carried:
        raise Conflict(
            _(
                "{version} has the aliases {names}. To delete it together with them, tick “Delete "
                "their aliases, too” or call `delete(delete_aliases=True)`."
            ).format(version=place.version, names=", ".join(dict.fromkeys(carried)))
        )


def _protected(by: User | None, place: Membership, alias: str) -> str:
    project = place.collection.project
    if by is not None and not can(by, Action.READ, project):
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


def save_collections(by: User | None, collections: Iterable[Collection]) -> None:
    for collection in collections:
        collection.updated_by = by or collection.updated_by
        collection.save(update_fields=["version_count", "updated_by", "updated_at"])


def record_trashing(
    by: User | None, verb: str, place: Membership, *, before: object = None, note: str = ""
) -> None:
    """A version's deletion, or return, stands in the history of each collection that it is in."""
    record_event(
        by=by,
        verb=verb,
        kind="version" if place.is_source else "collection",
        subject=place.full_name,
        project_id=place.collection.project_id,
        before=before,
        subject_id=place.version_id if place.is_source else place.collection_id,
        note=note,
    )
