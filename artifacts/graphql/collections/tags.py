"""Tags of collections and versions."""

from artifacts.graphql.lookups import need_collection_at
from artifacts.models import CollectionTag
from artifacts.services.collections import collections as services
from registry_site.graphql.binding import field, fields
from registry_site.texts.ids import encode_id

fields(
    "Tag",
    id=lambda tag: encode_id("CollectionTag" if isinstance(tag, CollectionTag) else "Tag", tag.pk),
    tagCategoryName=lambda tag: None,
)


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
