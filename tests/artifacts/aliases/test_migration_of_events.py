"""Aliases that an older release gave learn from its events who put them where they are."""

from importlib import import_module
from types import SimpleNamespace

from django.apps import apps

from artifacts.models import Alias
from artifacts.services.aliases.aliases import add_aliases
from tests import factories


def test_each_alias_finds_the_change_that_put_it_there(alice, collection, version, sequence):
    one = factories.make_membership(collection, version, aliases=["unknown"])
    two = factories.make_membership(collection, factories.make_version(sequence))
    add_aliases(by=alice, membership=one, names=["best", "old"])
    (moved,) = add_aliases(by=alice, membership=two, names=["best"])
    known = dict(Alias.objects.values_list("name", "event"))
    assert (known["best"], known["unknown"]) == (moved.event_id, None)
    Alias.objects.update(event=None)
    migration = import_module("artifacts.migrations.0024_alias_control")
    editor = SimpleNamespace(connection=SimpleNamespace(alias="default"))
    migration.find_events(apps, editor)
    assert dict(Alias.objects.values_list("name", "event")) == known
