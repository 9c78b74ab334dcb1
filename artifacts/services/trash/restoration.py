"""Restoration of a version from the trash, with its links and aliases."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from artifacts.models import Alias, Collection, Membership, Version
from artifacts.reads.pages.version_rows import read_protected
from artifacts.services.aliases.aliases import set_aliases
from artifacts.services.locks import lock_collections, lock_project, lock_version
from artifacts.services.paths.paths import take_path
from artifacts.services.trash.trash import record_trashing, save_collections
from registry_site.accounts.alias_names import AliasNames
from registry_site.accounts.models import User, Verb
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Conflict


@dataclass
class Restoration:
    """A restored version: the links that came back with it, and the aliases and links that didn't.

    A link doesn't come back where its collection was deleted (it will with the collection), or now
    has another type; an alias doesn't where another version has it, or where it is now protected.
    """

    version: Version
    links: list[Membership] = field(default_factory=list)
    aliases: list[tuple[Membership, str]] = field(default_factory=list)
    lost_links: list[Membership] = field(default_factory=list)
    lost_aliases: list[tuple[Membership, str]] = field(default_factory=list)


def restore_version(*, by: User, version: Version) -> Restoration:
    """Restore a version from the trash, with its links and those of its aliases that are free.

    Its TTL is switched off, or it might expire at once. If its sequence was deleted, too, that is
    restored; or, if another sequence of the same type now has the name, the version goes there.
    Links to a deleted portfolio do likewise. Raises Conflict where the name's new collection is of
    another kind or type. A repetition is fine.
    """
    check(by, Action.EDIT, version.sequence.project)
    with transaction.atomic():
        locked = lock_version(version.pk)
        restoration = Restoration(locked)
        if not locked.deleted_at:
            return restoration
        if locked.version_index is None:
            raise Conflict(_("This version was never committed; log it anew."))
        home = _home_of(locked)
        hidden = locked.memberships.exclude(hidden_at=None).exclude(hidden_with_collection=True)
        memberships = list(hidden.for_path().order_by("pk"))
        targets = {each.pk: home if each.is_source else _portfolio_of(each) for each in memberships}
        homes = {target.pk for target in targets.values() if target}
        if home.deleted_at:
            lock_project(home.project_id)  # it takes its path again
        collections = lock_collections(homes | {each.collection_id for each in memberships})
        bring_back(collections[home.pk])
        locked.sequence, locked.state, locked.ttl_seconds = home, Version.State.COMMITTED, 0
        locked.deleted_at = locked.deleted_by = None
        locked.save(update_fields=["sequence", "state", "ttl_seconds", "deleted_at", "deleted_by"])
        protected = read_protected({each.project_id for each in collections.values()})
        for membership in memberships:
            target = targets[membership.pk] or membership.collection
            _show(by, restoration, membership, collections[target.pk], protected)
        save_collections(by, [each for each in collections.values() if not each.deleted_at])
    return restoration


def _home_of(version: Version) -> Collection:
    """Return the sequence to restore a version to: its own, or a like one that has the name."""
    sequence = version.sequence
    if not sequence.deleted_at:
        return sequence
    heir = Collection.objects.filter(project=sequence.project_id, name=sequence.name).first()
    if heir and (heir.kind, heir.artifact_type_id) != (sequence.kind, sequence.artifact_type_id):
        raise Conflict(
            _(
                "{version} can't be restored: another collection has the name {name!r} by now. "
                "Rename that one first."
            ).format(version=version, name=sequence.name)
        )
    return heir or sequence


def _portfolio_of(link: Membership) -> Collection | None:
    """Return the portfolio to restore a link to: its own, or a like one that has the name."""
    portfolio = link.collection
    if not portfolio.deleted_at:
        return portfolio
    if portfolio.project.deleted_at:
        return None
    like = Collection.objects.filter(
        project=portfolio.project_id,
        name=portfolio.name,
        kind=portfolio.kind,
        artifact_type=portfolio.artifact_type_id,
    )
    return like.first()


def bring_back(sequence: Collection) -> None:
    """Undelete a collection, which the caller has locked, so that it has its path again."""
    if not sequence.deleted_at:
        return
    sequence.deleted_at = sequence.deleted_by = sequence.removed_at = None
    try:
        with transaction.atomic():
            sequence.save(update_fields=["deleted_at", "deleted_by", "removed_at"])
    except IntegrityError as error:
        raise Conflict(
            _("A collection {name!r} was made a moment ago; try again.").format(name=sequence.name)
        ) from error
    take_path(sequence, is_back=True)


def _show(
    by: User,
    restoration: Restoration,
    membership: Membership,
    collection: Collection,
    protected: Mapping[int, AliasNames],
) -> None:
    """Restore a hidden membership, unless its collection is gone or has another type.

    `protected` are the protected aliases of each project, by its key.
    """
    type_name = restoration.version.sequence.artifact_type.name
    if collection.deleted_at or collection.artifact_type.name != type_name:
        restoration.lost_links.append(membership)
        if collection.is_restorable and not collection.project.deleted_at:  # so is the link
            Membership.objects.filter(pk=membership.pk).update(hidden_with_collection=True)
        else:
            Membership.objects.filter(pk=membership.pk).delete()
        return
    membership.version, membership.collection = restoration.version, collection
    names, membership.dropped_aliases = membership.dropped_aliases, []
    membership.hidden_at = None
    membership.save(update_fields=["collection", "hidden_at", "dropped_aliases"])
    collection.version_count += 1
    record_trashing(by, Verb.RESTORE, membership)
    if not membership.is_source:
        restoration.links.append(membership)
    reserved = set(names) & protected[collection.project_id]
    taken = {*aliases_in_use(collection, names), *reserved}
    restoration.lost_aliases += [(membership, name) for name in names if name in taken]
    free = sorted(set(names) - taken)
    restoration.aliases += [(membership, name) for name in free]
    set_aliases(by=by, membership=membership, names=free)


def aliases_in_use(collection: Collection, names: list[str]) -> QuerySet[Alias, str]:
    """Return those of the names that are aliases in the collection now."""
    aliases = Alias.objects.filter(collection=collection, name__in=names)
    return aliases.values_list("name", flat=True)
