"""An alias moves back to a version that had it before, or on to another one."""

from django.db import transaction
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership
from artifacts.services.aliases.aliases import (
    AliasChange,
    add_aliases,
    check_alias_names,
    check_may_give,
    check_note,
    set_aliases,
)
from artifacts.services.aliases.periods import holder_of, starts_of
from artifacts.services.locks import lock_collection
from registry_site.accounts.models import Event, User, Verb
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Conflict, NotFound


@transaction.atomic
def move_alias(
    *, by: User, membership: Membership, name: str, note: str = "", opened: str | None = None
) -> list[AliasChange]:
    """Give the alias to the membership, as `add_aliases` does.

    `opened` is the number of the version that had the alias when the person confirmed, "" for
    none; raises Conflict where another version has it by now.
    """
    check(by, Action.EDIT, membership.collection.project)
    lock_collection(membership.collection_id)
    _check_holder(membership.collection, name, opened)
    return add_aliases(by=by, membership=membership, names=[name], note=note)


@transaction.atomic
def roll_back_alias(
    *,
    by: User,
    collection: Collection,
    name: str,
    event_id: int,
    note: str = "",
    opened: str | None = None,
) -> list[AliasChange]:
    """Move the alias back to the version on which this event put it; a repetition is fine.

    This needs the right to give the alias, and is an event of its own. Raises Conflict where that
    version was deleted or unlinked since, and as `move_alias` does.
    """
    project = collection.project
    check(by, Action.EDIT, project)
    check_may_give(by=by, project=project, names=[name], collection=collection.name)
    check_alias_names([name], collection=collection.name)
    note = check_note(note)
    lock_collection(collection.pk)
    start = starts_of(collection, name).filter(pk=event_id).first()
    if start is None:
        raise NotFound(_("There is no such time of this alias that you may see."))
    membership = membership_to_return_to(collection, name, start)
    _check_holder(collection, name, opened, besides=membership.number)
    return set_aliases(
        by=by, membership=membership, names=[name], note=note, verb=Verb.ROLL_BACK_ALIAS
    )


def membership_to_return_to(collection: Collection, name: str, start: Event) -> Membership:
    """Return the membership on which this event put the alias; Conflict where it is gone."""
    memberships = Membership.objects.filter(collection=collection, index=int(str(start.after)[1:]))
    membership = memberships.select_related("version").first()
    if membership is None or membership.hidden_at:
        text = (
            _(
                "`{name}` can't be rolled back to {number}: that version was unlinked. Link it "
                "again, or choose another version."
            )
            if membership is None
            else _(
                "`{name}` can't be rolled back to {number}: that version was deleted. Restore "
                "it from the trash first, or choose another version."
            )
        )
        raise Conflict(text.format(name=name, number=start.after))
    membership.collection = collection
    return membership


def _check_holder(
    collection: Collection, name: str, opened: str | None, *, besides: str | None = None
) -> None:
    """Raise Conflict where the alias is on another version than when the person confirmed."""
    holder = holder_of(collection, name)
    now = holder.membership.number if holder else ""
    if opened is None or now in {opened, besides}:
        return
    who = holder.event.actor_name if holder and holder.event else ""
    if now and who:
        text = _("`{name}` was moved to {number} by {who} meanwhile. Look again, then send it.")
    elif now:
        text = _("`{name}` was moved to {number} meanwhile. Look again, then send it.")
    else:
        text = _("`{name}` was taken off meanwhile. Look again, then send it.")
    raise Conflict(text.format(name=name, number=now, who=who))
