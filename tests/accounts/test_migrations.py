"""What migrations write into rows that are there."""

from importlib import import_module

import pytest
from django.apps import apps

from registry_site.accounts.models import Event

pytestmark = pytest.mark.django_db
filling = import_module("registry_site.accounts.migrations.0010_fill_event_topics")


def event(verb, kind, **fields):
    return Event.objects.create(verb=verb, kind=kind, subject="s", topic="work", **fields).pk


def test_events_are_filled_by_ranges_outside_of_a_transaction(monkeypatch):
    """The column comes before, by itself: it would lock the table until the last is filled."""
    assert not filling.Migration.atomic
    monkeypatch.setattr(filling, "_EVENTS", 2)
    filling.fill_topics(apps, None)  # none are there
    expected = {
        event("add_alias", "collection"): "aliases",
        event("delete", "version"): "deletions",
        event("link", "collection"): "links",
        event("create", "run"): "work",
        event("update", "registry", before={"a": 1}, after={"a": 2}): "settings",
        event("update", "registry", before={}, after={"description": "new"}): "texts",
        event("set_role", "registry"): "members",
    }
    for _time in range(2):  # begun again
        filling.fill_topics(apps, None)
        assert dict(Event.objects.values_list("pk", "topic")) == expected
