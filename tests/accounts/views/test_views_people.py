import pytest
from django.urls import reverse

from registry_site.accounts.models import OrganizationMember, Team, User
from tests import factories

PEOPLE = reverse("accounts:people")
USER = reverse("accounts:user_create")
ROLE = reverse("accounts:organization_member_set")
TEAM = reverse("accounts:team_create")


@pytest.fixture
def dora(acme):
    return {
        "username": "dora",
        "email": "dora@example.com",
        "password": "a-long-password",
        "organization": acme.pk,
        "role": "member",
    }


def test_people_lists_everybody(client, root):
    client.force_login(root)

    text = client.get(PEOPLE).text
    assert "alice@example.com" in text
    assert "Acme" in text
    assert "5 people" in text


@pytest.mark.slow
def test_people_pages_by_key(client, root):
    client.force_login(root)
    for number in range(60):
        factories.make_user(f"user-{number:02d}")

    first = client.get(PEOPLE)
    second = client.get(first.context["page"].next_url)

    names = [user.username for page in (first, second) for user in page.context["page"].rows]
    assert len(names) == 65
    assert names == sorted(names)


@pytest.mark.slow
def test_people_costs_the_same_for_many(client, root, acme, django_assert_num_queries):
    client.force_login(root)
    with django_assert_num_queries(11) as few:
        client.get(PEOPLE)
    for number in range(20):
        user = factories.make_user(f"user-{number:02d}")
        factories.make_team(f"team-{number:02d}", acme, **{user.username: "admin"})
    with django_assert_num_queries(len(few)):
        client.get(PEOPLE)


def test_people_fragment_is_part_of_the_page(client, root):
    client.force_login(root)

    fragment = client.get(PEOPLE, headers={"HX-Request": "true"}).text
    assert fragment.strip().startswith('<div id="people"')
    assert fragment.strip() in client.get(PEOPLE).text


@pytest.mark.parametrize("url", [PEOPLE, USER])
def test_people_refused_to_all_but_server_admins(client, alice, charlie, url):
    for user in (alice, charlie):
        client.force_login(user)
        assert client.get(url).status_code == 403


def test_user_create_gives_a_place(client, root, dora):
    client.force_login(root)

    assert client.post(USER, dora)["Location"] == PEOPLE

    user = User.objects.get(username="dora")
    assert user.check_password("a-long-password")
    assert OrganizationMember.objects.get(user=user).role == "member"
    assert "dora added." in client.get(PEOPLE).text


def test_user_create_without_password_or_place(client, root, dora):
    client.force_login(root)

    client.post(USER, dora | {"password": "", "organization": "", "is_admin": "on"})

    user = User.objects.get(username="dora")
    assert user.is_admin
    assert not user.has_usable_password()
    assert not user.organization_members.exists()


@pytest.mark.parametrize(
    "given",
    [
        {"username": "vision"},
        {"username": "Alice"},
        {"username": "settings"},
        {"password": "x"},
        {"role": "boss"},
    ],
)
def test_user_create_refused_makes_nobody(client, root, dora, given):
    client.force_login(root)

    assert client.post(USER, dora | given).status_code == 422
    assert User.objects.count() == 5


def test_user_create_by_others_is_refused(client, alice, dora):
    client.force_login(alice)

    assert client.post(USER, dora).status_code == 403
    assert User.objects.count() == 5


def test_user_create_in_the_overlay(client, root, dora):
    client.force_login(root)
    htmx = {"HX-Request": "true"}

    assert "<dialog" in client.get(USER, headers=htmx).text
    refused = client.post(USER, dora | {"username": ""}, headers=htmx)
    assert refused.status_code == 422
    assert "<html" not in refused.text
    assert client.post(USER, dora, headers=htmx)["HX-Redirect"] == PEOPLE


@pytest.mark.parametrize("url", [TEAM, ROLE])
def test_the_organization_of_ones_own_is_chosen_already(client, root, acme, url):
    lab = factories.make_organization("Lab", root="member")
    client.force_login(root)
    assert f'<option value="{lab.pk}" selected' in client.get(url).text


def test_role_is_given_by_the_organizations_admin(client, alice, charlie, acme):
    client.force_login(alice)

    given = {"username": "Charlie", "organization": acme.pk, "role": "viewer"}
    assert client.post(ROLE, given)["Location"] == "/orgs/Acme"

    assert OrganizationMember.objects.get(user=charlie).role == "viewer"


def test_role_refused_for_unknown_people(client, alice, acme):
    client.force_login(alice)

    response = client.post(ROLE, {"username": "nobody", "organization": acme.pk, "role": "member"})
    assert response.status_code == 422
    assert "no person" in response.text


def test_role_refused_to_members_and_strangers(client, bob, charlie, acme):
    for user in (bob, charlie):
        client.force_login(user)
        given = {"username": user.username, "organization": acme.pk, "role": "admin"}
        assert client.post(ROLE, given).status_code == 403
    assert not OrganizationMember.objects.filter(user=charlie).exists()


def test_role_in_anothers_organization_is_no_choice(client, alice):
    other = factories.make_organization("Other")
    client.force_login(alice)

    given = {"username": "alice", "organization": other.pk, "role": "admin"}
    assert client.post(ROLE, given).status_code == 422


def test_team_is_created_by_a_member_who_becomes_its_admin(client, bob, acme):
    client.force_login(bob)

    response = client.post(TEAM, {"name": "nlp", "organization": acme.pk})

    team = Team.objects.get(entity__name="nlp")
    assert response["Location"] == team.entity.get_absolute_url()
    assert team.members.get().user == bob
    assert team.members.get().role == "admin"


def test_team_refused_to_viewers_and_strangers(client, victor, charlie, acme):
    for user in (victor, charlie):
        client.force_login(user)
        assert client.get(TEAM).status_code == 403
        response = client.post(TEAM, {"name": "nlp", "organization": acme.pk})
        assert response.status_code == 403
        assert "role Member or above" in response.text


def test_team_name_taken_says_so(client, bob, acme):
    client.force_login(bob)

    response = client.post(TEAM, {"name": "Vision", "organization": acme.pk})
    assert response.status_code == 422
    assert "share one list of names" in response.text


@pytest.mark.parametrize("url", [PEOPLE, USER, ROLE, TEAM])
def test_people_anonymous_and_wrong_method(client, root, url):
    assert client.get(url)["Location"].startswith("/login")
    client.force_login(root)
    assert client.put(url).status_code == 405


def test_password_is_given_by_a_server_admin(client, root, bob):
    url = reverse("accounts:user_password", args=["bob"])
    client.force_login(root)

    assert "Set password of bob" in client.get(url).text
    assert client.post(url, {"new": "short"}).status_code == 422
    assert client.post(url, {"new": "battery-staple"})["Location"] == PEOPLE
    bob.refresh_from_db()
    assert bob.check_password("battery-staple")
    assert client.get(reverse("accounts:user_password", args=["nobody"])).status_code == 404


def test_password_of_others_is_refused(client, alice, bob):
    client.force_login(alice)

    url = reverse("accounts:user_password", args=["bob"])
    assert client.post(url, {"new": "battery-staple"}).status_code == 403
    bob.refresh_from_db()
    assert bob.check_password("correct-horse")
