"""Asking for a role and answering; and that nobody learns from it what they may not see."""

import pytest

from registries.models import AccessRequest
from registries.services.access import request_answers
from registries.services.access.request_answers import decline_request, grant_request
from registries.services.access.requests import (
    MOST_WAITING,
    request_registry_access,
    request_team_access,
    requests_of,
    withdraw_request,
)
from registries.services.members.members import add_members, set_member_role
from registries.services.organizations.organizations import remove_from_organization
from registries.services.registry.creation import create_registry
from registries.services.registry.deletion import delete_registry
from registries.services.registry.renaming import rename_registry
from registry_site.accounts.models import Event
from registry_site.accounts.services.members import remove_team_member, set_organization_member
from registry_site.errors import Conflict, Denied, Invalid, NotFound
from tests import factories
from tests.registries.registry.test_services_races import at_once

fresh = factories.fresh


@pytest.fixture
def vault(acme, alice):
    """A registry that nobody but Alice may know of."""
    return create_registry(by=alice, organization=acme, name="Vault", access="restricted")


@pytest.fixture
def zoo(acme, alice):
    """A registry in which everybody reads."""
    return create_registry(by=alice, organization=acme, name="Zoo")


def ask(by, registry_or_name, role="member", note=""):
    name = getattr(registry_or_name, "name", registry_or_name)
    organization = factories.Organization.objects.get(name="Acme")
    return request_registry_access(
        by=fresh(by), organization=organization, name=name, role=role, note=note
    )


def shown(user):
    """What a person sees of their requests."""
    return [(row.name, row.shown_state, row.shown_answer, row.role) for row in requests_of(user)]


def verbs():
    return list(
        Event.objects.filter(verb__contains="access").order_by("pk").values_list("verb", "note")
    ) + list(Event.objects.filter(verb="withdraw_request").values_list("verb", "note"))


def test_a_role_is_asked_for_and_granted(alice, bob, zoo):
    asked = ask(bob, zoo, note="for the spring release")
    assert list(AccessRequest.objects.waiting_for(fresh(alice))) == [asked]
    assert not AccessRequest.objects.waiting_for(fresh(bob))
    grant_request(by=alice, pk=asked.pk)
    assert zoo.project.role_of(fresh(bob)) == "member"
    assert shown(bob) == [("Zoo", "granted", "", "member")]
    assert verbs() == [("request_access", "for the spring release"), ("grant_access", "")]
    assert not AccessRequest.objects.waiting_for(fresh(alice))


def test_asking_again_changes_nothing(bob, zoo):
    assert ask(bob, zoo) == ask(bob, "ZOO", role="admin")
    assert len(verbs()) == 1


def test_another_role_may_be_granted_and_none_is_lowered(alice, bob, zoo):
    asked = ask(bob, zoo, role="admin")
    grant_request(by=alice, pk=asked.pk, role="member")
    assert zoo.project.role_of(fresh(bob)) == "member"
    again = ask(bob, zoo, role="admin")
    assert again != asked
    grant_request(by=alice, pk=again.pk, role="restricted_viewer")
    assert zoo.project.role_of(fresh(bob)) == "member"
    third = ask(bob, zoo, role="admin")
    grant_request(by=alice, pk=third.pk)
    assert zoo.project.role_of(fresh(bob)) == "admin"


def test_a_role_given_otherwise_answers_what_it_covers(alice, bob, victor, zoo):
    ask(bob, zoo, role="member")
    ask(victor, zoo, role="admin")
    add_members(by=alice, registry=zoo, users=[bob, victor], role="member")
    assert shown(bob) == [("Zoo", "granted", "", "member")]
    assert shown(victor) == [("Zoo", "open", "", "admin")]
    set_member_role(by=alice, registry=zoo, member=victor, role="admin")
    assert shown(victor)[0][1] == "granted"
    assert [verb for verb, _ in verbs()].count("grant_access") == 2


def test_a_refusal_is_told_with_its_sentence(alice, bob, zoo):
    asked = ask(bob, zoo)
    decline_request(by=alice, pk=asked.pk, answer="  Ask again in May. ")
    assert shown(bob) == [("Zoo", "declined", "Ask again in May.", "member")]
    assert zoo.project.role_of(fresh(bob)) == "viewer"
    assert verbs()[1] == ("decline_access", "Ask again in May.")


def test_answers_repeat_safely_and_contradict_nothing(alice, root, bob, zoo):
    asked = ask(bob, zoo)
    grant_request(by=alice, pk=asked.pk)
    grant_request(by=root, pk=asked.pk)
    assert len(verbs()) == 2
    with pytest.raises(Conflict, match="already been answered: Granted, alice"):
        decline_request(by=root, pk=asked.pk)
    with pytest.raises(Conflict):
        grant_request(by=root, pk=asked.pk, role="admin")


def test_a_request_is_withdrawn_by_its_maker_only(alice, bob, victor, zoo):
    asked = ask(bob, zoo)
    for other in (alice, victor):
        with pytest.raises(NotFound):
            withdraw_request(by=other, pk=asked.pk)
    withdraw_request(by=bob, pk=asked.pk)
    withdraw_request(by=bob, pk=asked.pk)
    assert not shown(bob)
    assert [verb for verb, _ in verbs()] == ["request_access", "withdraw_request"]
    with pytest.raises(Conflict):
        grant_request(by=alice, pk=asked.pk)


def test_answers_are_for_admins(bob, victor, charlie, zoo, vault):
    asked, hidden = ask(bob, zoo), ask(bob, vault)
    for answer in (grant_request, decline_request):
        with pytest.raises(Denied):
            answer(by=fresh(victor), pk=asked.pk)
        for person, request in ((charlie, asked), (victor, hidden), (bob, hidden)):
            with pytest.raises(NotFound):
                answer(by=fresh(person), pk=request.pk)
        with pytest.raises(NotFound):
            answer(by=fresh(bob), pk=ask(bob, "Nothing").pk)


def test_who_has_the_role_need_not_ask(alice, bob, zoo, charlie):
    for person, role in ((bob, "viewer"), (bob, "restricted_viewer"), (alice, "admin")):
        with pytest.raises(Conflict, match="already"):
            ask(person, zoo, role=role)
    with pytest.raises(Invalid):
        ask(bob, zoo, role="owner")
    with pytest.raises(Invalid):
        ask(bob, zoo, note="x" * 501)
    with pytest.raises(NotFound):
        ask(charlie, zoo)


# ------------------------------------------------------------------ what is hidden stays hidden


def test_nothing_tells_a_hidden_registry_from_none(alice, bob, vault):
    """Each step leaves the person with the same answers and the same list for both names."""
    for act in (
        lambda name: ask(bob, name),
        lambda name: ask(bob, name.upper(), role="admin"),  # again
        lambda name: (
            (name == "Vault")
            and decline_request(
                by=alice, pk=AccessRequest.objects.get(name="Vault").pk, answer="Secret"
            )
        ),
        lambda name: ask(bob, name),  # after the refusal
    ):
        for name in ("Vault", "Never"):
            act(name)
        both = {name: rest for name, *rest in shown(bob)}
        assert both["Vault"] == both["Never"] == ["open", "", "member"]
    for request in AccessRequest.objects.all():
        withdraw_request(by=bob, pk=request.pk)
    assert not shown(bob)
    for name in ("Vault", "Never"):
        ask(bob, name, role="viewer")
    assert {state for _name, state, *_ in shown(bob)} == {"open"}


def test_a_request_for_nothing_goes_nowhere_until_there_is_something(alice, bob, acme, root):
    asked = ask(bob, "Later")
    assert not AccessRequest.objects.waiting_for(fresh(alice))
    later = create_registry(by=alice, organization=acme, name="Later", access="restricted")
    assert not AccessRequest.objects.waiting_for(fresh(alice))
    assert ask(bob, "later") == asked
    assert list(AccessRequest.objects.waiting_for(fresh(alice))) == [asked]
    grant_request(by=alice, pk=asked.pk)
    assert later.project.role_of(fresh(bob)) == "member"


def test_asking_under_two_names_tells_nothing(alice, bob, vault, acme):
    ask(bob, "Vault")
    rename_registry(by=alice, registry=vault, name="Cellar")
    ask(bob, "Cellar")  # the same registry: it is asked once, and shown as any other name
    assert [row[:2] for row in shown(bob)] == [("Cellar", "open"), ("Vault", "open")]
    assert AccessRequest.objects.waiting_for(fresh(alice)).count() == 1


def test_a_deleted_registry_asks_nobody(alice, bob, zoo, vault):
    ask(bob, zoo)
    ask(bob, vault)
    for registry in (zoo, vault):
        delete_registry(by=alice, registry=registry)
    assert not AccessRequest.objects.waiting_for(fresh(alice))
    assert shown(bob) == [("Vault", "open", "", "member")]


@pytest.mark.slow
def test_the_limit_counts_what_goes_nowhere_too(bob, vault):
    for number in range(MOST_WAITING):
        ask(bob, f"nothing{number}")
    for name in ("Vault", "Never"):
        with pytest.raises(Conflict, match="withdraw one"):
            ask(bob, name)
    ask(bob, "nothing0")  # waits already


# ------------------------------------------------------------------ who was taken off


def test_requests_end_with_the_person_in_the_organization(alice, bob, acme, zoo, vault):
    asked = ask(bob, zoo, role="admin")
    blind = ask(bob, vault)
    decline_request(by=alice, pk=blind.pk)
    ask(bob, "Never")
    remove_from_organization(by=alice, organization=acme, user=bob)
    assert not AccessRequest.objects.waiting_for(fresh(alice))
    assert not shown(bob)  # all that waited ends alike, whatever there was and was declined
    with pytest.raises(Conflict, match="already been answered"):
        grant_request(by=fresh(alice), pk=asked.pk)
    assert not acme.members.filter(user=bob).exists()
    assert zoo.project.role_of(fresh(bob)) is None
    assert Event.objects.filter(kind="registry", verb="decline_access", subject="Zoo").count() == 1
    set_organization_member(by=alice, organization=acme, user=bob, role="member")
    assert not AccessRequest.objects.waiting_for(fresh(alice))  # nor does it come back
    assert ask(bob, zoo, role="admin") != asked


def test_no_role_is_granted_to_somebody_who_left_otherwise(alice, bob, acme, zoo):
    asked = ask(bob, zoo, role="admin")
    acme.members.filter(user=bob).delete()
    assert not AccessRequest.objects.waiting_for(fresh(alice))
    with pytest.raises(Conflict, match="bob can't get a role in Zoo.*no longer in Acme"):
        grant_request(by=fresh(alice), pk=asked.pk)
    assert not acme.members.filter(user=bob).exists()
    decline_request(by=fresh(alice), pk=asked.pk)  # which still tidies up


def test_no_role_is_granted_to_a_closed_account(alice, bob, zoo):
    asked = ask(bob, zoo)
    type(bob).objects.filter(pk=bob.pk).update(is_active=False)
    assert not AccessRequest.objects.waiting_for(fresh(alice))
    with pytest.raises(Conflict):
        grant_request(by=fresh(alice), pk=asked.pk)


def test_a_request_for_a_team_counts_while_its_person_is_in_it(alice, victor, vision):
    asked = request_team_access(by=victor, team=vision, role="member")
    remove_team_member(by=alice, team=vision, user=victor)
    assert not AccessRequest.objects.waiting_for(fresh(alice))
    with pytest.raises(Conflict, match="no longer in vision"):
        grant_request(by=fresh(alice), pk=asked.pk)
    assert not vision.members.filter(user=victor).exists()


# ------------------------------------------------------------------ teams


def test_a_role_in_a_team(alice, victor, charlie, vision):
    asked = request_team_access(by=victor, team=vision, role="member")
    assert request_team_access(by=victor, team=vision, role="admin") == asked
    assert list(AccessRequest.objects.waiting_for(fresh(alice))) == [asked]
    with pytest.raises(Invalid):
        grant_request(by=alice, pk=asked.pk, role="restricted_viewer")
    grant_request(by=alice, pk=asked.pk)
    assert vision.role_of(fresh(victor)) == "member"
    with pytest.raises(Conflict):
        request_team_access(by=fresh(victor), team=vision, role="member")
    with pytest.raises(NotFound):
        request_team_access(by=fresh(charlie), team=vision, role="member")


# ------------------------------------------------------------------ at the same moment


@pytest.mark.django_db(transaction=True)
def test_asking_at_once_makes_one_request(bob, zoo):
    assert at_once(*[lambda: ask(bob, zoo)] * 6) == [None] * 6
    assert AccessRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_answers_at_once_have_one_effect(alice, root, bob, zoo):
    asked = ask(bob, zoo)

    def grant():
        grant_request(by=fresh(alice), pk=asked.pk)

    def decline():
        decline_request(by=fresh(root), pk=asked.pk)

    raised = at_once(grant, decline, grant, decline)
    assert {type(error) for error in raised} == {type(None), Conflict}
    answers = Event.objects.filter(verb__in=["grant_access", "decline_access"])
    assert answers.count() == 1
    is_granted = answers.get().verb == "grant_access"
    assert zoo.project.members.filter(user=bob).exists() is is_granted


def test_granting_locks_the_registry_before_the_request(alice, bob, zoo):
    """As adding members does, which answers requests: else the two wait for each other."""
    asked, lock_request, locked = ask(bob, zoo), request_answers._lock_request, []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(request_answers, "lock_registry", lambda row: locked.append("registry"))
        patch.setattr(
            request_answers,
            "_lock_request",
            lambda *row: locked.append("request") or lock_request(*row),
        )
        grant_request(by=alice, pk=asked.pk)
    assert locked == ["registry", "request"]
