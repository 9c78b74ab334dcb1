"""Histories as Atom feeds: valid, stable, absolute, and readable with an API key."""

from uuid import UUID
from xml.etree import ElementTree as Xml

import pytest

from artifacts.services.collections.collections import update_collection
from artifacts.services.collections.tags import add_collection_tags
from registry_site.accounts.services.events import record_event
from registry_site.accounts.services.keys.api_keys import set_api_key
from tests.helpers.graphql import auth_of, key_of

pytestmark = pytest.mark.django_db
FEED = "/orgs/Acme/registry/model/iris-classifier/-/history/-/events.atom"
ATOM = "{http://www.w3.org/2005/Atom}"


def feed(client, address=FEED, **headers):
    answer = client.get(address, **headers)
    assert (answer.status_code, answer["Content-Type"]) == (
        200,
        "application/atom+xml; charset=utf-8",
    )
    return Xml.fromstring(answer.content)  # noqa: S314 - our own answer


def test_with_an_api_key(client, bob, charlie, collection):
    assert client.get(FEED, headers={"Accept": "application/atom+xml"}).status_code == 401
    for person in (bob, charlie):
        set_api_key(by=None, user=person, name="tests", text=key_of(person))
    root = feed(client, **auth_of(bob))
    assert root.tag == f"{ATOM}feed"
    refused = client.get(FEED, **auth_of(charlie))
    assert refused.status_code == 404
    assert refused.json()["errors"]
    assert client.post(FEED).status_code == 405


def test_is_valid_and_stable(client, settings, bob, collection):
    settings.BASE_URL = "https://cairn.example"
    update_collection(by=bob, collection=collection, description="bell \x07 & <b>")
    add_collection_tags(by=bob, collection=collection, names=["gold"])
    record_event(
        by=None,
        verb="purge",
        kind="collection",
        subject="a\x0bb",
        note="why \x00",
        subject_id=collection.pk,
        project_id=collection.project_id,
    )
    client.force_login(bob)
    first, second = feed(client), feed(client)
    for root in (first, second):
        ids = [each.text for each in root.iter(f"{ATOM}id")]
        assert len(set(ids)) == len(ids) == 4
        assert all(UUID(each.removeprefix("urn:uuid:")) for each in ids)
        assert len(root.findall(f"{ATOM}updated")) == 1
        for entry in root.iter(f"{ATOM}entry"):
            for name in ("id", "title", "updated", "content"):
                assert len(entry.findall(f"{ATOM}{name}")) == 1
            assert entry.find(f"{ATOM}author/{ATOM}name").text in {"bob", "the server"}
            assert entry.find(f"{ATOM}link[@rel='alternate']") is not None
        for link in root.iter(f"{ATOM}link"):
            assert link.get("href").startswith("https://cairn.example/"), link.attrib
    texts = [[each.text for each in root.iter(f"{ATOM}id")] for root in (first, second)]
    assert texts[0] == texts[1]
    titles = [each.text for each in first.iter(f"{ATOM}title")][1:]
    assert titles[1:] == [
        "bob tagged the collection iris-classifier with gold",
        "bob changed the card of iris-classifier",
    ]


def test_has_the_filters_of_its_page(client, bob, collection):
    update_collection(by=bob, collection=collection, description="text")
    add_collection_tags(by=bob, collection=collection, names=["gold"])
    client.force_login(bob)
    page = client.get(f"{FEED.partition('/-/events')[0]}?topic=texts").content.decode()
    assert f"{FEED}?topic=texts" in page
    assert len(list(feed(client, f"{FEED}?topic=texts").iter(f"{ATOM}entry"))) == 1


def test_an_empty_one_and_that_of_all_activity(client, bob, collection):
    client.force_login(bob)
    assert feed(client).find(f"{ATOM}updated").text == "2020-01-01T00:00:00Z"
    update_collection(by=bob, collection=collection, description="text")
    root = feed(client, "/-/activity/-/events.atom")
    assert [each.text for each in root.iter(f"{ATOM}title")][:2] == [
        "Activity",
        "bob changed the card of iris-classifier",
    ]


@pytest.mark.parametrize(
    "page",
    [
        "/orgs/Acme/registry/model",
        "/orgs/Acme/registry",
        "/vision",
        "/vision/iris",
    ],
)
def test_of_other_places(client, bob, collection, version, page):
    """Those of a version and of a sequence are in test_views_history.py."""
    client.force_login(bob)
    assert feed(client, f"{page}/-/history/-/events.atom").tag == f"{ATOM}feed"
