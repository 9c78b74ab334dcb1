"""Collections by their paths and ids."""

from django.utils.translation import gettext as _

from artifacts.models import Collection
from artifacts.reads.lookups import find_collection
from artifacts.reads.pages.opened import open_collection_at
from artifacts.services.reach.deleted_paths import check_collection_not_deleted
from artifacts.services.reach.former_paths import names_now, not_here
from artifacts.services.reach.projects import reach_project, visible_project
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can
from registry_site.errors import NotFound


def reach_collection(
    *, by: User, entity_name: str, project_name: str, type_name: str, name: str
) -> Collection:
    """Return the collection of this path and type.

    Raises Moved where the path now leads elsewhere, Gone where the collection was deleted.
    """
    path = {"entity_name": entity_name, "project_name": project_name}
    collection = collection_to_open(by=by, **path, type_name=type_name, name=name)
    if collection is None:
        reach_project(by=by, entity_name=entity_name, name=project_name, collection_name=name)
        names = names_now(by=by, **path, collection_name=name)
        if not names:
            check_collection_not_deleted(by=by, **path, name=name)
        raise not_here(
            _("There is no collection “{name}” of the type “{type}” here.").format(
                name=name, type=type_name
            ),
            names,
        )
    return collection


def collection_to_open(
    *, by: User, entity_name: str, project_name: str, type_name: str, name: str
) -> Collection | None:
    """Return the collection of this path and type as its page needs it, or None."""
    collection = open_collection_at(entity_name, project_name, name)
    if collection is None or collection.artifact_type.name != type_name:
        return None
    return collection if can(by, Action.READ, collection.project) else None


def reach_collection_by_id(
    *, by: User, pk: int, kinds: tuple[str, ...] = (), with_deleted: bool = False
) -> Collection:
    """Return the collection with this primary key, of one of these kinds if any are given."""
    rows = Collection.with_deleted if with_deleted else Collection.objects
    collection = rows.filter(pk=pk).for_path().first()
    is_visible = collection is not None and can(by, Action.READ, collection.project)
    if collection is None or not is_visible or (kinds and collection.kind not in kinds):
        raise no_such_collection()
    return collection


def visible_collection(
    *, by: User, entity_name: str, project_name: str, name: str
) -> Collection | None:
    """Return the collection of this path, of whatever type, or None.

    Raises Invalid where the entity's part of the path is a registry.
    """
    project = visible_project(by=by, entity_name=entity_name, name=project_name)
    return find_collection(project, name) if project else None


def visible_collection_by_id(*, by: User, pk: int) -> Collection | None:
    """Return the collection with this primary key, or None."""
    return Collection.objects.visible_to(by).for_api().filter(pk=pk).first()


def no_such_collection() -> NotFound:
    return NotFound(_("There is no such collection that you may see."))
