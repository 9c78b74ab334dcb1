"""Entities as the SDK reads them."""

from registry_site.accounts.models import Entity
from registry_site.accounts.permissions import Action, can
from registry_site.graphql.binding import field, fields
from registry_site.texts.ids import encode_id

fields(
    "Entity",
    id=lambda entity: encode_id("Entity", entity.pk),
    isTeam=lambda entity: entity.kind == Entity.Kind.TEAM,
    entityType=lambda entity: entity.kind,
    xxhashDigestsEnabled=lambda entity: True,
    user=lambda entity: entity.user if entity.kind == Entity.Kind.USER else None,
    # The fields of wandb 0.31's TeamFragment say: only a team's members and the admins of its
    # organization see what it has, everything can be logged, nothing is paid for.
    available=lambda entity: False,
    photoUrl=lambda entity: None,
    readOnlyAdmin=lambda entity: False,
    privateOnly=lambda entity: True,
    codeSavingEnabled=lambda entity: True,
    defaultAccess=lambda entity: "PRIVATE",
    isPaid=lambda entity: False,
    limits=lambda entity: {},
)


@field("Entity", "organization")
def entity_organization(entity: Entity, info):
    return entity.owner


@field("Entity", "readOnly")
def entity_read_only(entity: Entity, info):
    return not can(info.context.user, Action.EDIT, entity)
