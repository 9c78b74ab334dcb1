"""Restoration of runs and collections from the trash, with what was deleted along with them."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership, Run, Version
from artifacts.services.aliases.aliases import check_protected, set_aliases
from artifacts.services.locks import lock_collections, lock_project, lock_versions
from artifacts.services.trash.collections import collections_in_trash
from artifacts.services.trash.restoration import (
    Restoration,
    aliases_in_use,
    bring_back,
    restore_version,
)
from artifacts.services.trash.trash import save_collections
from registry_site.accounts.models import Kind, User, Verb
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.events import record_event
from registry_site.errors import Conflict, NotFound


@dataclass
class RunRestoration:
    """A restored run, with the versions that came back, and why others could not."""

    run: Run
    versions: list[Restoration] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)


@dataclass
class CollectionRestoration:
    """A restored collection, with its versions or links, and what could not come back."""

    collection: Collection
    versions: list[Restoration] = field(default_factory=list)
    links: list[Membership] = field(default_factory=list)
    aliases: int = 0
    lost_links: list[Membership] = field(default_factory=list)  # their type differs now
    lost_aliases: list[tuple[Membership, str]] = field(default_factory=list)  # taken by others
    refusals: list[str] = field(default_factory=list)


@transaction.atomic
def restore_run(*, by: User, run: Run) -> RunRestoration:
    """Restore a run from the trash, with the versions that were deleted along with it.

    A repetition is fine. Raises Conflict for a run that was removed for good.
    """
    check(by, Action.EDIT, run.project)
    restoration = RunRestoration(run)
    itself = Run.with_deleted.filter(pk=run.pk).first()
    if itself is None:
        raise NotFound(_("This run has been removed for good."))
    if itself.deleted_at is None:
        return restoration
    mine = Version.objects.filter(producers__run=run, deleted_at=itself.deleted_at).in_trash()
    restoration.versions, restoration.refusals = _restore_versions(by, lock_versions(mine))
    locked = Run.with_deleted.select_for_update().get(pk=run.pk)
    if locked.removed_at:
        raise Conflict(
            _("The run {run} can't be restored: it was removed for good.").format(run=locked)
        )
    if locked.deleted_at:
        locked.deleted_at = locked.deleted_by = None
        locked.save(update_fields=["deleted_at", "deleted_by"])
        record_event(
            by=by,
            verb=Verb.RESTORE,
            kind=Kind.RUN,
            subject=f"{run.project}/{run.name}",
            subject_id=run.pk,
            project_id=run.project_id,
            after={"versions": len(restoration.versions)},
        )
    return restoration


@transaction.atomic
def restore_collection(*, by: User, collection: Collection) -> CollectionRestoration:
    """Restore a collection from the trash: card, tags, views, and its versions or links.

    If a new sequence of the same type has its name, its versions are restored to that. Raises
    Conflict where another collection has the name, or where it was removed for good; Denied for
    protected aliases that the person may not move. A repetition is fine.
    """
    check(by, Action.EDIT, collection.project)
    itself = Collection.with_deleted.filter(pk=collection.pk).for_path().first()
    if itself is None:
        raise NotFound(_("There is no such collection that you may see."))
    restoration = CollectionRestoration(itself)
    if itself.deleted_at is None:
        return restoration
    if not collections_in_trash().filter(pk=itself.pk).exists():
        raise Conflict(
            _("{name!r} can't be restored: it was removed for good.").format(name=itself.name)
        )
    mine = Version.objects.filter(sequence=itself, deleted_at=itself.deleted_at).in_trash()
    locked_versions = lock_versions(mine)  # none of a portfolio
    lock_project(itself.project_id)  # it takes its path again
    restoration.versions, restoration.refusals = _restore_versions(by, locked_versions)
    locked = lock_collections([itself.pk])[itself.pk]
    if restoration.versions and locked.deleted_at:  # they went to a like one of that name
        restoration.collection = restoration.versions[0].version.sequence
    elif locked.deleted_at:
        _check_name(locked)
        bring_back(locked)
        if locked.is_portfolio:
            _show_links(by, restoration, locked)
        restoration.collection = locked
        save_collections(by, [locked])
    _record(by, restoration)
    return restoration


def _restore_versions(by: User, versions: list[Version]) -> tuple[list[Restoration], list[str]]:
    """Restore each version as a whole or not at all; return restorations and refusals."""
    restored, refusals = [], []
    for version in versions:
        try:
            with transaction.atomic():
                restored.append(restore_version(by=by, version=version))
        except Conflict as refusal:
            refusals.append(refusal.message)
    return restored, list(dict.fromkeys(refusals))


def _check_name(collection: Collection) -> None:
    if Collection.objects.filter(project=collection.project_id, name=collection.name).exists():
        raise Conflict(
            _(
                "The collection {name!r} can't be restored: another collection has its name by "
                "now. Rename that one first."
            ).format(name=collection.name)
        )


def _show_links(by: User, restoration: CollectionRestoration, portfolio: Collection) -> None:
    """Restore the links that were hidden with the portfolio and whose versions aren't deleted.

    A link that was hidden earlier, with its version, gets those of its aliases that are free.
    """
    hidden = Membership.objects.filter(collection=portfolio, hidden_with_collection=True)
    links = list(hidden.for_path().order_by("-hidden_at", "pk"))
    names = [name for link in links for name in link.dropped_aliases]
    check_protected(by=by, project=portfolio.project, names=names)
    for link in links:
        link.collection, link.hidden_with_collection = portfolio, False
        if link.version.deleted_at:  # it comes back with its version
            link.save(update_fields=["hidden_with_collection"])
        elif link.version.sequence.artifact_type.name != portfolio.artifact_type.name:
            restoration.lost_links.append(link)
            Membership.objects.filter(pk=link.pk).delete()
        else:
            _show(by, restoration, link)
    portfolio.version_count = len(restoration.links)


def _show(by: User, restoration: CollectionRestoration, link: Membership) -> None:
    aliases, link.dropped_aliases, link.hidden_at = link.dropped_aliases, [], None
    link.save(update_fields=["hidden_at", "hidden_with_collection", "dropped_aliases"])
    taken = set(aliases_in_use(link.collection, aliases)) if aliases else set()
    free = [name for name in aliases if name not in taken]
    set_aliases(by=by, membership=link, names=free)
    restoration.links.append(link)
    restoration.aliases += len(free)
    restoration.lost_aliases += [(link, name) for name in aliases if name in taken]


def _record(by: User, restoration: CollectionRestoration) -> None:
    collection = restoration.collection
    count = len(restoration.links) or len(restoration.versions)
    record_event(
        by=by,
        verb=Verb.RESTORE,
        kind=Kind.COLLECTION,
        subject=collection.target_path,
        subject_id=collection.pk,
        project_id=collection.project_id,
        after={"versions": count},
    )
