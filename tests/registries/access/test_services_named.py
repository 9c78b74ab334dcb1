"""Whom a name or an address means, and what nobody learns by asking."""

import pytest

from registries.services.members.members import add_named
from registries.services.members.people_by_name import find_named, suggest_named
from registry_site.accounts.services.keys.service_accounts import create_service_account
from registry_site.errors import Denied, Invalid, NotFound
from tests import factories


def names_of(found):
    return [str(each) for each in [*found.users, *found.teams]]


def test_names_and_addresses_mean_people_and_teams(alice, bob, victor, acme, vision):
    given = ["BOB", " victor@Example.com", "vision", "bob"]
    found = find_named(by=bob, organization=acme, names=given)
    assert names_of(found) == ["bob", "victor", "vision"]


def test_names_cost_the_same_however_many(django_assert_num_queries, alice, acme, vision):
    for number in range(30):
        user = factories.make_user(f"p{number}")
        acme.members.create(user=user, role="member")
    alice = factories.fresh(alice)
    assert alice.roles
    with django_assert_num_queries(2):
        find_named(by=alice, organization=acme, names=[f"p{number}" for number in range(30)])


@pytest.mark.parametrize(
    "name", ["charlie", "nobody", "charlie@example.com", "nobody@example.com", "others", "acme"]
)
def test_who_is_outside_is_like_nobody(bob, charlie, acme, name):
    factories.make_team("others", factories.make_organization("Other"), charlie="admin")
    with pytest.raises(Invalid) as refusal:
        find_named(by=bob, organization=acme, names=[name])
    text = refusal.value.message.replace(repr(name), "X")
    assert text == (
        "Nobody and no team in Acme has the name or e-mail address X. "
        "Check the spelling; only admins of the organization add people from outside."
    )


def test_an_organization_admin_names_people_from_outside_by_username_only(alice, charlie, acme):
    assert names_of(find_named(by=alice, organization=acme, names=["charlie"])) == ["charlie"]
    with pytest.raises(Invalid):
        find_named(by=alice, organization=acme, names=["charlie@example.com"])


def test_an_address_that_somebody_typed_in_means_nobody(alice, bob, acme):
    bob.email_is_confirmed = False
    bob.save(update_fields=["email_is_confirmed"])
    with pytest.raises(Invalid):
        find_named(by=alice, organization=acme, names=["bob@example.com"])
    assert not names_of(suggest_named(by=alice, organization=acme, text="bob@"))


def test_an_address_of_two_is_nobodys(alice, bob, victor, acme):
    for user in (bob, victor):
        user.email = "team@example.com"
        user.save(update_fields=["email"])
    with pytest.raises(Invalid, match="Several people"):
        find_named(by=alice, organization=acme, names=["team@example.com"])


def test_suggestions_are_colleagues_and_teams(alice, bob, victor, charlie, acme, vision):
    create_service_account(by=alice, team=vision, description="CI")
    assert names_of(suggest_named(by=victor, organization=acme, text="vi"))[0] == "victor"
    assert "vision" in names_of(suggest_named(by=victor, organization=acme, text="VIS"))
    assert names_of(suggest_named(by=victor, organization=acme, text="bob@ex")) == ["bob"]
    assert not names_of(suggest_named(by=victor, organization=acme, text="charlie"))
    assert not names_of(suggest_named(by=victor, organization=acme, text="%"))
    with pytest.raises(NotFound):
        suggest_named(by=charlie, organization=acme, text="")
    with pytest.raises(NotFound):
        find_named(by=charlie, organization=acme, names=["bob"])


def test_a_closed_account_is_nobody(alice, bob, acme):
    bob.is_active = False
    bob.save(update_fields=["is_active"])
    with pytest.raises(Invalid):
        find_named(by=alice, organization=acme, names=["bob"])
    assert not names_of(suggest_named(by=alice, organization=acme, text="bob"))


def test_who_is_named_gets_the_role_and_only_admins_name(alice, bob, charlie, registry, vision):
    added = add_named(by=alice, registry=registry, names=["bob", "vision"], role="member")
    assert sorted(str(member.user or member.team) for member in added.new) == ["bob", "vision"]
    again = add_named(by=alice, registry=registry, names=["bob"], role="admin")
    assert (again.new, [member.role for member in again.unchanged]) == ([], ["member"])
    with pytest.raises(Denied):
        add_named(by=factories.fresh(bob), registry=registry, names=["victor"])
    with pytest.raises(NotFound):
        add_named(by=charlie, registry=registry, names=["bob"])
