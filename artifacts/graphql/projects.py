"""Projects and artifact types as the SDK reads them."""

from django.db.models import Exists, OuterRef

from artifacts.graphql.former import (
    FormerProject,
    asks_for_a_membership,
    former_collection,
    former_type,
)
from artifacts.models import ArtifactType, Collection, Membership, Project
from artifacts.reads.lookups import find_collection, find_membership, find_run
from artifacts.services.usage.names_reached import remember_reached
from registry_site.accounts.permissions import Action, can
from registry_site.graphql.binding import field, fields
from registry_site.graphql.connections import connection, whole_list
from registry_site.texts.ids import encode_id

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
    """A run by its short id; null where there is none (RunResumeStatus says `missingOk`)."""
    return find_run(project, name)


@field("Project", "artifact")
def project_artifact(project: Project | FormerProject, info, name, enableTracking=None):
    membership = membership_at(project, name, info)
    return membership and membership.version


@field("Project", "artifactCollectionMembership")
def project_membership(project: Project | FormerProject, info, name):
    return membership_at(project, name, info)


def membership_at(project: Project | FormerProject, name: str, info) -> Membership | None:
    """What `collection:alias` names, under a former name, too; without an alias the newest."""
    collection_name, _colon, reference = name.partition(":")
    collection = collection_at(project, collection_name, info)
    membership = find_membership(collection, reference) if collection else None
    remember_reached(api_key=info.context.api_key, membership=membership, reference=reference)
    return membership


def collection_at(project: Project | FormerProject, name: str, info) -> Collection | None:
    """The collection that has or had this name, for queries that only go through it."""
    if isinstance(project, FormerProject):
        entity_name, project_name = project.entity_name, project.name
    elif collection := find_collection(project, name):
        return collection
    else:
        entity_name, project_name = project.entity.name, project.name
    return former_collection(info.context.user, entity_name, project_name, name)


@field("Project", "artifactCollection")
def project_collection(project: Project | FormerProject, info, name):
    if asks_for_a_membership(info):
        return collection_at(project, name, info)
    return None if isinstance(project, FormerProject) else find_collection(project, name)


@field("Project", "artifactType")
def project_artifact_type(project: Project | FormerProject, info, name):
    if isinstance(project, FormerProject):
        return former_type(info, project, name)
    return _types(project).filter(name=name).first()


@field("Project", "artifactTypes")
def project_artifact_types(project: Project, info, after=None, first=None, includeAll=False):
    """Types in use; with `includeAll` (a registry's page of wandb 0.31) saved ones as well."""
    if not includeAll:
        listed = Collection.objects.listed().filter(artifact_type=OuterRef("pk"))
        used_types = _types(project).filter(Exists(listed))
        return connection(info.context, used_types, first=first, after=after)
    used = {each.name: each for each in project.artifact_types.all()}
    for accepted in project.accepted_types.all():
        used.setdefault(
            accepted.name,
            ArtifactType(project=project, name=accepted.name, created_at=project.created_at),
        )
    return whole_list([used[name] for name in sorted(used)])


def _types(project: Project):
    return ArtifactType.objects.filter(project=project).select_related("project")


fields("ArtifactType", id=lambda kind: encode_id("ArtifactType", kind.pk or 0))


@field("ArtifactType", "artifactCollection", "artifactSequence")
def type_collection(kind: ArtifactType, info, name):
    """The collection of this name, if it is of this type."""
    found = Collection.objects.for_api().filter(artifact_type=kind, name=name)
    if info.field_name == "artifactSequence":
        found = found.filter(kind=Collection.Kind.SEQUENCE)
    return found.first()
