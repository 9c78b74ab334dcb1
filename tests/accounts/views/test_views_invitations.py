"""Invitations on the pages of who is invited, of who lets in, and of who invites."""

import pytest
from django.urls import reverse

from registry_site.accounts.models import Invitation, TeamMember
from registry_site.accounts.services.invitations import accept_invitation, invite
from registry_site.accounts.services.people import create_team
from tests import factories
from tests.factories import fresh
from tests.helpers.queries import count_queries

HOME = reverse("registries:home")
MINE = reverse("accounts:settings")
PEOPLE = reverse("registries:organization_people", args=["Acme"])
TEAM = reverse("accounts:entity_settings", args=["nlp"])


def words(response):
    return response.text  # in which white space is squeezed


def answer_url(verb, invitation):
    return reverse(f"accounts:invitation_{verb}", args=[invitation.pk])


ACCEPT, DECLINE, ALLOW, REFUSE = "accept", "decline", "allow", "refuse"


@pytest.fixture
def nlp(bob, acme):
    return create_team(by=bob, organization=acme, name="nlp")


@pytest.fixture
def waiting(bob, nlp, charlie):
    """Charlie, invited by Bob, who is no admin of Acme."""
    return invite(by=fresh(bob), team=nlp, username="charlie")


@pytest.fixture
def agreed(alice, nlp, charlie):
    return invite(by=alice, team=nlp, username="charlie")


@pytest.mark.parametrize(
    ("who", "sentences"),
    [
        ("victor", ["victor is now in nlp as Member."]),
        (
            "charlie",
            [
                "charlie is invited to nlp as Member. First an admin of Acme has to let them "
                "in (alice); then they are asked.",
                "an admin of Acme to let them in",
                "Withdraw invitation of charlie",
            ],
        ),
        ("charlie@example.com", ["charlie@example.com is invited to nlp as Member. First"]),
        ("dora@example.com", ["dora@example.com is invited to nlp as Member. First an admin"]),
    ],
)
def test_the_inviter_reads_what_waits_for_whom(client, bob, victor, charlie, nlp, who, sentences):
    client.force_login(bob)

    page = client.post(TEAM, {"who": who, "role": "member"}, follow=True)

    for sentence in sentences:
        assert sentence in words(page)
    assert "Let in" not in page.text
    assert not TeamMember.objects.filter(user=charlie).exists()


@pytest.mark.parametrize(
    ("who", "step", "waits"),
    [
        ("charlie", "They join by accepting on their home page.", "charlie to accept"),
        (
            "charlie@example.com",
            "Whoever has this address from an admin of this server joins by",
            "the person of this address to accept",
        ),
        (
            "dora@example.com",
            "Whoever has this address from an admin of this server joins by",
            "the person of this address to accept",
        ),
    ],
)
def test_an_organization_admin_reads_that_the_person_is_asked(
    client, alice, charlie, nlp, who, step, waits
):
    client.force_login(alice)

    text = words(client.post(TEAM, {"who": who, "role": "viewer"}, follow=True))

    assert f"{who} is invited to nlp as View-only. {step}" in text
    assert waits in text


@pytest.mark.slow
def test_an_admin_lets_in_from_each_page(client, alice, nlp, charlie, waiting):
    client.force_login(alice)
    for page in (HOME, PEOPLE, TEAM):
        text = words(client.get(page))
        assert "Let charlie into Acme" in text
        assert f'action="{answer_url(ALLOW, waiting)}"' in text
    assert "charlie</strong>, who is not of Acme, to the team" in words(client.get(HOME))

    answered = client.post(answer_url(ALLOW, waiting), {"next": PEOPLE})

    assert answered["Location"] == PEOPLE
    text = words(client.get(PEOPLE))
    assert "charlie may come into Acme, and is asked now whether to join nlp." in text
    assert "Waiting to be let in" not in text
    assert not TeamMember.objects.filter(user=charlie).exists()
    assert client.post(answer_url(ALLOW, waiting)).status_code == 404


def test_an_admin_declines_to_let_in(client, alice, waiting):
    client.force_login(alice)

    text = words(client.post(answer_url(REFUSE, waiting), follow=True))

    assert "charlie is not let into Acme; the invitation to nlp has ended." in text
    assert not Invitation.objects.exists()


@pytest.mark.slow
def test_the_invited_person_accepts(client, charlie, nlp, agreed):
    client.force_login(charlie)
    for page in (HOME, MINE):
        text = words(client.get(page))
        assert "To the team <strong>nlp</strong> of Acme, as Member. alice invited you" in text
        assert "Nothing changes until you accept." in text
    assert client.get("/nlp").status_code == 404

    answered = client.post(answer_url(ACCEPT, agreed))

    assert answered["Location"] == "/nlp"
    text = words(client.get("/nlp"))
    assert "You are now in nlp as Member. What your scripts log without naming an entity" in text
    assert "goes to nlp." in text
    assert "You are invited" not in client.get(HOME).text
    assert client.post(answer_url(ACCEPT, agreed)).status_code == 404


@pytest.mark.slow
def test_who_is_elsewhere_reads_that_their_scripts_stay(client, charlie, agreed):
    lab = factories.make_organization("Lab", charlie="member")
    factories.make_team("charlies", lab, charlie="member")
    client.force_login(charlie)
    assert "goes to charlies as before." in words(client.get(HOME))

    client.post(answer_url(ACCEPT, agreed))

    text = words(client.get(MINE))
    assert "goes to charlies." in text
    assert "Automatic (now charlies)" in text
    assert '<option value="nlp">nlp</option>' in text


def test_the_invited_person_declines(client, charlie, agreed):
    client.force_login(charlie)

    answered = client.post(answer_url(DECLINE, agreed), {"next": MINE})

    assert answered["Location"] == MINE
    assert "You declined the invitation to nlp." in client.get(MINE).text
    assert not Invitation.objects.exists()


def test_nobody_is_asked_before_the_organization_agrees(client, charlie, waiting):
    client.force_login(charlie)
    assert "nlp" not in client.get(HOME).text
    assert client.post(answer_url(ACCEPT, waiting)).status_code == 404
    assert Invitation.objects.exists()


@pytest.mark.parametrize(
    ("person", "own", "allow"),
    [
        ("alice", 404, 302),
        ("bob", 404, 403),
        ("victor", 404, 403),
        ("charlie", 404, 404),
        ("root", 404, 302),
        (None, 302, 302),
    ],
)
def test_who_may_answer(client, request, waiting, agreed_dora, person, own, allow):
    if person:
        client.force_login(request.getfixturevalue(person))
    before = Invitation.objects.count()
    for verb in (ACCEPT, DECLINE):
        assert client.post(answer_url(verb, agreed_dora)).status_code == own
        assert client.get(answer_url(verb, agreed_dora)).status_code == (405 if person else 302)
    assert Invitation.objects.count() == before
    for verb in (ALLOW, REFUSE):
        assert client.get(answer_url(verb, waiting)).status_code == (405 if person else 302)
    assert client.post(answer_url(ALLOW, waiting)).status_code == allow
    waiting.refresh_from_db()
    assert waiting.is_agreed == (person in ("alice", "root"))


@pytest.fixture
def agreed_dora(alice, vision):
    factories.make_user("dora")
    return invite(by=alice, team=vision, username="dora")


def test_guests_are_marked(client, alice, charlie, agreed):
    factories.make_organization("Lab", charlie="member")
    accept_invitation(by=charlie, pk=agreed.pk)
    client.force_login(alice)
    assert client.get(PEOPLE).text.count("Guest") == 1


@pytest.mark.slow
@pytest.mark.parametrize("page", [HOME, MINE, PEOPLE, TEAM, "/nlp"])
def test_invitations_take_as_many_queries_whatever_their_number(client, alice, bob, acme, page):
    def add(numbers):
        for number in numbers:
            person = factories.make_user(f"p{number}")
            invite(by=fresh(bob), team=nlp, username=person.username)
            team = create_team(by=bob, organization=acme, name=f"t{number}")
            Invitation.objects.create(team=team, user=alice, role="member", is_agreed=True)

    nlp = create_team(by=bob, organization=acme, name="nlp")
    client.force_login(alice)
    add(range(1))
    before = count_queries(client, page)
    add(range(1, 12))
    assert count_queries(client, page) == before
