"""Former paths, and where they lead now, for those who may see what is there."""

from artifacts.models import Collection, Project
from artifacts.reads.lookups import find_former_collection, find_former_project
from artifacts.services.paths.former_uses import record_former_use
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can
from registry_site.errors import Moved, NotFound


def visible_former_project(
    *, by: User, entity_name: str, name: str, collection_name: str = ""
) -> Project | None:
    """Return the project that left this path last, and note that the person used the path.

    `collection_name` is the rest of the path, if it goes on.
    """
    project = find_former_project(entity_name, name)
    if project is None or not can(by, Action.READ, project):
        return None
    record_former_use(by=by, project=project, project_name=name, collection_name=collection_name)
    return project


def visible_former_collection(
    *, by: User, entity_name: str, project_name: str, name: str
) -> Collection | None:
    """Return the collection that left this path last, and note that the person used the path."""
    collection = find_former_collection(entity_name, project_name, name)
    if collection is None or not can(by, Action.READ, collection.project):
        return None
    record_former_use(
        by=by, project=collection.project, project_name=project_name, collection_name=name
    )
    return collection


def names_now(
    *, by: User, entity_name: str, project_name: str, collection_name: str = ""
) -> dict[str, str]:
    """Return the present names of what left this path, as parts of an address.

    Empty where nothing left it, where it is in use again, or where the person may not see it.
    """
    path = entity_name, project_name
    if collection_name and not Collection.objects.at(*path, collection_name).exists():
        collection = visible_former_collection(
            by=by, entity_name=entity_name, project_name=project_name, name=collection_name
        )
        if collection:
            own = {"type_name": collection.artifact_type.name, "collection": collection.name}
            return _names_of(collection.project) | own
    if not Project.objects.at(*path).exists():
        project = visible_former_project(
            by=by, entity_name=entity_name, name=project_name, collection_name=collection_name
        )
        if project:
            rest = {"collection": collection_name} if collection_name else {}
            return _names_of(project) | rest
    return {}


def not_here(sentence: str, names: dict[str, str]) -> NotFound:
    """Return the error for an empty path: Moved if `names`, from `names_now`, lead on."""
    return Moved(sentence, names) if names else NotFound(sentence)


def _names_of(project: Project) -> dict[str, str]:
    return {"entity": project.entity.name, "project": project.name}
