"""What a query asks of a project by its path, read with the project in one statement.

The project's resolver looks at what comes below it. Where the query has another shape, or nothing
is found, the project is read first, and then one thing after the other.
"""

from typing import Any

from graphql import FieldNode

from artifacts.graphql.loading import asks_for_names, note_names
from artifacts.models import Project
from artifacts.reads.lookups import find_collection_of_type
from artifacts.reads.version_names import find_named_membership
from registry_site.accounts.permissions import Action, can
from registry_site.graphql.selections import only_below, text_argument


def project_ahead(info: Any, entity_name: str, name: str) -> Project | None:
    """Return the project with what the query asks of it, or None for the plain way."""
    path = entity_name, name
    project = _with_version(info, *path) or _with_collection(info, *path)
    return project if project and can(info.context.user, Action.READ, project) else None


def read_ahead(info: Any, row: Any, name: str) -> Any:
    """Return what the current field gives by this name, if it was read with the row."""
    key = "ahead", id(row), info.field_name, name
    _row, result = info.context.loaded.get(key, (None, None))
    return result


def _keep(info: Any, row: Any, node: FieldNode, name: str, result: Any) -> None:
    # with the row itself, so that no other row gets its id
    info.context.loaded["ahead", id(row), node.name.value, name] = row, result


def _with_version(info: Any, entity_name: str, project_name: str) -> Project | None:
    """Read the project with the version that `collection:alias` names in it."""
    node = _only(info, "artifactCollectionMembership") or _only(info, "artifact")
    name = text_argument(info, node, "name") if node else None
    if node is None or name is None or not asks_for_names(info):
        return None
    membership = find_named_membership(entity_name, project_name, name)
    if membership is None:
        return None
    note_names(info.context, membership)
    _keep(info, membership.collection.project, node, name, membership)
    return membership.collection.project


def _with_collection(info: Any, entity_name: str, project_name: str) -> Project | None:
    """Read the project with a collection of one of its types."""
    of_type = _only(info, "artifactType")
    node = only_below(of_type, "artifactCollection") if of_type else None
    if of_type is None or node is None:
        return None
    type_name, name = text_argument(info, of_type, "name"), text_argument(info, node, "name")
    if type_name is None or name is None:
        return None
    collection = find_collection_of_type(entity_name, project_name, type_name, name)
    if collection is None:
        return None
    _keep(info, collection.project, of_type, type_name, collection.artifact_type)
    _keep(info, collection.artifact_type, node, name, collection)
    return collection.project


def _only(info: Any, name: str) -> FieldNode | None:
    (node, *others) = info.field_nodes
    return None if others else only_below(node, name)
