"""Where reading begins. What the viewer may not see is null, as if it did not exist."""

from artifacts.graphql.former import former_project
from artifacts.graphql.lookups import (
    collection_by_id,
    project_at,
    version_by_client_id,
    version_by_id,
)
from registry_site.accounts.services.people import default_entity_of
from registry_site.graphql.binding import field
from registry_site.graphql.ids import encode_id


@field("Query", "project", "model")
def project(root, info, name=None, entityName=None):
    """The project of this path; without an entity in the viewer's default one."""
    user = info.context.user
    entity = entityName or default_entity_of(user).name
    return project_at(user, entity, name) or former_project(info, entity, name or "")


@field("Entity", "project")
def entity_project(entity, info, name=None):
    return project_at(info.context.user, entity.name, name)


@field("Query", "artifact")
def artifact(root, info, id):
    return version_by_id(info.context.user, id)


@field("Query", "artifactCollection")
def artifact_collection(root, info, id):
    return collection_by_id(info.context.user, id)


@field("Query", "clientIDMapping")
def client_id_mapping(root, info, clientID):
    version = version_by_client_id(info.context.user, clientID)
    return version and {"serverID": encode_id("Artifact", version.pk)}
