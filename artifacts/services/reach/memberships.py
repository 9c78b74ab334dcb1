"""Memberships by the names that people and clients give, and the files of their versions."""

from django.utils.translation import gettext as _

from artifacts.models import Collection, ManifestEntry, Membership, Project, Version
from artifacts.reads.lookups import find_membership_at, find_membership_of
from artifacts.reads.pages.opened import open_membership
from artifacts.services.paths.placeholders import membership_behind
from artifacts.services.reach.collections import collection_to_open, visible_collection
from artifacts.services.reach.deleted_paths import (
    check_collection_not_deleted,
    check_membership_not_deleted,
)
from artifacts.services.reach.former_paths import (
    names_now,
    not_here,
    visible_former_collection,
)
from registry_site.accounts.models import User
from registry_site.accounts.names import PLACEHOLDER, REGISTRY_PREFIX, check_path_entity
from registry_site.accounts.permissions import Action, can
from registry_site.errors import Invalid, NotFound


def reach_membership(
    *,
    by: User,
    entity_name: str,
    project_name: str,
    type_name: str,
    collection_name: str,
    reference: str,
) -> Membership:
    """Return the live membership that a number or an alias names in the collection of this type.

    Raises Moved where the path now leads elsewhere, Gone where the version was deleted.
    """
    path = {"entity_name": entity_name, "project_name": project_name}
    name = f"{collection_name}:{reference}"
    collection = collection_to_open(by=by, **path, type_name=type_name, name=collection_name)
    membership = open_membership(collection, reference) if collection else None
    membership = membership or membership_behind(by=by, **path, name=name)
    if membership is None:
        names = _names_now(by, entity_name, project_name, collection_name)
        if not names:
            _check_not_deleted(by, entity_name, project_name, collection_name, reference)
        raise not_here(
            _("There is no “{name}” here, or you may not see it.").format(name=name), names
        )
    return membership


def reach_membership_in(*, by: User, collection: Collection, reference: str) -> Membership:
    """Return the live membership that a number or an alias names in this collection.

    Raises Gone where the version was deleted.
    """
    is_visible = can(by, Action.READ, collection.project)
    membership = open_membership(collection, reference) if is_visible else None
    if membership is None:
        project = collection.project
        _check_not_deleted(by, project.entity.name, project.name, collection.name, reference)
        raise NotFound(
            _("There is no version or alias {name!r} in {collection}.").format(
                name=reference, collection=collection.target_path
            )
        )
    return membership


def reach_membership_by_id(*, by: User, pk: int) -> Membership:
    """Return the live membership with this primary key; raises Gone where it was deleted."""
    membership = Membership.objects.visible_to(by).filter(pk=pk).for_path().first()
    if membership is None:
        check_membership_not_deleted(by=by, pk=pk)
        raise NotFound(_("There is no such version, or you may not see it."))
    return membership


def reach_membership_by_full_name(*, by: User, full_name: str) -> Membership:
    """Return the live membership at `[{entity}/]{project}/{collection}:{version or alias}`.

    The entity may be left out only for a registry, and only if one organization has it.
    """
    entity, project, collection, reference = _parts_of(by, full_name)
    memberships = Membership.objects.visible_to(by).for_path().prefetch_related("aliases")
    membership = memberships.at(entity, project, f"{collection}:{reference}").first()
    if membership is None and (names := _names_now(by, entity, project, collection)):
        path = names["entity"], names["project"], f"{names['collection']}:{reference}"
        membership = memberships.at(*path).first()
    if membership is None:
        _check_not_deleted(by, entity, project, collection, reference)
        raise NotFound(
            _("There is no version “{name}”, or you may not see it.").format(name=full_name[:200])
        )
    return membership


def visible_membership_of(
    *, by: User, version_pk: int, entity_name: str, project_name: str, collection_name: str
) -> Membership | None:
    """Return the version's live membership in the collection of this path, or None.

    Who sees the project sees the version in it.
    """
    membership = find_membership_at(version_pk, entity_name, project_name, collection_name)
    if membership is None or not can(by, Action.READ, membership.collection.project):
        return None
    return membership


def reach_membership_of(
    *, by: User, version: Version, entity_name: str, project_name: str, collection_name: str
) -> Membership:
    """Return the version's live membership in the collection of this path, or of a former one."""
    if PLACEHOLDER.fullmatch(collection_name):
        raise NotFound(
            _(
                "{version} was logged in a project that you can't open; "
                "change it where it is linked."
            ).format(version=version.seen_by(by))
        )
    path = {"entity_name": entity_name, "project_name": project_name, "name": collection_name}
    collection = visible_collection(by=by, **path) or visible_former_collection(by=by, **path)
    membership = find_membership_of(version, collection) if collection else None
    if membership is None:
        raise NotFound(
            _("{version} is not in {collection!r}, or you may not see it there.").format(
                version=version.seen_by(by), collection="/".join(path.values())
            )
        )
    return membership


def reach_file(*, membership: Membership, path: str) -> ManifestEntry:
    """Return a file of the version, or a reference to one, with its bytes joined."""
    entry = membership.version.entries.filter(path=path).select_related("blob").first()
    if entry is None:
        raise NotFound(_("There is no file “{path}” in this version.").format(path=path))
    return entry


def _parts_of(by: User, full_name: str) -> tuple[str, str, str, str]:
    """Return entity, project, collection, and number or alias; raises Invalid if it can't."""
    path, _colon, reference = full_name.partition(":")
    parts = path.split("/")
    if len(parts) == 2 and parts[0].startswith(REGISTRY_PREFIX):
        parts = [_organization_of(by, parts[0]), *parts]
    for entity in parts[: len(parts) - 2]:
        check_path_entity(entity)
    if len(parts) != 3 or not all([*parts, reference]):
        raise Invalid(
            _("“{name}” is no full name of a version: write {form}.").format(
                name=full_name[:200], form="entity/project/collection:v0"
            )
        )
    return parts[0], parts[1], parts[2], reference


def _organization_of(by: User, project_name: str) -> str:
    """Return the org entity of the only registry of this name that the person may see."""
    registries = Project.objects.visible_to(by).registries().filter(name=project_name)
    names = list(registries.values_list("entity__name", flat=True).order_by("entity__name")[:5])
    registry = project_name.removeprefix(REGISTRY_PREFIX)
    if not names:
        raise NotFound(
            _("There is no registry “{name}”, or you may not see it.").format(name=registry)
        )
    if len(names) > 1:
        raise Invalid(
            _(
                "Several organizations have a registry “{name}”: put one in front, as in {form}."
            ).format(name=registry, form=f"{names[0]}/{project_name}/collection:v0")
        )
    return names[0]


def _names_now(by: User, entity: str, project: str, collection: str) -> dict[str, str]:
    return names_now(by=by, entity_name=entity, project_name=project, collection_name=collection)


def _check_not_deleted(
    by: User, entity: str, project: str, collection: str, reference: str
) -> None:
    """Raise Gone where a number or an alias named a version that the person could see."""
    check_collection_not_deleted(
        by=by,
        entity_name=entity,
        project_name=project,
        name=collection,
        reference=reference,
    )
