"""Types of collections."""

from django.db.models import Exists, OuterRef

from artifacts.graphql.projects.ahead import read_ahead
from artifacts.graphql.projects.paths import FormerProject, FormerType, former_type, membership_at
from artifacts.models import ArtifactType, Collection, Project
from registry_site.graphql.binding import field, fields
from registry_site.graphql.connections import connection, whole_list
from registry_site.texts.ids import encode_id


def type_of_collection(collection: Collection) -> ArtifactType:
    """Return the collection's type, with its project set so that no query reads it."""
    kind = collection.artifact_type
    if not ArtifactType.project.is_cached(kind):
        kind.project = collection.project
    return kind


@field("Project", "artifactType")
def project_artifact_type(project: Project | FormerProject, info, name):
    if isinstance(project, FormerProject):
        return former_type(info, project, name)
    return read_ahead(info, project, name) or _types(project).filter(name=name).first()


@field("Project", "artifactTypes")
def project_artifact_types(project: Project, info, after=None, first=None, includeAll=False):
    """Return types in use; with `includeAll` (wandb 0.31's registries) saved ones, too."""
    if includeAll:
        return whole_list(_used_and_accepted_types(project))
    listed = Collection.objects.listed().filter(artifact_type=OuterRef("pk"))
    used_types = _types(project).filter(Exists(listed))
    return connection(info.context, used_types, first=first, after=after)


def _used_and_accepted_types(project: Project) -> list[ArtifactType]:
    types = {each.name: each for each in project.artifact_types.all()}
    for accepted in project.accepted_types.all():
        types.setdefault(
            accepted.name,
            ArtifactType(project=project, name=accepted.name, created_at=project.created_at),
        )
    return [types[name] for name in sorted(types)]


def _types(project: Project):
    return ArtifactType.objects.filter(project=project).select_related("project")


fields("ArtifactType", id=lambda kind: encode_id("ArtifactType", kind.pk or 0))


@field("ArtifactType", "artifactCollection")
def type_artifact_collection(kind: ArtifactType, info, name):
    """Return the collection of this name, if it is of this type."""
    collections = Collection.objects.for_api().filter(artifact_type=kind, name=name)
    return read_ahead(info, kind, name) or collections.first()


@field("ArtifactType", "artifactSequence")
def type_artifact_sequence(kind: ArtifactType, info, name):
    """Return the sequence of this name, if it is of this type."""
    sequences = Collection.objects.for_api().filter(kind=Collection.Kind.SEQUENCE)
    return sequences.filter(artifact_type=kind, name=name).first()


@field("ArtifactType", "artifact")
def type_artifact(kind: ArtifactType | FormerType, info, name):
    """Return the version that `collection:alias` names, if it is of this type."""
    membership = membership_at(kind.project, name, info)
    return membership.version if membership and _is_of(membership.collection, kind) else None


def _is_of(collection: Collection, kind: ArtifactType | FormerType) -> bool:
    if isinstance(kind, FormerType):
        return collection.artifact_type.name == kind.name
    return collection.artifact_type_id == kind.pk
