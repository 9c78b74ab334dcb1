"""Where reading begins. What the viewer may not see is null, as if it did not exist."""

from artifacts.graphql.former import former_project
from artifacts.graphql.hidden import hide_collection, hide_entity, hide_project
from artifacts.graphql.lookups import (
    collection_by_id,
    project_at,
    version_by_client_id,
    version_by_id,
)
from artifacts.services.paths.placeholders import entity_behind, project_behind, sequence_behind
from registry_site.accounts.models import Entity
from registry_site.accounts.services.people import default_entity_of
from registry_site.graphql.binding import field
from registry_site.texts.ids import decode_opaque_id, encode_id


@field("Query", "entity")
def entity(root, info, name=None):
    """The entity of this name, or the hidden one; without a name the viewer's default one."""
    user = info.context.user
    if not name:
        return default_entity_of(user)
    if hidden := entity_behind(by=user, name=name):
        return hide_entity(hidden)
    return Entity.objects.visible_to(user).named(name).first()


@field("Query", "project", "model")
def project(root, info, name=None, entityName=None):
    """The project of this path; without an entity in the viewer's default one.

    What the client was told in place of a hidden project's path leads to the same answer again.
    """
    user = info.context.user
    entity = entityName or default_entity_of(user).name
    if hidden := project_behind(by=user, entity_name=entity, name=name or ""):
        return hide_project(hidden)
    return project_at(user, entity, name) or former_project(info, entity, name or "")


@field("Entity", "project")
def entity_project(entity, info, name=None):
    return project_at(info.context.user, entity.name, name)


@field("Query", "artifact")
def artifact(root, info, id):
    return version_by_id(info.context.user, id)


@field("Query", "artifactCollection")
def artifact_collection(root, info, id):
    user, placeholder = info.context.user, decode_opaque_id(id, "ArtifactCollection")
    if hidden := sequence_behind(by=user, name=placeholder):
        return hide_collection(hidden)
    return collection_by_id(user, id)


@field("Query", "clientIDMapping")
def client_id_mapping(root, info, clientID):
    version = version_by_client_id(info.context.user, clientID)
    return version and {"serverID": encode_id("Artifact", version.pk)}
