"""Undoing changes of aliases: aliases that were given, moved or removed go back."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from artifacts.models import Alias, Collection, Membership
from artifacts.services.aliases.aliases import (
    MAX_ALIASES,
    AliasChange,
    check_protected,
    set_aliases,
    take_aliases,
)
from artifacts.services.aliases.periods import ALIAS_VERBS
from artifacts.services.locks import lock_collection
from registry_site.accounts.models import Event, Kind, User
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Conflict, NotFound


@transaction.atomic
def undo_alias_changes(
    *, by: User, collection: Collection, event_ids: Iterable[int]
) -> list[AliasChange]:
    """Move aliases back to where they were before these events: all of them, or none.

    This needs the same right as changing them, and is an event itself. Raises Conflict where an
    alias was changed since, or where the version that had it is gone.
    """
    check(by, Action.EDIT, collection.project)
    lock_collection(collection.pk)
    events = list(_changes_of(collection).filter(pk__in=list(event_ids)[:MAX_ALIASES]))
    if not events:
        raise NotFound(_("There is no such change of an alias that you may undo."))
    check_protected(by=by, project=collection.project, names=map(_name_in, events))
    _check_not_changed_since(collection, events)
    return [
        change
        for event in reversed(events)  # the newest first, in case one alias has several
        for change in _put_back(by, collection, _name_in(event), event.before, event.after)
    ]


def _changes_of(collection: Collection) -> QuerySet[Event]:
    events = Event.objects.filter(kind=Kind.COLLECTION, subject_id=collection.pk)
    return events.filter(verb__in=ALIAS_VERBS).order_by("pk")


def _name_in(event: Event) -> str:
    """Return the alias that an event is about: neither an alias nor a path has a colon."""
    return event.subject.rpartition(":")[2]


def _check_not_changed_since(collection: Collection, events: list[Event]) -> None:
    """Raise Conflict where an alias has a later event, or isn't where its event put it."""
    left = {_name_in(event): event for event in events}
    for later in _changes_of(collection).filter(pk__gt=events[0].pk).iterator():
        event = left.get(_name_in(later))
        if event and later.pk > event.pk:
            raise _changed(event, later.actor_name)
    aliases = Alias.objects.filter(collection=collection, name__in=left)
    now = {alias.name: alias.membership.number for alias in aliases.select_related("membership")}
    for name, event in left.items():  # unlinking and deleting remove aliases
        if now.get(name) != event.after:
            raise _changed(event)


def _changed(event: Event, who: str = "") -> Conflict:
    text = (
        _(
            "The change of `{name}` can't be undone: {who} changed it again since. "
            "Move it by hand where it should be somewhere else."
        )
        if who
        else _(
            "The change of `{name}` can't be undone: it was changed again since. "
            "Move it by hand where it should be somewhere else."
        )
    )
    return Conflict(text.format(name=_name_in(event), who=who))


def _put_back(
    by: User, collection: Collection, name: str, number: str | None, now: str | None
) -> list[AliasChange]:
    """Move the alias back to the membership of this number; remove it where that is None."""
    membership = _membership(collection, number or now)
    if membership is None:
        raise Conflict(
            _(
                "`{name}` can't go back to {number}: that version is not in {collection} any more. "
                "Choose another version for it."
            ).format(name=name, number=number, collection=collection.name)
        )
    change = set_aliases if number else take_aliases
    return change(by=by, membership=membership, names=[name])


def _membership(collection: Collection, number: str | None) -> Membership | None:
    membership = (
        Membership.objects.live().filter(collection=collection).called(number or "").first()
    )
    if membership:
        membership.collection = collection
    return membership
