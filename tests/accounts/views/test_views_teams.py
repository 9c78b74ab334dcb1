import pytest
from django.urls import reverse

from registry_site.accounts.models import Invitation, TeamMember, User
from registry_site.accounts.services.invitations import accept_invitation, invite
from registry_site.accounts.services.keys.api_keys import user_of_key
from registry_site.accounts.services.keys.service_accounts import create_service_account
from registry_site.texts.edits import write_opened
from tests import factories
from tests.accounts.views.test_views_api_keys import text_on
from tests.helpers.forms import fields_of
from tests.helpers.htmx import htmx

SETTINGS = reverse("accounts:entity_settings", args=["vision"])
NEW_SERVICE = reverse("accounts:service_account_create", args=["vision"])


def remove_url(username, team="vision"):
    return reverse("accounts:team_member_remove", args=[team, username])


@pytest.fixture
def invitation(alice, vision):
    return invite(by=alice, team=vision, email="dora@example.com")


@pytest.fixture
def service(alice, vision):
    return create_service_account(by=alice, team=vision, description="Nightly")


# ------------------------------------------------------------------ members and roles


@pytest.mark.parametrize("who", ["charlie", "charlie@example.com"])
def test_who_is_of_the_organization_joins_at_once(client, alice, charlie, acme, vision, who):
    factories.set_organization_member(by=None, organization=acme, user=charlie, role="member")
    client.force_login(alice)

    assert client.post(SETTINGS, {"who": who, "role": "viewer"})["Location"] == SETTINGS

    assert TeamMember.objects.get(team=vision, user=charlie).role == "viewer"
    assert "charlie is now in vision as View-only" in client.get(SETTINGS).text


def test_an_address_without_an_account_is_invited(client, alice, vision):
    client.force_login(alice)

    response = client.post(SETTINGS, {"who": "dora@example.com", "role": "admin"}, follow=True)

    assert Invitation.objects.get().role == "admin"
    assert "dora@example.com is invited to vision" in response.text
    assert "Withdraw invitation of dora@example.com" in response.text


def test_settings_by_htmx(client, alice, bob, vision):
    client.force_login(alice)

    shown = fields_of(client.get(SETTINGS), SETTINGS, username="bob")
    response = client.post(SETTINGS, shown | {"role": "admin"}, headers=htmx())

    assert response["HX-Redirect"] == SETTINGS
    assert TeamMember.objects.get(team=vision, user=bob).role == "admin"
    wrong = client.post(SETTINGS, {"who": "bob", "role": "admin"}, headers=htmx())
    assert wrong.status_code == 422
    assert "bob is in vision already" in wrong.text
    assert "<html" not in wrong.text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, ""),
        ({"username": "charlie", "role": "member"}, "charlie is not in vision"),
        ({"username": "bob", "role": "owner"}, "no role"),
        ({"username": "alice", "role": "member"}, "only admin"),
        ({"who": "nobody", "role": "member"}, "There is no person"),
        ({"who": "a@b", "role": "member"}, "is not an e-mail address"),
        ({"who": "charlie", "role": "owner"}, "not one of the available choices"),
        ({"who": "", "role": "member"}, "This field is required"),
    ],
)
def test_settings_when_wrong(client, alice, charlie, vision, given, words):
    client.force_login(alice)

    if "username" in given:
        given = {"opened": write_opened({"role": "admin"}), **given}
    response = client.post(SETTINGS, given)

    assert response.status_code == 422
    assert words in response.text
    assert not TeamMember.objects.filter(user=charlie).exists()
    assert TeamMember.objects.get(user__username="alice").role == "admin"


def test_settings_for_others(client, bob, charlie, vision):
    client.force_login(bob)
    response = client.post(SETTINGS, {"username": "bob", "role": "admin"})
    assert response.status_code == 403
    assert "alice" in response.text
    assert client.get("/bob/settings")["Location"] == reverse("accounts:settings")
    client.force_login(charlie)
    assert client.get(SETTINGS).status_code == 404
    assert client.get("/bob/settings").status_code == 404
    assert client.get("/acme/settings").status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, 40])
def test_settings_queries(client, alice, acme, rows, django_assert_num_queries):
    team = factories.make_team("many", acme, alice="admin")
    for number in range(rows):
        user = factories.make_user(f"user{number}", email=f"u{number}@example.com")
        TeamMember.objects.create(team=team, user=user, role="member")
        Invitation.objects.create(team=team, email=f"u{number}@example.com", role="member")
    client.force_login(alice)
    with django_assert_num_queries(9):
        client.get("/many/settings")


def test_member_is_removed_after_a_question(client, alice, bob, vision):
    client.force_login(alice)

    assert "Remove bob from vision" in client.get(remove_url("bob")).text
    assert "<dialog" in client.get(remove_url("Bob"), headers=htmx()).text
    response = client.post(remove_url("bob"))

    assert response["Location"] == SETTINGS
    assert not vision.members.filter(user=bob).exists()
    assert "bob is no longer in vision" in client.get(SETTINGS).text
    assert client.post(remove_url("bob")).status_code == 404


def test_member_is_removed_by_htmx(client, alice, bob, vision):
    client.force_login(alice)

    assert client.post(remove_url("bob"), headers=htmx())["HX-Redirect"] == SETTINGS
    assert not vision.members.filter(user=bob).exists()


def test_only_admin_is_not_removed(client, alice, vision):
    client.force_login(alice)

    page = client.get(remove_url("alice"))
    assert "alice is the only admin of vision" in page.text
    assert "button-danger" not in page.text
    assert client.post(remove_url("alice")).status_code == 409
    assert vision.members.filter(user=alice).exists()


def test_who_removes_themselves_goes_home(client, alice, bob, vision):
    factories.set_team_member(by=None, team=vision, user=bob, role="admin")
    client.force_login(bob)

    assert client.post(remove_url("bob"))["Location"] == "/"


@pytest.mark.parametrize(
    ("person", "status"), [("bob", 403), ("victor", 403), ("charlie", 404), (None, 302)]
)
def test_what_admins_do_is_refused_to_others(
    client, request, vision, invitation, service, person, status
):
    if person:
        client.force_login(request.getfixturevalue(person))
    withdraw = reverse("accounts:invitation_withdraw", args=["vision", invitation.pk])
    keys = reverse("accounts:service_account_detail", args=["vision", service.username])
    for url in (remove_url("bob"), withdraw, keys, NEW_SERVICE):
        response = client.post(url, {"name": "x", "description": "x"})
        assert response.status_code == status, url
    assert vision.members.count() == 4
    assert Invitation.objects.exists()
    assert service.api_keys.count() == 1


# ------------------------------------------------------------------ invitations


def test_invitation_is_withdrawn(client, alice, invitation):
    client.force_login(alice)
    url = reverse("accounts:invitation_withdraw", args=["vision", invitation.pk])

    assert client.get(url).status_code == 405
    assert client.post(url)["Location"] == "/vision"
    assert client.post(url, {"next": SETTINGS})["Location"] == SETTINGS
    assert not Invitation.objects.exists()


def test_who_signed_up_with_the_address_is_invited_by_name(client, alice, vision, settings):
    settings.SIGNUP = True
    dora = {"username": "dora", "email": "Dora@example.com", "password": "a-long-password"}
    invite(by=alice, team=vision, email="dora@example.com")
    client.post("/signup", dora)
    assert not vision.members.filter(user__username="dora").exists()

    client.force_login(alice)
    assert "dora gave the address dora@example.com themselves" in client.get(SETTINGS).text
    client.post(SETTINGS, {"who": "dora", "role": "member"})
    accept_invitation(by=User.objects.get(username="dora"), pk=Invitation.objects.get(email="").pk)

    assert vision.members.filter(user__username="dora").exists()
    assert not Invitation.objects.exists()


def test_who_is_made_in_the_organization_is_in_the_team(client, root, acme, vision, invitation):
    client.force_login(root)
    given = {"username": "dora", "email": "dora@example.com", "password": "", "role": "member"}

    client.post(reverse("accounts:user_create"), given | {"organization": acme.pk})

    assert vision.members.get(user__username="dora").role == "member"
    assert not Invitation.objects.exists()


def test_an_address_changed_by_oneself_is_not_confirmed(client, bob, charlie, root, vision):
    client.force_login(charlie)
    given = {"name": "", "email": "dora@example.com"}
    client.post(reverse("accounts:settings"), given)

    made = invite(by=root, team=vision, email="dora@example.com")
    assert isinstance(made, Invitation)
    client.post(reverse("accounts:settings"), given | {"name": "Charlie"})
    charlie.refresh_from_db()
    assert not charlie.email_is_confirmed


# ------------------------------------------------------------------ service accounts


def test_service_account_is_created_and_its_key_shown_once(client, alice, vision):
    client.force_login(alice)

    assert "<dialog" in client.get(NEW_SERVICE, headers=htmx()).text
    shown_at = client.post(NEW_SERVICE, {"description": "Nightly"}, headers=htmx())["HX-Redirect"]
    page = client.get(shown_at)

    user = user_of_key(text_on(page))
    assert (user.service_of, user.username) == (vision, "vision-nightly")
    assert "vision-nightly" in page.text
    assert "WANDB_API_KEY" not in client.get(shown_at).text
    assert client.post(NEW_SERVICE, {"description": " "}).status_code == 422


def test_service_account_has_keys_of_its_own(client, alice, service):
    client.force_login(alice)
    url = reverse("accounts:service_account_detail", args=["vision", service.username])

    assert "Nightly" in client.get(url).text
    assert client.post(url, {"name": " "}).status_code == 422
    shown_at = client.post(url, {"name": "second"})["Location"]
    assert user_of_key(text_on(client.get(shown_at))) == service
    first = service.api_keys.earliest("pk")
    response = client.post(reverse("accounts:api_key_delete", args=[first.pk]))
    assert response["Location"] == url
    assert [key.name for key in service.api_keys.all()] == ["second"]


def test_service_account_is_closed_for_good(client, alice, service):
    client.force_login(alice)
    url = reverse("accounts:service_account_detail", args=["vision", service.username])

    assert "closed for good" in client.get(remove_url(service.username)).text
    client.post(remove_url(service.username))

    assert client.get(url).status_code == 404
    service.refresh_from_db()
    assert not service.is_active
    assert not service.api_keys.exists()
    assert not service.organization_members.exists()


def test_nobody_logs_in_as_a_service_account(client, service, root):
    given = {"username": service.username, "password": "correct-horse"}
    assert client.post("/login", given).status_code == 422
    client.force_login(root)
    url = reverse("accounts:user_password", args=[service.username])
    response = client.post(url, {"new": "a-long-password"})
    assert response.status_code == 422
    assert "nobody logs in as it" in response.text
    assert not User.objects.get(pk=service.pk).has_usable_password()
