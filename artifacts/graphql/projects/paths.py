"""The versions that `project/collection:alias` names, also at former paths.

After renaming, wandb 0.31 expects that a registry or a collection is not found under its old name.
So a former path answers only queries that ask for a version by name or for its files.
"""

from dataclasses import dataclass

from artifacts.graphql.projects.ahead import read_ahead
from artifacts.models import Collection, Membership, Project
from artifacts.reads.lookups import (
    find_collection,
    find_membership,
    was_left,
)
from artifacts.services.reach.former_paths import visible_former_collection
from artifacts.services.usage.last_references import remember_reached
from registry_site.graphql.selections import selected

_NAMES_A_VERSION = {"artifact", "artifactCollectionMembership"}
_LEADS_TO_ONE = _NAMES_A_VERSION | {"artifactCollection", "artifactType"}


@dataclass(frozen=True)
class FormerProject:
    """A path at which there is no project that the viewer may see."""

    entity_name: str
    name: str


@dataclass(frozen=True)
class FormerType:
    """A type of a FormerProject: SDKs up to 0.27 reach a version's files through it."""

    project: FormerProject
    name: str


def former_project(info, entity_name: str, name: str) -> FormerProject | None:
    """Return a stand-in for a former path, where only versions are asked for by their names.

    Return None where no project ever was: the client says then that there is none (wandb 0.31).
    """
    fields = selected(info)
    is_led_on = fields and fields <= _LEADS_TO_ONE
    if not is_led_on or not was_left(info.context.user, entity_name, name):
        return None
    return FormerProject(entity_name, name)


def former_type(info, project: FormerProject, name: str) -> FormerType | None:
    return FormerType(project, name) if selected(info) <= _NAMES_A_VERSION else None


def asks_for_a_membership(info) -> bool:
    """Return whether the query asks a collection only for one of its memberships."""
    return selected(info) == {"artifactMembership"}


def membership_at(project: Project | FormerProject, name: str, info) -> Membership | None:
    """Return what `collection:alias` names, also under a former name; by default the newest."""
    collection_name, _colon, reference = name.partition(":")
    membership = read_ahead(info, project, name)
    if membership is None:
        collection = collection_at(project, collection_name, info)
        membership = find_membership(collection, reference) if collection else None
    remember_reached(api_key=info.context.api_key, membership=membership, reference=reference)
    return membership


def collection_at(project: Project | FormerProject, name: str, info) -> Collection | None:
    """Return the collection that has or had this name, for queries that only go through it."""
    if isinstance(project, FormerProject):
        entity_name, project_name = project.entity_name, project.name
    elif collection := find_collection(project, name):
        return collection
    else:
        entity_name, project_name = project.entity.name, project.name
    return visible_former_collection(
        by=info.context.user, entity_name=entity_name, project_name=project_name, name=name
    )
