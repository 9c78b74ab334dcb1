"""Operations on collections: make, rename, describe, type and delete them."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts.models import (
    Alias,
    ArtifactType,
    Collection,
    CollectionTag,
    Membership,
    Project,
    Version,
)
from artifacts.services.aliases.aliases import check_protected
from artifacts.services.collections.tags import check_tag_names
from artifacts.services.locks import lock_collection, lock_collections, lock_project, lock_versions
from artifacts.services.paths.paths import leave_path, take_path
from artifacts.services.retention.holds import check_collections_not_held
from artifacts.services.trash.collections import hide_links
from artifacts.services.trash.trash import move_to_trash
from registry_site.accounts.models import Kind, User, Verb
from registry_site.accounts.names import (
    check_collection_name,
    check_folder_name,
    check_type_name,
)
from registry_site.accounts.permissions import Action, can, check
from registry_site.accounts.services.edits import settle_edit
from registry_site.accounts.services.events import record_event
from registry_site.errors import Conflict, Invalid
from registry_site.texts.edits import Opened


@transaction.atomic
def create_collection(
    *,
    by: User,
    project: Project,
    name: str,
    type_name: str,
    description: str | None = None,
    tags: Iterable[str] = (),
) -> Collection:
    """Make an empty collection to link to; raises Conflict where the name is taken."""
    check(by, Action.EDIT, project)
    if Collection.objects.filter(project=project, name=name).exists():
        raise Conflict(_("There already is a collection {name!r} here.").format(name=name))
    names = check_tag_names(tags)
    collection = create_portfolio(
        by=by, project=project, name=name, type_name=type_name, description=description
    )
    CollectionTag.objects.bulk_create(
        CollectionTag(collection=collection, name=tag) for tag in names
    )
    return collection


def create_portfolio(
    *, by: User, project: Project, name: str, type_name: str, description: str | None = None
) -> Collection:
    """Make the portfolio, or return the one of this name; the caller has checked rights."""
    check_collection_name(name)
    check_type_name(type_name)
    if not project.accepts(type_name):
        raise Invalid(
            _("{project} doesn't accept the type “{type}”. It accepts: {accepted}.").format(
                project=project, type=type_name, accepted=", ".join(project.accepted_type_names)
            )
        )
    lock_project(project.pk)
    artifact_type = get_type(project, type_name)
    try:
        with transaction.atomic():
            collection = Collection.objects.create(
                project=project,
                artifact_type=artifact_type,
                kind=Collection.Kind.PORTFOLIO,
                name=name,
                description=description,
                created_by=by,
                updated_by=by,
            )
    except IntegrityError:
        if same := Collection.objects.filter(project=project, name=name).first():
            return same
        text = _("{name!r} was renamed or deleted a moment ago; try again.")
        raise Conflict(text.format(name=name)) from None
    take_path(collection)
    _record(by, Verb.CREATE, collection, after={"type": type_name})
    return collection


@transaction.atomic
def update_collection(
    *,
    by: User,
    collection: Collection,
    name: str | None = None,
    description: str | None = None,
    opened: Opened | None = None,
) -> Collection:
    """Rename the collection or write its card; None leaves a value unchanged.

    It keeps its numbers, and its old name leads to it until a new collection takes that. `opened`
    has the values with which a form was opened. Raises Denied where the collection carries
    protected aliases that the person may not move; Conflict where the name is taken, where numbers
    at the new path named other versions, or where somebody wrote meanwhile (Unread); Invalid for a
    name that can't be given.
    """
    check(by, Action.EDIT, collection.project)
    if name is not None:
        lock_project(collection.project_id)  # so that no other collection takes the path meanwhile
    locked = lock_collection(collection.pk)
    before = {"name": locked.name, "description": locked.description}
    fields = {"name": name, "description": description}
    after = before | settle_edit(
        by=by,
        opened=opened,
        now=before,
        kind=Kind.COLLECTION,
        subject_id=locked.pk,
        texts={key: value for key, value in fields.items() if value is not None},
    )
    if after["name"] != before["name"]:
        _rename(by, locked, check_collection_name(after["name"]))
    collection.name, collection.description = after["name"], after["description"]
    if after != before:
        collection.updated_by = by
        collection.save(update_fields=["description", "updated_by", "updated_at"])
        _record(by, Verb.UPDATE, collection, before=before, after=after)
    return collection


def _rename(by: User, collection: Collection, name: str) -> None:
    for alias in _check_may_move(by, collection):
        check_folder_name(f"{name}:{alias}")
    leave_path(collection)
    collection.name = name
    try:
        with transaction.atomic():
            collection.save(update_fields=["name"])
    except IntegrityError as error:
        text = _("There already is a collection {name!r} here.").format(name=name)
        raise Conflict(text) from error
    take_path(collection)


def _check_may_move(by: User, collection: Collection) -> list[str]:
    """Return the aliases that the collection carries, or raise Denied for a protected one."""
    aliases = Alias.objects.filter(collection=collection)
    names = sorted(aliases.values_list("name", flat=True))
    check_protected(by=by, project=collection.project, names=names)
    return names


@transaction.atomic
def set_collection_type(*, by: User, collection: Collection, type_name: str) -> Collection:
    """Change the type of a sequence and of its versions; a repetition changes nothing.

    Raises Conflict while any of them is linked, because a collection holds one type; Invalid for
    a portfolio.
    """
    check(by, Action.EDIT, collection.project)
    check_type_name(type_name)
    locked = lock_collection(collection.pk)
    if locked.artifact_type.name == type_name:
        return locked
    if locked.is_portfolio:
        raise Invalid(
            _("The type of {name!r} can't change: versions are linked to that collection.").format(
                name=locked.name
            )
        )
    links = Membership.objects.live().filter(version__sequence=locked).exclude(collection=locked)
    if link := links.visible_to(by).for_path().first() or links.for_path().first():
        raise Conflict(
            _(
                "The type of {name!r} can't change: {version} is linked {where} as “{type}”. "
                "Unlink its versions first."
            ).format(
                name=locked.name,
                version=link.version,
                type=locked.artifact_type.name,
                where=_("to {collection!r}").format(collection=link.collection.target_path)
                if can(by, Action.READ, link.collection.project)
                else _("in a project that you can't open"),
            )
        )
    before, locked.artifact_type = locked.artifact_type.name, get_type(locked.project, type_name)
    locked.updated_by = by
    locked.save(update_fields=["artifact_type", "updated_by", "updated_at"])
    _record(by, Verb.UPDATE, locked, before={"type": before}, after={"type": type_name})
    return locked


@transaction.atomic
def delete_collection(*, by: User, collection: Collection) -> None:
    """Move the collection to the trash; a repetition is fine.

    A sequence takes its versions along, wherever they are linked. Versions that were linked to a
    portfolio stay where they were logged. A later collection of this name goes on with its
    numbers. Raises Denied for a portfolio with protected aliases unless by an admin, Conflict for
    a legal hold, and where a version of a sequence can't be deleted.
    """
    check(by, Action.EDIT, collection.project)
    now = timezone.now()  # a restoration finds what was deleted by this time
    if not collection.is_portfolio:
        versions = Version.objects.filter(sequence=collection, deleted_at__isnull=True)
        lock_versions(versions)
        move_to_trash(by=by, versions=versions, thing=collection.target_path, at=now)
    locked = _lock(collection)
    if locked is None:
        return
    aliases = check_may_delete_collection(by=by, collection=locked)
    if Version.objects.committed().filter(sequence=locked).exists():
        text = _("A version was logged to {name!r} meanwhile; try again.")
        raise Conflict(text.format(name=locked.name))
    leave_path(locked)
    if locked.is_portfolio:
        hide_links(locked, at=now)
    before = {"versions": locked.version_count, "aliases": aliases}
    locked.deleted_at, locked.deleted_by, locked.version_count = now, by, 0
    locked.save(update_fields=["deleted_at", "deleted_by", "version_count", "updated_at"])
    _record(by, Verb.DELETE, locked, before=before)


def check_may_delete_collection(*, by: User, collection: Collection) -> list[str]:
    """Return the collection's aliases, or raise where role, aliases or a hold forbid deletion.

    The strictest rule is checked first, so that the refusal names a role that suffices.
    """
    aliases = _check_may_move(by, collection)
    check(by, Action.EDIT, collection.project)
    itself = Collection.objects.filter(pk=collection.pk)
    check_collections_not_held(by=by, collections=itself, thing=collection.target_path)
    return aliases


def _lock(collection: Collection) -> Collection | None:
    """Lock the collection to the end of the transaction; None where it was deleted already."""
    locked = lock_collections([collection.pk]).get(collection.pk)
    return locked if locked and not locked.deleted_at else None


def get_type(project: Project, name: str) -> ArtifactType:
    """Return the project's artifact type of this name, made if missing."""
    return ArtifactType.objects.get_or_create(project=project, name=check_type_name(name))[0]


def _record(
    by: User, verb: Verb, collection: Collection, *, before: object = None, after: object = None
) -> None:
    record_event(
        by=by,
        verb=verb,
        kind=Kind.COLLECTION,
        subject=collection.target_path,
        subject_id=collection.pk,
        project_id=collection.project_id,
        before=before,
        after=after,
    )
