"""Events say under what people find them, and keep texts whole up to a bound."""

import pytest

from registry_site.accounts.models import Event
from registry_site.accounts.services.events import MOST_TEXT, record_event, topic_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "verb", "topic"),
    [
        ("collection", "move_alias", "aliases"),
        ("collection", "roll_back_alias", "aliases"),
        ("registry", "pin_aliases", "aliases"),
        ("collection", "link", "links"),
        ("collection", "unlink", "links"),
        ("version", "delete", "deletions"),
        ("collection", "restore", "deletions"),
        ("version", "lift_hold", "deletions"),
        ("registry", "set_role", "members"),
        ("team", "invite", "members"),
        ("registry", "request_access", "members"),
        ("organization", "set_role", "members"),
        ("registry", "rename", "settings"),
        ("registry", "create", "settings"),
        ("entity", "update", "settings"),
        ("collection", "add_tags", "work"),
        ("version", "create", "work"),
        ("run", "stop", "work"),
        ("user", "set_password", "work"),
        ("access_request", "decline_access", "members"),
    ],
)
def test_topic_by_kind_and_verb(kind, verb, topic):
    assert topic_of(kind, verb) == topic


@pytest.mark.parametrize(
    "words", [{"verb": "brew", "kind": "version"}, {"verb": "link", "kind": "teapot"}]
)
def test_words_that_no_history_knows_are_not_recorded(words):
    with pytest.raises(ValueError, match="is not a valid"):
        record_event(by=None, subject="x", **words)
    assert not Event.objects.exists()


def test_topic_of_a_text():
    before = {"name": "iris", "description": "old"}
    assert topic_of("collection", "update", before, before | {"description": "new"}) == "texts"
    assert topic_of("collection", "update", before, before | {"name": "lily"}) == "work"
    assert topic_of("version", "update", {}, {"tags": ["a"]}) == "work"
    assert topic_of("project", "update", {"description": None}, {"description": "x"}) == "texts"


def test_a_text_is_kept_whole_up_to_the_bound(alice):
    whole = "ä" * (MOST_TEXT // 2)
    event = record_event(
        by=alice,
        verb="update",
        kind="collection",
        subject="a/b/c",
        before={"description": whole},
        after={"description": f"{whole}!", "name": "c"},
    )
    event = Event.objects.get(pk=event.pk)
    assert event.before == {"description": whole}
    assert event.after["name"] == "c"
    assert event.after["description"]["omitted_bytes"] == MOST_TEXT + 1
    assert len(event.after["description"]["sha256"]) == 64
    assert event.topic == "texts"


def test_a_long_nested_value_is_cut_too(alice):
    event = record_event(
        by=alice,
        verb="update",
        kind="version",
        subject="a/b/c:v0",
        after={"metadata": {"x": "y" * MOST_TEXT}, "tags": ["a"]},
    )
    assert set(event.after["metadata"]) == {"omitted_bytes", "sha256"}
    assert event.after["tags"] == ["a"]
