"""Tags of collections and versions."""

from artifacts.models import CollectionTag
from artifacts.services.collections import tags as services
from artifacts.services.reach.collections import no_such_collection, visible_collection
from registry_site.graphql.binding import field, fields
from registry_site.texts.ids import encode_id

fields(
    "Tag",
    id=lambda tag: encode_id("CollectionTag" if isinstance(tag, CollectionTag) else "Tag", tag.pk),
    tagCategoryName=lambda tag: None,
)


@field("Mutation", "createArtifactCollectionTagAssignments")
def create_artifact_collection_tag_assignments(root, info, input):
    """Add tags, and return all tags that the collection has now."""
    user, collection = info.context.user, _collection_of_tags(info, input)
    services.add_collection_tags(by=user, collection=collection, names=_tag_names(input))
    return {"tags": collection.tags.order_by("name")}


@field("Mutation", "deleteArtifactCollectionTagAssignments")
def delete_artifact_collection_tag_assignments(root, info, input):
    user, collection = info.context.user, _collection_of_tags(info, input)
    services.remove_collection_tags(by=user, collection=collection, names=_tag_names(input))
    return {"success": True}


def _collection_of_tags(info, input):
    collection = visible_collection(
        by=info.context.user,
        entity_name=input["entityName"],
        project_name=input["projectName"],
        name=input["artifactCollectionName"],
    )
    if collection is None:
        raise no_such_collection()
    return collection


def _tag_names(input) -> list[str]:
    return [tag["tagName"] for tag in input["tags"]]
