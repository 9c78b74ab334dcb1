"""The TTL of versions: each has its own, or the default of the entity to which it was logged."""

from django.db import transaction
from django.utils.translation import gettext as _

from registry_site.accounts.models import Entity, Kind, User, Verb
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.edits import settle_edit
from registry_site.accounts.services.events import record_event
from registry_site.errors import Invalid
from registry_site.texts.edits import Opened

MAX_TTL = 100 * 366 * 24 * 3600  # seconds


def check_ttl(seconds: int | None) -> int | None:
    """Return a TTL in seconds that can be stored (None inherits, 0 is none); raises Invalid."""
    if seconds is not None and not 0 <= seconds <= MAX_TTL:
        raise Invalid(_("A TTL has between 1 second and 100 years."))
    return seconds


@transaction.atomic
def set_default_ttl(
    *, by: User, entity: Entity, seconds: int | None, opened: Opened | None = None
) -> None:
    """Set the TTL in seconds of versions logged to the entity without their own; None: for ever.

    It holds for existing versions, too, from their creation. `opened` has the values with which a
    form was opened; raises Unread where somebody set another default meanwhile.
    """
    check(by, Action.MANAGE, entity)
    locked = Entity.objects.select_for_update(no_key=True).filter(pk=entity.pk)
    before = locked.values_list("default_ttl_seconds", flat=True).get()
    after = settle_edit(
        by=by,
        opened=opened,
        now={"default_ttl_seconds": before},
        texts={"default_ttl_seconds": check_ttl(seconds) or None},
        kind=Kind.ENTITY,
        subject_id=entity.pk,
    )["default_ttl_seconds"]
    if after == before:
        return
    entity.default_ttl_seconds = after
    entity.save(update_fields=["default_ttl_seconds"])
    record_event(
        by=by,
        verb=Verb.UPDATE,
        kind=Kind.ENTITY,
        subject=entity.name,
        subject_id=entity.pk,
        before={"default_ttl_seconds": before},
        after={"default_ttl_seconds": after},
    )
