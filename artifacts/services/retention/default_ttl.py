"""How long versions live: each by its own TTL, or by the default of the entity that logged it."""

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
    """Return seconds to live that can be kept (None inherits, 0 is switched off), or raise."""
    if seconds is not None and not 0 <= seconds <= MAX_TTL:
        raise Invalid(_("A TTL has between 1 second and 100 years."))
    return seconds


@transaction.atomic
def set_default_ttl(
    *, by: User, entity: Entity, seconds: int | None, opened: Opened | None = None
) -> None:
    """Say how long versions live that were logged here and inherit; None: for ever.

    Those that exist are meant, too: each counts from its creation. `opened`: what a form was
    opened with; raises Unread where somebody set another default meanwhile.
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
