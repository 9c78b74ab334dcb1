"""An alias goes back to a version that had it, by whoever may give it."""

import pytest

from artifacts.services.aliases.aliases import MAX_NOTE, add_aliases, remove_aliases
from artifacts.services.aliases.periods import holder_of, starts_of
from artifacts.services.aliases.roll_back import move_alias, roll_back_alias
from artifacts.services.aliases.undo import undo_alias_changes
from artifacts.services.collections.links import unlink_version
from artifacts.services.trash.trash import delete_version
from registry_site.accounts.models import Event
from registry_site.errors import Conflict, Denied, Invalid, NotFound
from tests import factories


@pytest.fixture
def memberships(lets_go, collection, sequence):
    return [
        factories.make_membership(collection, factories.make_version(sequence)) for _ in range(3)
    ]


@pytest.fixture
def starts(alice, collection, memberships):
    """`production` went from v0 to v1 to v2."""
    for membership in memberships:
        add_aliases(by=alice, membership=membership, names=["production"])
    return list(starts_of(collection, "production").order_by("pk"))


def roll_back(by, collection, start, **more):
    return roll_back_alias(
        by=by, collection=collection, name="production", event_id=start.pk, **more
    )


def number(collection):
    holder = holder_of(collection, "production")
    return holder.membership.number if holder else None


def test_goes_back_and_says_why(alice, collection, starts):
    (change,) = roll_back(alice, collection, starts[0], note=" slow\r\nin the field ")
    assert (change.before, change.after, number(collection)) == ("v2", "v0", "v0")
    event = Event.objects.get(pk=change.event_id)
    assert (event.verb, event.note, event.actor) == ("roll_back_alias", "slow\nin the field", alice)
    assert roll_back(alice, collection, starts[0]) == [], "a repetition changes nothing"
    undo_alias_changes(by=alice, collection=collection, event_ids=[change.event_id])
    assert number(collection) == "v2"


def test_comes_back_to_a_version_though_no_other_has_it(alice, collection, memberships, starts):
    remove_aliases(by=alice, membership=memberships[2], names=["production"])
    (change,) = roll_back(alice, collection, starts[1])
    assert (change.before, change.after) == (None, "v1")
    undo_alias_changes(by=alice, collection=collection, event_ids=[change.event_id])
    assert number(collection) is None


def test_only_who_may_give_it_rolls_it_back(bob, victor, charlie, collection, starts):
    for person, refusal in ((bob, Denied), (victor, Denied), (charlie, NotFound)):
        with pytest.raises(refusal):
            roll_back(person, collection, starts[0])
    assert number(collection) == "v2"


def test_a_version_that_is_gone_takes_nothing_back(alice, collection, memberships, starts):
    unlink_version(by=alice, membership=memberships[0])
    delete_version(by=alice, version=memberships[1].version, with_aliases=True)
    with pytest.raises(Conflict, match=r"`production` can't be rolled back to v0.*unlinked"):
        roll_back(alice, collection, starts[0])
    with pytest.raises(Conflict, match=r"`production` can't be rolled back to v1.*deleted.*trash"):
        roll_back(alice, collection, starts[1])
    assert number(collection) == "v2"


def test_another_aliass_time_is_none_of_its_own(alice, collection, memberships, starts):
    (other,) = add_aliases(by=alice, membership=memberships[0], names=["best"])
    with pytest.raises(NotFound):
        roll_back_alias(by=alice, collection=collection, name="production", event_id=other.event_id)


def test_nobody_overwrites_a_move_that_they_did_not_see(
    alice, bob, collection, memberships, starts
):
    with pytest.raises(Conflict, match=r"moved to v2 by alice meanwhile"):
        roll_back(alice, collection, starts[0], opened="v1")
    with pytest.raises(Conflict, match=r"moved to v2 by alice meanwhile"):
        move_alias(by=alice, membership=memberships[0], name="production", opened="")
    move_alias(by=alice, membership=memberships[0], name="production", opened="v2", note="why")
    assert number(collection) == "v0"
    assert holder_of(collection, "production").event.note == "why"
    remove_aliases(by=alice, membership=memberships[0], names=["production"])
    with pytest.raises(Conflict, match="taken off"):
        move_alias(by=alice, membership=memberships[1], name="production", opened="v0")
    with pytest.raises(Denied):
        move_alias(by=bob, membership=memberships[1], name="production")


def test_a_note_has_an_end(alice, memberships):
    with pytest.raises(Invalid, match="1000"):
        move_alias(by=alice, membership=memberships[0], name="best", note="x" * (MAX_NOTE + 1))
