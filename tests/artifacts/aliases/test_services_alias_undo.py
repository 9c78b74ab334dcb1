import pytest

from artifacts.models import Alias
from artifacts.services.aliases.aliases import AliasChange, add_aliases, remove_aliases
from artifacts.services.aliases.undo import undo_alias_changes
from artifacts.services.collections.collections import update_collection
from artifacts.services.collections.links import unlink_version
from registry_site.errors import Conflict, Denied, NotFound
from tests import factories


@pytest.fixture
def memberships(collection, sequence):
    return [
        factories.make_membership(collection, factories.make_version(sequence)) for _ in range(3)
    ]


def undo(by, membership, *changes):
    ids = [change.event_id for change in changes]
    return undo_alias_changes(by=by, collection=membership.collection, event_ids=ids)


def aliases_of(membership):
    return sorted(membership.aliases.values_list("name", flat=True))


def test_changes_say_from_where_to_where(bob, memberships):
    (added,) = add_aliases(by=bob, membership=memberships[0], names=["best", "latest", "v0"])
    assert added == AliasChange("best", None, "v0", added.event_id)
    (moved,) = add_aliases(by=bob, membership=memberships[1], names=["best"])
    assert (moved.before, moved.after) == ("v0", "v1")
    assert add_aliases(by=bob, membership=memberships[1], names=["best"]) == []
    (removed,) = remove_aliases(by=bob, membership=memberships[1], names=["best", "other"])
    assert (removed.before, removed.after) == ("v1", None)


def test_each_change_goes_back(bob, memberships):
    one, two, _three = memberships
    (added,) = add_aliases(by=bob, membership=one, names=["best"])
    assert undo(bob, one, added)[0].after is None
    assert not Alias.objects.exists()
    add_aliases(by=bob, membership=one, names=["best"])
    (moved,) = add_aliases(by=bob, membership=two, names=["best"])
    undo(bob, one, moved)
    assert (aliases_of(one), aliases_of(two)) == (["best"], [])
    (removed,) = remove_aliases(by=bob, membership=one, names=["best"])
    (back,) = undo(bob, one, removed)
    assert (back.before, back.after, aliases_of(one)) == (None, "v0", ["best"])


def test_nothing_goes_back_if_one_can_t(bob, alice, memberships):
    one, two, three = memberships
    changes = add_aliases(by=bob, membership=one, names=["a", "b"])
    add_aliases(by=alice, membership=two, names=["b"])
    with pytest.raises(Conflict, match="`b` can't be undone: alice changed it again since"):
        undo(bob, one, *changes)
    assert (aliases_of(one), aliases_of(two)) == (["a"], ["b"])
    undo(bob, one, changes[0])
    with pytest.raises(Conflict, match="bob changed it again since"):
        undo(bob, one, changes[0])  # a second click


def test_what_left_the_collection_takes_no_alias_back(bob, memberships):
    one, two, _three = memberships
    add_aliases(by=bob, membership=one, names=["best"])
    (moved,) = add_aliases(by=bob, membership=two, names=["best"])
    unlink_version(by=bob, membership=one)
    with pytest.raises(Conflict, match="can't go back to v0: that version is not in"):
        undo(bob, two, moved)
    unlink_version(by=bob, membership=two)
    with pytest.raises(Conflict, match="it was changed again since"):
        undo(bob, two, moved)


def test_a_new_name_of_the_collection_is_no_hindrance(bob, memberships):
    (added,) = add_aliases(by=bob, membership=memberships[0], names=["best"])
    collection = memberships[0].collection
    update_collection(by=bob, collection=collection, name="renamed")
    undo(bob, memberships[0], added)
    assert aliases_of(memberships[0]) == []


def test_undo_takes_the_right_to_change_the_alias(bob, alice, victor, sequence, memberships):
    (given,) = add_aliases(by=alice, membership=memberships[0], names=["production"])
    for by in (bob, victor):
        with pytest.raises(Denied):
            undo(by, memberships[0], given)
    source = sequence.memberships.first()
    with pytest.raises(NotFound):  # another collection's
        undo(bob, source, given)
    undo(alice, memberships[0], given)
