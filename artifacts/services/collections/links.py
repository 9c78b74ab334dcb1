"""Linking: a version gets a membership in a portfolio; no file is copied."""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from functools import partial
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership, Project, Version
from artifacts.reads.lookups import find_membership_of
from artifacts.services.aliases.aliases import (
    AliasChange,
    check_alias_names,
    check_may_give,
    check_note,
    check_protected,
    set_aliases,
)
from artifacts.services.collections.collections import create_portfolio
from artifacts.services.collections.link_at_once import link_at_once
from artifacts.services.locks import (
    lock_collection,
    lock_collection_named,
    lock_live_version,
    lock_project,
    with_collection,
)
from artifacts.services.retention.holds import check_versions_not_held
from registry_site.accounts.models import Entity, Kind, Team, User, Verb
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.events import record_event
from registry_site.errors import Conflict, Invalid


class Linking(NamedTuple):
    """The result of linking: the membership, whether it is new, and the changes of aliases."""

    membership: Membership
    is_new: bool
    aliases: list[AliasChange]


def link_version(
    *,
    by: User,
    version: Version,
    project: Project,
    collection_name: str,
    aliases: Iterable[str] = (),
    note: str = "",
) -> Linking:
    """Link the version to a collection, made if missing; `note` is kept with its aliases.

    Linking again returns the existing membership and adds the aliases. The version's TTL is
    switched off. Raises Invalid or Conflict with the rule that forbids the link, Denied where
    the role is too low.
    """
    check(by, Action.EDIT, project)
    check(by, Action.EDIT, version)
    names = check_alias_names(aliases, collection=collection_name)
    check_may_give(by=by, project=project, names=names, collection=collection_name)
    check_linkable(by=by, version=version, project=project)
    link = by, version, project, collection_name, names, check_note(note)
    if connection.vendor == "postgresql":
        linking = _link_at_once(*link)
        if linking:
            return linking
    plainly = partial(_link, *link)
    return with_collection(plainly, lock=_lock_portfolio, make=_lock_or_make_portfolio)


@transaction.atomic
def _link(
    by: User,
    version: Version,
    project: Project,
    collection_name: str,
    names: list[str],
    note: str,
    *,
    lock: Callable[[User, Version, Project, str], Collection],
) -> Linking:
    ttl_seconds = lock_live_version(version.pk)
    collection = lock(by, version, project, collection_name)
    membership, is_new = _membership(by, version, collection)
    changes = set_aliases(by=by, membership=membership, names=names, note=note)
    if ttl_seconds != 0:
        Version.objects.filter(pk=version.pk).update(ttl_seconds=0)
    return Linking(membership, is_new, changes)


def _link_at_once(
    by: User, version: Version, project: Project, name: str, names: list[str], note: str
) -> Linking | None:
    """Link in one statement where that is possible, which needs a transaction only for aliases."""
    with transaction.atomic() if names else nullcontext():
        membership = link_at_once(
            by=by, version=version, project=project, name=name, source=_source_name(version)
        )
        if membership is None:
            return None
        changes = set_aliases(by=by, membership=membership, names=names, note=note)
        return Linking(membership, True, changes)


def unlink_version(*, by: User, membership: Membership) -> None:
    """Remove a link and its aliases; the source stays. Raises Conflict for a legal hold."""
    check(by, Action.EDIT, membership.collection.project)
    with transaction.atomic():
        collection = lock_collection(membership.collection_id)
        carried = check_may_unlink(by=by, membership=membership)
        gone, _rows = Membership.objects.filter(pk=membership.pk).delete()
        if not gone:
            return  # a repeated request
        _count(collection, by, -1)
        record_event(
            by=by,
            verb=Verb.UNLINK,
            kind=Kind.COLLECTION,
            subject=membership.full_name,
            subject_id=collection.pk,
            project_id=collection.project_id,
            before={"source": _source_name(membership.version), "aliases": carried},
        )


def check_may_unlink(*, by: User, membership: Membership) -> list[str]:
    """Return the link's aliases, or raise as `unlink_version` does.

    The strictest rule is checked first, so that the refusal names a role that suffices.
    """
    project = membership.collection.project
    names = sorted(membership.aliases.values_list("name", flat=True))
    check_protected(by=by, project=project, names=names)
    check(by, Action.EDIT, project)
    if not membership.collection.is_portfolio:
        raise Invalid(
            _("{version} can't be unlinked: it was logged here. Only links can be removed.").format(
                version=membership.full_name
            )
        )
    check_versions_not_held(
        by=by,
        versions=Version.objects.filter(pk=membership.version_id),
        thing=membership.full_name,
        unlinks=True,
    )
    return names


def check_linkable(*, by: User, version: Version, project: Project) -> None:
    """Raise Invalid or Conflict, in one sentence, where a rule forbids linking there (rule 5)."""
    if not version.is_committed or version.deleted_at:
        raise Conflict(
            _(
                "{version} can't be linked: it is not committed yet. Wait until it is logged."
            ).format(version=version.seen_by(by))
        )
    if project.is_registry:
        _check_owner(by, version, project)
    type_name = version.sequence.artifact_type.name
    if not project.accepts(type_name):
        raise Invalid(
            _(
                "{version} can't be linked: {project} doesn't accept the type “{type}”. "
                "It accepts: {accepted}. Link to a registry that accepts it, or log the artifact "
                "with an accepted type."
            ).format(
                version=version.seen_by(by),
                project=project,
                type=type_name,
                accepted=", ".join(project.accepted_type_names),
            )
        )


def _check_owner(by: User, version: Version, project: Project) -> None:
    entity = version.sequence.project.entity
    if entity.kind == Entity.Kind.TEAM:
        if entity.team.organization.entity_id == project.entity_id:
            return
        raise Invalid(
            _(
                "{version} can't be linked: its team {team} belongs to another organization than "
                "{project}. Link it to a registry of {organization}."
            ).format(
                version=version.seen_by(by),
                team=entity.name,
                project=project,
                organization=entity.team.organization.name,
            )
        )
    teams = list(
        Team.objects.loggable_by(by)
        .filter(organization__entity=project.entity_id)
        .values_list("entity__name", flat=True)[:5]
    )
    if not teams:
        step = _("Ask an admin of your organization to add you to a team, then log it there.")
    else:
        step = _("Log it again with `entity={first!r}` (your teams: {teams}).").format(
            first=teams[0], teams=", ".join(teams)
        )
    raise Invalid(
        _(
            "{version} can't be linked: it was logged to the personal account {name!r}. "
            "Registries accept artifacts that a team logged. {step}"
        ).format(version=version.seen_by(by), name=entity.name, step=step)
    )


def _lock_or_make_portfolio(by: User, version: Version, project: Project, name: str) -> Collection:
    lock_project(project.pk)  # from here on no other collection gets the name
    try:
        return _lock_portfolio(by, version, project, name)
    except Collection.DoesNotExist:
        type_name = version.sequence.artifact_type.name
        create_portfolio(by=by, project=project, name=name, type_name=type_name)
        return _lock_portfolio(by, version, project, name)


def _lock_portfolio(by: User, version: Version, project: Project, name: str) -> Collection:
    type_name = version.sequence.artifact_type.name
    collection = lock_collection_named(project, name)
    if not collection.is_portfolio:
        raise Invalid(
            _(
                "{version} can't be linked to {name!r}: versions are logged to that collection. "
                "Link to a collection of another name."
            ).format(version=version.seen_by(by), name=name)
        )
    if collection.artifact_type.name != type_name:
        raise Invalid(
            _(
                "{version} can't be linked: it has the type “{type}”, but the collection {name!r} "
                "holds the type “{held}”. Link it to a collection of its type."
            ).format(
                version=version.seen_by(by),
                type=type_name,
                name=name,
                held=collection.artifact_type.name,
            )
        )
    return collection


def _membership(by: User, version: Version, collection: Collection) -> tuple[Membership, bool]:
    existing = find_membership_of(version, collection)
    if existing:
        return existing, False
    membership = Membership.objects.create(
        collection=collection, version=version, index=collection.next_index, created_by=by
    )
    collection.next_index += 1
    _count(collection, by, +1)
    record_event(
        by=by,
        verb=Verb.LINK,
        kind=Kind.COLLECTION,
        subject=membership.full_name,
        subject_id=collection.pk,
        project_id=collection.project_id,
        after={"source": _source_name(version)},
    )
    return membership, True


def _count(collection: Collection, by: User, change: int) -> None:
    collection.version_count += change
    collection.updated_by, collection.updated_at = by, timezone.now()
    collection.save(update_fields=["next_index", "version_count", "updated_by", "updated_at"])


def _source_name(version: Version) -> str:
    return f"{version.sequence.target_path}:v{version.version_index}"
