"""What only those who keep artifacts know of an entity."""

from artifacts.models import Version
from registry_site.accounts.models import Entity
from registry_site.graphql.binding import Context, field


def load_storage(context: Context, entities: list[int]) -> None:
    """Read what these entities store, all at once, for the request's `storageBytes`."""
    sizes = Version.objects.bytes_by_entity(entities)
    context.loaded |= {("storageBytes", pk): size for pk, size in sizes.items()}


@field("Entity", "storageBytes")
def entity_storage(entity: Entity, info):
    key = ("storageBytes", entity.pk)
    if key not in info.context.loaded:
        load_storage(info.context, [entity.pk])
    return info.context.loaded[key]
