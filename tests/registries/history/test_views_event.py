"""A changed text as a difference, and the older one restored: of each thing that has one."""

import pytest
from django.urls import reverse

from artifacts.services.collections.collections import delete_collection, update_collection
from artifacts.services.collections.links import link_version
from artifacts.services.projects import update_project
from artifacts.services.versions.versions import update_version
from registries.services.history.text_changes import restore_text, text_change_of
from registries.services.registry.settings import update_registry
from registry_site.accounts.models import Event
from registry_site.accounts.services.events import MOST_TEXT, record_event
from registry_site.errors import Denied, Invalid, NotFound
from registry_site.texts.edits import Unread, write_opened
from tests.factories import fresh

pytestmark = pytest.mark.django_db
OLD, NEW = "# Iris\n\nTells irises apart.\n", "# Iris\n\nTells *all* irises apart.\nSince 2026.\n"


@pytest.fixture
def changed(bob, collection):
    """The event by which bob changed the card from OLD to NEW."""
    update_collection(by=bob, collection=collection, description=OLD)
    update_collection(by=bob, collection=collection, description=NEW)
    return Event.objects.latest("pk")


def url(event, name="event_detail"):
    return reverse(f"registries:{name}", args=[event.pk])


def test_a_card_as_a_difference(client, victor, charlie, changed):
    assert url(changed) == f"/-/events/{changed.pk}"
    assert client.get(url(changed))["Location"] == f"/login?next={url(changed)}"
    client.force_login(victor)
    text = client.get(url(changed)).content.decode()
    assert "<del>Tells irises apart.</del>" in text
    assert "<ins>Tells *all* irises apart.</ins>" in text
    assert "2 lines added" in text
    assert "1 line removed" in text
    assert "Needs the role Member; yours is Viewer." in text  # instead of the button
    assert 'name="side"' not in text
    assert client.post(url(changed)).status_code == 405
    client.force_login(charlie)
    assert client.get(url(changed)).status_code == 404


@pytest.mark.slow
def test_restore(client, bob, victor, charlie, collection, changed):
    address = url(changed, "event_restore")
    assert client.post(address)["Location"].startswith("/login")
    data = {"side": "before", "opened": write_opened({"description": NEW})}
    for person, status in ((victor, 403), (charlie, 404)):
        client.force_login(person)
        assert client.post(address, data).status_code == status
    client.force_login(bob)
    assert client.get(address).status_code == 405
    page = client.get(url(changed)).content.decode()
    assert data["opened"] in page
    assert "Restore the text before this change" in page
    assert "Restore the text after this change" not in page  # it is the text now
    assert client.post(address, data)["Location"] == collection.get_absolute_url()
    collection.refresh_from_db()
    assert collection.description == OLD
    event = Event.objects.latest("pk")
    assert (event.verb, event.topic, event.actor) == ("update", "texts", bob)
    assert (event.before["description"], event.after["description"]) == (NEW, OLD)
    assert "The text of iris-classifier was restored." in client.get("/").content.decode()
    again = {"side": "after", "opened": write_opened({"description": OLD})}
    client.post(address, again)
    collection.refresh_from_db()
    assert collection.description == NEW


@pytest.mark.parametrize("data", [{}, {"side": "both"}, {"side": "thing"}])
def test_what_is_no_side(client, bob, changed, data):
    client.force_login(bob)
    assert client.post(url(changed, "event_restore"), data).status_code == 400


@pytest.mark.slow
def test_somebody_wrote_meanwhile(client, alice, bob, collection, changed):
    client.force_login(bob)
    data = {"side": "before", "opened": write_opened({"description": NEW})}
    update_collection(by=alice, collection=collection, description="Theirs.")
    page = client.post(url(changed, "event_restore"), data)
    assert page.status_code == 409
    text = page.content.decode()
    assert "alice changed this" in text
    assert "Theirs." in text
    assert "Restore the older text over it" in text
    collection.refresh_from_db()
    assert collection.description == "Theirs."
    assert client.post(url(changed, "event_restore"), {"side": "before"}).status_code == 409
    data["opened"] = write_opened({"description": "Theirs."})  # read by now
    assert client.post(url(changed, "event_restore"), data).status_code == 302
    collection.refresh_from_db()
    assert collection.description == OLD


@pytest.mark.slow
def test_of_a_version_a_project_and_a_registry(client, alice, bob, project, version, registry):
    def described(by, thing, change, row):
        for text in ("old", "new"):
            change(text)
        event = Event.objects.latest("pk")
        assert event.topic == "texts"
        with pytest.raises(Unread):
            restore_text(by=by, event_pk=event.pk, side="before", opened={"description": "another"})
        restore_text(by=fresh(by), event_pk=event.pk, side="before")
        row.refresh_from_db()
        assert row.description == "old"
        assert Event.objects.latest("pk").verb == "update"
        return event

    event = described(
        bob, version, lambda t: update_version(by=bob, version=version, description=t), version
    )
    client.force_login(bob)
    data = {"side": "after", "opened": write_opened({"description": "old"})}
    assert client.post(url(event, "event_restore"), data)["Location"].endswith("/iris-model/v0")
    described(
        bob, project, lambda t: update_project(by=bob, project=project, description=t), project
    )
    event = described(
        alice,
        registry,
        lambda t: update_registry(by=alice, registry=registry, description=t),
        registry.project,
    )
    with pytest.raises(Denied):
        restore_text(by=bob, event_pk=event.pk, side="after")
    data["opened"] = write_opened({"description": "old"})
    client.force_login(alice)
    assert client.post(url(event, "event_restore"), data)["Location"] == (
        registry.get_absolute_url()
    )


def test_of_a_version_that_is_seen_only_where_it_is_linked(
    client, alice, bob, acme, registry, charlie
):
    from registry_site.accounts.services.members import set_organization_member
    from tests import factories

    secret = factories.make_team("secret", acme, alice="admin")
    version = factories.make_version(
        factories.make_collection(factories.make_project(secret, "plans"), "hush"), by=alice
    )
    link_version(by=fresh(alice), version=version, project=registry.project, collection_name="open")
    update_version(by=fresh(alice), version=version, description="text")
    event = Event.objects.latest("pk")
    set_organization_member(by=None, organization=acme, user=charlie, role="member")
    client.force_login(fresh(charlie))
    page = client.get(url(event)).content.decode()
    assert "hush" not in page
    data = {"side": "before", "opened": write_opened({"description": "text"})}
    answer = client.post(url(event, "event_restore"), data)  # a Member of the registry may
    assert answer["Location"].endswith("/orgs/Acme/registry/model/open/v0")
    version.refresh_from_db()
    assert version.description == ""


def test_of_what_was_deleted(client, alice, collection, changed):
    delete_collection(by=alice, collection=collection)
    client.force_login(alice)
    page = client.get(url(changed))
    assert "<ins>" in page.content.decode()
    assert 'name="side"' not in page.content.decode()
    with pytest.raises(NotFound):
        restore_text(by=alice, event_pk=changed.pk, side="before")


def test_a_text_that_was_not_kept(client, bob, collection):
    long = "x" * (MOST_TEXT + 1)
    update_collection(by=bob, collection=collection, description=long)
    update_collection(by=bob, collection=collection, description="short")
    event = Event.objects.latest("pk")
    client.force_login(bob)
    page = client.get(url(event)).content.decode()
    assert "too long to be kept" in page
    assert 'value="before"' not in page
    with pytest.raises(Invalid):
        restore_text(by=bob, event_pk=event.pk, side="before")


def test_an_event_of_another_kind(client, bob, collection):
    event = record_event(
        by=bob,
        verb="add_tags",
        kind="collection",
        after=["gold"],
        subject=collection.target_path,
        subject_id=collection.pk,
        project_id=collection.project_id,
    )
    assert text_change_of(by=bob, event=event) is None
    client.force_login(bob)
    page = client.get(url(event)).content.decode()
    assert "tagged the collection" in page
    assert 'id="difference-head"' not in page
    assert client.post(url(event, "event_restore"), {"side": "before"}).status_code == 400


def test_a_text_that_only_lost_the_end_of_its_last_line(client, bob, collection):
    update_collection(by=bob, collection=collection, description="a\nb")
    update_collection(by=bob, collection=collection, description="a\r\nb\r\nc")
    client.force_login(bob)
    page = client.get(url(Event.objects.latest("pk"))).content.decode()
    assert "1 line added" in page
    assert "0 lines removed" in page
