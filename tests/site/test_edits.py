"""An edit never overwrites another unread: every form that replaces shared text, walked."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from artifacts.forms import DefaultTtlForm, DescriptionForm, SavedViewEditForm
from artifacts.forms.retention import RetentionForm
from artifacts.forms.ttl import VersionTtlForm
from artifacts.services.collections.collections import update_collection
from artifacts.services.retention.rules import read_rule, set_retention_rule
from artifacts.services.saved_views import create_saved_view
from artifacts.services.versions.versions import update_version
from registries.forms.collections import CollectionEditForm
from registries.forms.people import RegistryRoleForm
from registries.forms.registries import RegistryRenameForm, RegistrySettingsForm
from registries.forms.retention import KeepsLinkedForm
from registry_site.accounts.forms import MemberRoleForm, OrganizationMemberForm
from registry_site.accounts.models import Event
from registry_site.texts.edits import EditForm, digest_of, read_opened, write_opened
from tests.helpers.forms import fields_of, opened
from tests.helpers.htmx import HTMX

LONG = "# Iris\r\n\r\nMine, <b>& long</b>"


def card(collection, **_others):
    url = f"{collection.get_absolute_url()}/-/edit"

    def now():
        collection.refresh_from_db()
        return collection.description

    return url, "description", ("Theirs & theirs", "Theirs & theirs"), (LONG, LONG), now


def description(version, **_others):
    membership = version.memberships.get()
    url = reverse("artifacts:description_edit", args=[membership.pk])

    def now():
        version.refresh_from_db()
        return version.description

    return url, "description", ("Theirs", "Theirs"), (LONG, LONG), now


def saved_view(project, alice, **_others):
    view = create_saved_view(
        by=alice, project=project, table="runs", name="Failed", query="state=failed", is_shared=True
    )

    def now():
        view.refresh_from_db()
        return view.name

    url = reverse("artifacts:view_update", args=[view.pk])
    return url, "name", ("Theirs", "Theirs"), ("Mine", "Mine"), now


def default_ttl(vision, **_others):
    def now():
        vision.entity.refresh_from_db()
        return (vision.entity.default_ttl_seconds or 0) // 86_400

    return "/vision/-/default-ttl", "days", ("30", 30), ("90", 90), now


def registry_settings(registry, **_others):
    def now():
        registry.project.refresh_from_db()
        return registry.project.description

    url = f"{registry.get_absolute_url()}/settings"
    return url, "description", ("Theirs", "Theirs"), (LONG, LONG), now


def version_ttl(version, **_others):
    def now():
        version.refresh_from_db()
        return (version.ttl_seconds or 0) // 86_400

    url = reverse("artifacts:ttl_edit", args=[version.memberships.get().pk])
    return url, "days", ("30", 30), ("90", 90), now


def retention(version, alice, **_others):
    sequence = version.sequence
    set_retention_rule(by=alice, collection=sequence, rule={"keep_newest": 5})

    def now():
        return read_rule(sequence)["keep_newest"]

    return f"{sequence.get_absolute_url()}/-/retention", "keep_newest", ("30", 30), ("90", 90), now


CASES = {
    RetentionForm: [retention],
    VersionTtlForm: [version_ttl],
    RegistrySettingsForm: [registry_settings],
    CollectionEditForm: [card],
    DescriptionForm: [description],
    SavedViewEditForm: [saved_view],
    DefaultTtlForm: [default_ttl],
}
# a choice of two can't be changed by two people in different ways
OF_TWO = {KeepsLinkedForm}
# roles have no form of their own, and a name takes the form's address with it: below
WITHOUT_PAGE = {MemberRoleForm, OrganizationMemberForm, RegistryRoleForm, RegistryRenameForm}


def test_every_edit_form_is_walked_here():
    assert set(subclasses(EditForm)) == CASES.keys() | WITHOUT_PAGE | OF_TWO


def subclasses(kind):
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


@pytest.fixture
def other(client, root):
    """Another browser, of the server's admin."""
    client = type(client)()
    client.force_login(root)
    return client


@pytest.fixture(params=[case for cases in CASES.values() for case in cases])
def case(request, registry, collection, version, project, vision, alice):
    return request.param(
        registry=registry,
        collection=collection,
        version=version,
        project=project,
        vision=vision,
        alice=alice,
    )


@pytest.mark.slow
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_the_later_save_shows_both_and_asks(client, other, alice, case, headers):
    url, field, (theirs, stored), (mine, saved), now = case
    client.force_login(alice)
    sent = opened(client, url, **{field: mine})
    assert other.post(url, opened(other, url, **{field: theirs})).status_code == 302

    refused = client.post(url, sent, headers=headers)

    assert refused.status_code == 409
    assert "no-store" in refused["Cache-Control"]
    assert now() == stored, "nothing was saved"
    text = refused.content.decode()
    assert "root changed this at " in text
    assert "Save my change over it" in text
    assert "Keep what is saved" in text
    assert ("<html" in text) is not headers
    if headers:  # where the dialog is, not among the messages
        assert refused["HX-Retarget"] == "#overlay"
        assert refused["HX-Reselect"] == "#dialog"
    shown = fields_of(refused, url)
    assert shown[field] == mine
    form = refused.context["form"]
    assert [each["text"] for each in form.theirs()] == [theirs]
    for each in form.theirs():
        assert f'id="{each["id"]}"' in text

    assert client.post(url, shown, headers=headers).status_code in {200, 302}
    assert now() == saved, "both were read by then"


@pytest.mark.slow
def test_who_reads_theirs_must_read_again_what_changed_since(client, other, alice, case):
    url, field, (theirs, _stored), (mine, _saved), now = case
    client.force_login(alice)
    sent = opened(client, url, **{field: mine})
    other.post(url, opened(other, url, **{field: theirs}))
    shown = fields_of(client.post(url, sent), url)
    third = "7" if field in {"days", "keep_newest"} else "third"
    assert other.post(url, opened(other, url, **{field: third})).status_code == 302
    before = now()
    assert client.post(url, shown).status_code == 409
    assert now() == before


@pytest.mark.slow
def test_what_one_left_alone_stays_as_it_is_by_now(client, other, alice, case):
    url, field, (theirs, stored), _mine, now = case
    client.force_login(alice)
    sent = opened(client, url)
    other.post(url, opened(other, url, **{field: theirs}))
    assert client.post(url, sent).status_code == 302
    assert now() == stored


def test_two_who_write_the_same_need_no_question(client, other, alice, case):
    url, field, (theirs, stored), _mine, now = case
    client.force_login(alice)
    sent = opened(client, url, **{field: theirs})
    other.post(url, opened(other, url, **{field: theirs}))
    assert client.post(url, sent).status_code == 302
    assert now() == stored


@pytest.mark.slow
def test_a_form_that_does_not_say_what_it_was_opened_with_is_asked(client, alice, case):
    url, field, _theirs, (mine, saved), now = case
    client.force_login(alice)
    before = now()
    sent = opened(client, url, **{field: mine}) | {"opened": "forged:00 x"}
    refused = client.post(url, sent)
    assert refused.status_code == 409
    assert now() == before
    assert client.post(url, fields_of(refused, url)).status_code == 302
    assert now() == saved


def test_ones_own_other_window_counts_too(client, alice, collection):
    url = f"{collection.get_absolute_url()}/-/edit"
    client.force_login(alice)
    sent = opened(client, url, description="one")
    client.post(url, opened(client, url, description="two"))
    assert "You changed this at " in client.post(url, sent).text


def test_the_sentence_says_who_changed_this_text_and_when(client, alice, bob, victor, version):
    url = reverse("artifacts:description_edit", args=[version.memberships.get().pk])
    client.force_login(alice)
    sent = opened(client, url, description="Mine")
    update_version(by=bob, version=version, description="Theirs")
    Event.objects.filter(kind="version").update(at=timezone.now() - timedelta(days=400))
    update_version(by=alice, version=version, tags_added=["later"])
    year = (timezone.now() - timedelta(days=400)).year
    assert f"bob changed this at {year}-" in client.post(url, sent).text


def test_a_name_that_changed_stays_when_one_goes_on_with_the_text(
    client, alice, bob, registry, collection
):
    url = f"{collection.get_absolute_url()}/-/edit"
    client.force_login(alice)
    sent = opened(client, url, description="Mine")
    update_collection(by=bob, collection=collection, description="Theirs")
    shown = fields_of(client.post(url, sent), url)
    assert shown["name"] == "iris-classifier"
    update_collection(by=bob, collection=collection, description="Mine again")
    refused = client.post(url, shown)
    assert [each["label"] for each in refused.context["form"].theirs()] == ["Card"]
    client.post(url, fields_of(refused, url))
    collection.refresh_from_db()
    assert (collection.name, collection.description) == ("iris-classifier", "Mine")


def test_a_card_that_is_edited_while_its_collection_is_renamed(client, alice, bob, collection):
    url = f"{collection.get_absolute_url()}/-/edit"
    client.force_login(alice)
    sent = opened(client, url, description=LONG)
    update_collection(by=bob, collection=collection, name="renamed")
    moved = client.post(url, sent)
    assert moved.status_code in {307, 308}, "the browser sends the same again"
    assert client.post(moved["Location"], sent).status_code == 302
    collection.refresh_from_db()
    assert (collection.name, collection.description) == ("renamed", LONG)


def test_line_ends_of_a_browser_are_no_change(client, alice, bob, collection):
    update_collection(by=bob, collection=collection, description="\nTwo\nlines \n")
    url = f"{collection.get_absolute_url()}/-/edit"
    client.force_login(alice)
    client.post(url, opened(client, url, name="renamed"))
    collection.refresh_from_db()
    assert (collection.name, collection.description) == ("renamed", "\nTwo\nlines \n")


# ------------------------------------------------------------------ roles, in tables and by name


@pytest.mark.slow
def test_roles_of_a_team(client, other, alice, bob, vision):
    url = "/vision/settings"
    client.force_login(alice)
    mine = fields_of(client.get(url), url, username="bob") | {"role": "admin"}
    theirs = fields_of(other.get(url), url, username="bob") | {"role": "viewer"}
    assert other.post(url, theirs).status_code == 302

    refused = client.post(url, mine)

    assert refused.status_code == 409
    assert vision.members.get(user=bob).role == "viewer"
    assert "root changed this at " in refused.text
    assert [each["text"] for each in refused.context["role_form"].theirs()] == ["View-only"]
    assert "<h3>Role of bob</h3>" in refused.content.decode()  # whose, among all members
    again = fields_of(refused, url, username="bob", role="admin")
    assert client.post(url, again).status_code == 302
    assert vision.members.get(user=bob).role == "admin"


def test_roles_of_an_organization(client, alice, bob, charlie, acme):
    url = reverse("accounts:organization_member_set")
    client.force_login(alice)
    sent = opened(client, url, username="bob", organization=acme.pk, role="admin")

    refused = client.post(url, sent)

    assert refused.status_code == 409
    assert acme.members.get(user=bob).role == "member"
    assert [each["text"] for each in refused.context["form"].theirs()] == ["Member"]
    assert client.post(url, fields_of(refused, url)).status_code == 302
    assert acme.members.get(user=bob).role == "admin"
    assert client.post(url, sent | {"username": "charlie"}).status_code == 302


# ------------------------------------------------------------------ digests


def test_digests():
    texts = {"name": "a", "description": None, "is_shared": False, "days": 3}
    assert read_opened(write_opened(texts)) == {
        name: digest_of(value) for name, value in texts.items()
    }
    assert digest_of("a\r\nb\n") == digest_of("a\nb") == digest_of(" a\rb")
    assert len({digest_of(value) for value in ("a\nb", "ab", "", "0", 0.5, False)}) == 6
    assert read_opened("a a: :b  ::") == {}
    assert digest_of("\ud800")  # half a surrogate pair, which a form can't send
