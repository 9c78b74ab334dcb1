"""The trash: a deleted version can be restored until the sweep removes it for good."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts.models import Alias, Collection, Membership, Version
from artifacts.querysets.collections import LATEST, MembershipQuerySet
from artifacts.reads.pages.version_rows import read_protected
from artifacts.services.locks import lock_collections, lock_version
from artifacts.services.retention.holds import check_versions_not_held
from artifacts.services.retention.linked_versions import check_not_linked
from artifacts.services.trash.collections import alias_names_of
from registry_site.accounts.models import Kind, User, Verb
from registry_site.accounts.permissions import Action, can, check
from registry_site.accounts.services.events import record_event
from registry_site.errors import Conflict, Denied


def delete_version(*, by: User, version: Version, with_aliases: bool = False) -> None:
    """Move the version to the trash and hide its links; a repetition is fine.

    Its numbers are never reused. Raises Conflict where it is on legal hold, where a registry keeps
    it, where it is linked under a protected alias, and, without `with_aliases`, where it has any
    alias (`latest`, too).
    """
    check_may_delete(by=by, version=version)
    with transaction.atomic():
        lock_version(version.pk)
        versions = Version.objects.filter(pk=version.pk, deleted_at__isnull=True)
        thing = version.seen_by(by)
        move_to_trash(by=by, versions=versions, thing=thing, with_aliases=with_aliases)


def check_may_delete(*, by: User, version: Version) -> None:
    """Raise Denied or NotFound unless the role where the version was logged permits deletion."""
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
    """Hide versions and their memberships; the caller has checked rights and locked the rows.

    The memberships lose their aliases and remember them. Raises Conflict as `delete_version` does;
    the refusal names `thing`. `at` is the time at which their run or collection is deleted, too: a
    restoration of that finds them by it. `note` has the rule that retires them, for events.
    """
    live = Membership.objects.live().filter(version__in=versions.values("pk"))
    collections = lock_collections(live.values_list("collection", flat=True))
    names = alias_names_of(live)
    memberships = list(live.for_path().marking_newest().order_by("pk"))
    for membership in memberships:
        membership.collection = collections[membership.collection_id]
        membership.dropped_aliases = names.get(membership.pk, [])
    check_versions_not_held(by=by, versions=versions, thing=thing)
    _check_protected(by, memberships)
    check_not_linked(by=by, versions=versions, thing=thing)
    if not with_aliases:
        _check_aliases(by, memberships)
    _put_into_trash(by, versions, live, memberships, at or timezone.now(), note)
    save_collections(by, collections.values())


def _put_into_trash(
    by: User | None,
    versions: QuerySet[Version],
    live: MembershipQuerySet,
    memberships: list[Membership],
    now: datetime,
    note: str,
) -> None:
    Alias.objects.filter(membership__in=live.values("pk")).delete()
    Membership.objects.bulk_update(
        [membership for membership in memberships if membership.dropped_aliases],
        ["dropped_aliases"],
        batch_size=500,
    )
    for membership in memberships:
        membership.collection.version_count -= 1
        before = {"aliases": membership.dropped_aliases}
        record_trashing(by, Verb.DELETE, membership, before=before, note=note)
    live.update(hidden_at=now)  # last of the memberships: `live` are those that are not hidden yet
    versions.update(state=Version.State.DELETED, deleted_at=now, deleted_by=by)


def _check_protected(by: User | None, memberships: list[Membership]) -> None:
    protected = read_protected({each.collection.project_id for each in memberships})
    for membership in memberships:
        names = {*membership.dropped_aliases, *([LATEST] * membership.is_newest)}
        if reserved := names & protected[membership.collection.project_id]:
            raise Conflict(_protected(by, membership, sorted(reserved)[0]))


def _check_aliases(by: User | None, memberships: Iterable[Membership]) -> None:
    carried = []
    for membership in memberships:
        project = membership.collection.project
        names = [*membership.dropped_aliases, *([LATEST] * membership.is_newest)]
        if can(by, Action.READ, project):
            carried += names
        elif names:
            carried.append(_("some in a project that you can't open"))
    if carried:
        raise Conflict(
            _(
                "{version} has the aliases {names}. To delete it together with them, tick “Delete "
                "their aliases, too” or call `delete(delete_aliases=True)`."
            ).format(version=membership.version, names=", ".join(dict.fromkeys(carried)))
        )


def _protected(by: User | None, membership: Membership, alias: str) -> str:
    project = membership.collection.project
    if by is not None and not can(by, Action.READ, project):
        return _(
            "{version} can't be deleted: it has a protected alias in a project that you can't "
            "open. An admin there has to take it off first."
        ).format(version=membership.version)
    return _(
        "{version} can't be deleted: {place} in {project} has the protected alias {alias!r}. "
        "An admin there has to take it off first ({admins})."
    ).format(
        version=membership.version,
        place=membership,
        project=project,
        alias=alias,
        admins=", ".join(project.admin_names()),
    )


def save_collections(by: User | None, collections: Iterable[Collection]) -> None:
    for collection in collections:
        collection.updated_by = by or collection.updated_by
        collection.save(update_fields=["version_count", "updated_by", "updated_at"])


def record_trashing(
    by: User | None, verb: Verb, membership: Membership, *, before: object = None, note: str = ""
) -> None:
    """Record a version's deletion or restoration for the collection of this membership."""
    record_event(
        by=by,
        verb=verb,
        kind=Kind.VERSION if membership.is_source else Kind.COLLECTION,
        subject=membership.full_name,
        project_id=membership.collection.project_id,
        before=before,
        subject_id=membership.version_id if membership.is_source else membership.collection_id,
        note=note,
    )
