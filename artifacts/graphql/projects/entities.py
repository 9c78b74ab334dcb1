"""Entities by name, and the fields of them that this app answers."""

from artifacts.graphql.hidden import hide_entity
from artifacts.models import Version
from artifacts.services.paths.placeholders import entity_behind
from registry_site.accounts.models import Entity
from registry_site.accounts.services.people import default_entity_of
from registry_site.graphql.binding import Context, field


@field("Query", "entity")
def entity(root, info, name=None):
    """Return the entity of this name, or its stand-in; without a name the viewer's default one."""
    user = info.context.user
    if not name:
        return default_entity_of(user)
    if hidden := entity_behind(by=user, name=name):
        return hide_entity(hidden)
    return Entity.objects.visible_to(user).with_name(name).first()


def load_storage(context: Context, entities: list[int]) -> None:
    """Read the stored bytes of these entities, all at once, for the request's `storageBytes`."""
    sizes = Version.objects.bytes_by_entity(entities)
    context.loaded |= {("storageBytes", pk): size for pk, size in sizes.items()}


@field("Entity", "storageBytes")
def entity_storage_bytes(entity: Entity, info):
    key = ("storageBytes", entity.pk)
    if key not in info.context.loaded:
        load_storage(info.context, [entity.pk])
    return info.context.loaded[key]
