"""Projects as the SDK reads and lists them."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from artifacts.graphql.hidden import hide_project
from artifacts.graphql.projects.ahead import project_ahead
from artifacts.graphql.projects.filters import BY_NAME_OR_AGE, PROJECTS
from artifacts.graphql.projects.paths import (
    FormerProject,
    asks_for_a_membership,
    collection_at,
    former_project,
    membership_at,
)
from artifacts.models import Project
from artifacts.reads.lookups import find_collection, find_run
from artifacts.services.paths.placeholders import project_behind
from artifacts.services.reach.projects import visible_project
from registry_site.accounts.models import Entity
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.services.people import default_entity_of
from registry_site.errors import NotFound
from registry_site.filters import read_filter, read_order
from registry_site.graphql.binding import field, fields
from registry_site.graphql.connections import connection
from registry_site.texts.ids import encode_id


@field("Query", "project", "model")
def project(root, info, name=None, entityName=None):
    """Return the project at this path, or its stand-in; by default one of the viewer's own."""
    user = info.context.user
    entity = entityName or default_entity_of(user).name
    if hidden := project_behind(by=user, entity_name=entity, name=name or ""):
        return hide_project(hidden)
    if with_version := project_ahead(info, entity, name or ""):
        return with_version
    visible = visible_project(by=user, entity_name=entity, name=name)
    return visible or former_project(info, entity, name or "")


@field("Entity", "project")
def entity_project(entity, info, name=None):
    return visible_project(by=info.context.user, entity_name=entity.name, name=name)


fields(
    "Project",
    id=lambda project: encode_id("Project", project.pk),
    internalId=lambda project: encode_id("ProjectInternalId", project.pk),
    entityName=lambda project: project.entity.name,
    user=lambda project: project.created_by,
    views=lambda project: {},
    isBenchmark=lambda project: False,
)


@field("Project", "readOnly")
def project_read_only(project: Project, info):
    return not can(info.context.user, Action.EDIT, project)


@field("Project", "run", "bucket")
def project_run(project: Project, info, name="", missingOk=None, desc=None):
    """Return the run with this short id, or null (RunResumeStatus says `missingOk`)."""
    return find_run(project, name)


@field("Project", "artifact")
def project_artifact(project: Project | FormerProject, info, name, enableTracking=None):
    membership = membership_at(project, name, info)
    return membership and membership.version


@field("Project", "artifactCollectionMembership")
def project_artifact_collection_membership(project: Project | FormerProject, info, name):
    return membership_at(project, name, info)


@field("Project", "artifactCollection")
def project_artifact_collection(project: Project | FormerProject, info, name):
    if asks_for_a_membership(info):
        return collection_at(project, name, info)
    return None if isinstance(project, FormerProject) else find_collection(project, name)


@field("Query", "models")
def models(root, info, entityName=None, filters=None, order=None, after=None, first=None):
    """Return projects of the entity, which for an organization are its registries."""
    user = info.context.user
    if not entityName:
        return entity_projects(default_entity_of(user), info, filters, order, after, first)
    entity = Entity.objects.visible_to(user).with_name(entityName).first()
    if entity is None:
        raise NotFound(_("There is no entity {name!r} that you may see.").format(name=entityName))
    return entity_projects(entity, info, filters, order, after, first)


@field("Entity", "projects")
def entity_projects(entity: Entity, info, filters=None, order=None, after=None, first=None):
    keys = read_order(order, BY_NAME_OR_AGE, "+name")
    rows, detail = listed_projects(entity, info, filters), Project.objects.for_list()
    return connection(info.context, rows, first=first, after=after, order=keys, detail=detail)


def listed_projects(entity: Entity, info, filters) -> QuerySet:
    """Return the entity's projects, or an organization's registries, that pass the filters."""
    projects = Project.objects.visible_to(info.context.user).filter(entity=entity)
    if entity.kind == Entity.Kind.ORGANIZATION:
        projects = projects.registries()
    return projects.filter(read_filter(filters, PROJECTS))
