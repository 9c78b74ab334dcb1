"""What only those who keep artifacts know of an entity."""

from artifacts.models import Version
from registry_site.accounts.models import Entity
from registry_site.graphql.binding import field


@field("Entity", "storageBytes")
def entity_storage(entity: Entity, info):
    """Lists of teams read it for all of them at once, see `bytes_by_entity`."""
    known = getattr(entity, "storage_bytes", None)
    if known is None:
        return Version.objects.bytes_by_entity([entity.pk])[entity.pk]
    return known
