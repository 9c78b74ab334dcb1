"""Mutations of collections that exist: rename, describe, move, tag, delete."""

from artifacts.graphql.lookups import need_collection, need_collection_at
from artifacts.services.collections import collections as services
from registry_site.graphql.binding import field


@field("Mutation", "updateArtifactSequence", "updateArtifactPortfolio")
def update_collection(root, info, input):
    """Absent and null leave as it is."""
    user, collection = info.context.user, need_collection(info.context.user, *_named(input))
    collection = services.update_collection(
        by=user, collection=collection,
        name=input.get("name"), description=input.get("description"),
    )  # fmt: skip
    return {"artifactCollection": collection}


@field("Mutation", "moveArtifactSequence")
def move_sequence(root, info, input):
    user, collection = info.context.user, need_collection(info.context.user, *_named(input))
    collection = services.set_collection_type(
        by=user, collection=collection, type_name=input["destinationArtifactTypeName"]
    )
    return {"artifactCollection": collection}


@field("Mutation", "deleteArtifactSequence", "deleteArtifactPortfolio")
def delete_collection(root, info, input):
    """A collection that was deleted already answers so again: a repeated request."""
    user = info.context.user
    collection = need_collection(user, *_named(input), with_deleted=True)
    services.delete_collection(by=user, collection=collection)
    collection.refresh_from_db(fields=["deleted_at"])
    return {"artifactCollection": collection}


def _named(input) -> tuple[str, str]:
    """The id that an input has, and of which kind of collection it is."""
    if "artifactSequenceID" in input:
        return input["artifactSequenceID"], "sequence"
    return input["artifactPortfolioID"], "portfolio"


@field("Mutation", "createArtifactCollectionTagAssignments")
def add_collection_tags(root, info, input):
    """Answers with all tags that the collection has now."""
    user, collection = info.context.user, _collection_of_tags(info, input)
    services.add_collection_tags(by=user, collection=collection, names=_tag_names(input))
    return {"tags": collection.tags.order_by("name")}


@field("Mutation", "deleteArtifactCollectionTagAssignments")
def remove_collection_tags(root, info, input):
    user, collection = info.context.user, _collection_of_tags(info, input)
    services.remove_collection_tags(by=user, collection=collection, names=_tag_names(input))
    return {"success": True}


def _collection_of_tags(info, input):
    path = input["entityName"], input["projectName"], input["artifactCollectionName"]
    return need_collection_at(info.context.user, *path)


def _tag_names(input) -> list[str]:
    return [tag["tagName"] for tag in input["tags"]]
