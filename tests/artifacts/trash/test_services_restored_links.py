from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from artifacts.models import (
    Alias,
    Collection,
    Membership,
)
from artifacts.services.aliases.aliases import add_aliases
from artifacts.services.collections.collections import delete_collection
from artifacts.services.paths.pointers import deletion_of_collection, read_versions
from artifacts.services.reach.deleted_paths import check_collection_not_deleted
from artifacts.services.sweep.sweep import sweep
from artifacts.services.trash import restoration
from artifacts.services.trash.collections import collections_in_trash
from artifacts.services.trash.restoration import restore_version
from artifacts.services.trash.restoration_of_parents import restore_collection
from artifacts.services.trash.trash import delete_version
from artifacts.views.trash.messages import what_is_lost
from registry_site.errors import Conflict, Denied, Gone
from tests import factories
from tests.artifacts.trash.test_services_restored import age, link, live


def test_a_portfolio_comes_back_with_its_links(alice, bob, registry, sequence, version):
    other = factories.make_version(sequence)
    membership = link(alice, version, registry.project, aliases=["staging", "production"])
    link(bob, other, registry.project)
    portfolio = membership.collection
    delete_collection(by=alice, collection=portfolio)
    assert live() == ["iris-model:v0", "iris-model:v1"]
    assert not Alias.objects.exists()
    with pytest.raises(Denied, match="Protected aliases"):
        restore_collection(by=bob, collection=portfolio)
    back = restore_collection(by=alice, collection=portfolio)
    assert (len(back.links), back.aliases) == (2, 2)
    assert live() == ["c:v0", "c:v1", "iris-model:v0", "iris-model:v1"]
    assert set(membership.aliases.values_list("name", flat=True)) == {"production", "staging"}
    portfolio.refresh_from_db()
    assert (portfolio.version_count, portfolio.next_index) == (2, 2)
    assert link(bob, factories.make_version(sequence), registry.project).number == "v2"


def test_the_source_is_free_while_its_portfolio_is_in_the_trash(bob, registry, version):
    membership = link(bob, version, registry.project)
    delete_collection(by=bob, collection=membership.collection)
    delete_version(by=bob, version=version, with_aliases=True)
    back = restore_collection(by=bob, collection=membership.collection)
    assert back.links == []
    assert live() == []
    restore_version(by=bob, version=version)  # and then its link comes with it
    assert live() == ["c:v0", "iris-model:v0"]


def test_a_version_restored_first_waits_for_its_portfolio(bob, letting_go, version):
    membership = link(bob, version, letting_go.project, aliases=["a"])
    delete_version(by=bob, version=version, with_aliases=True)
    delete_collection(by=bob, collection=membership.collection)
    assert restore_version(by=bob, version=version).lost_links == [membership]
    assert live() == ["iris-model:v0"]
    restore_collection(by=bob, collection=membership.collection)
    assert live() == ["c:v0", "iris-model:v0"]
    assert membership.aliases.get().name == "a"


def test_a_link_waits_for_a_portfolio_that_is_deleted_at_the_same_moment(
    bob, letting_go, version, monkeypatch
):
    membership = link(bob, version, letting_go.project, aliases=["a"])
    delete_version(by=bob, version=version, with_aliases=True)
    lock = restoration.lock_collections

    def delete_first(pks):
        monkeypatch.undo()
        delete_collection(by=bob, collection=membership.collection)
        return lock(pks)

    monkeypatch.setattr(restoration, "lock_collections", delete_first)
    assert restore_version(by=bob, version=version).lost_links == [membership]
    assert live() == ["iris-model:v0"]
    restore_collection(by=bob, collection=membership.collection)
    assert live() == ["c:v0", "iris-model:v0"]
    assert membership.aliases.get().name == "a"


def test_a_link_comes_with_a_portfolio_that_is_restored_at_the_same_moment(
    bob, letting_go, version, monkeypatch
):
    membership = link(bob, version, letting_go.project, aliases=["a"])
    delete_version(by=bob, version=version, with_aliases=True)
    delete_collection(by=bob, collection=membership.collection)
    lock = restoration.lock_collections

    def restore_first(pks):
        monkeypatch.undo()
        restore_collection(by=bob, collection=membership.collection)
        return lock(pks)

    monkeypatch.setattr(restoration, "lock_collections", restore_first)
    assert restore_version(by=bob, version=version).links == [membership]
    assert live() == ["c:v0", "iris-model:v0"]
    membership.collection.refresh_from_db()
    assert membership.collection.version_count == 1


@pytest.mark.parametrize("gone", [0, 1])  # whichever has the lower key
def test_an_alias_comes_back_to_the_version_that_had_it_last(
    bob, letting_go, sequence, version, gone
):
    versions = [version, factories.make_version(sequence)]
    memberships = [link(bob, each, letting_go.project) for each in versions]
    first, last = memberships[gone], memberships[1 - gone]
    add_aliases(by=bob, membership=first, names=["prod"])
    delete_version(by=bob, version=versions[gone], with_aliases=True)
    add_aliases(by=bob, membership=last, names=["prod"])
    delete_collection(by=bob, collection=last.collection)
    restore_version(by=bob, version=versions[gone])
    back = restore_collection(by=bob, collection=last.collection)
    assert Alias.objects.get(collection=last.collection).membership == last
    assert (len(back.links), back.aliases) == (2, 1)
    assert back.lost_aliases == [(first, "prod")]
    [told] = what_is_lost(bob, back)
    assert "another version has them by now" in told
    assert "c:prod" in told


def test_the_sweep_lets_go_of_links(bob, registry, sequence, version):
    gone = factories.make_version(sequence)
    membership, second = link(bob, version, registry.project), link(bob, gone, registry.project)
    delete_collection(by=bob, collection=membership.collection)
    delete_version(by=bob, version=gone, with_aliases=True)
    assert sweep()["collections"] == 0
    age()
    report = sweep()
    assert (report["collections"], report["removed"]) == (1, 1)
    assert list(Membership.objects.filter(collection=membership.collection)) == [second]
    assert sweep()["collections"] == 0
    with pytest.raises(Conflict, match="removed for good"):
        restore_collection(by=bob, collection=membership.collection)


def test_what_the_sweep_let_go_of_stays_so_however_long_a_trash_is_kept_later(
    bob, registry, sequence, version, settings
):
    membership = link(bob, version, registry.project)
    empty = factories.make_collection(registry.project, "empty", kind="portfolio")
    for each in (membership.collection, empty):
        delete_collection(by=bob, collection=each)
    age()
    assert sweep()["collections"] == 2
    settings.TRASH_DAYS = 365
    assert sweep()["collections"] == 0
    for each in (membership.collection, empty):
        row = Collection.with_deleted.for_path().get(pk=each.pk)
        assert deletion_of_collection(row).until is None
        with pytest.raises(Conflict, match="removed for good"):
            restore_collection(by=bob, collection=row)
    assert not collections_in_trash().exists()


def test_what_was_deleted_before_the_upgrade_can_not_be_restored(bob, letting_go, version):
    membership = link(bob, version, letting_go.project)
    delete_version(by=bob, version=version, with_aliases=True)
    for each in (membership.collection, version.sequence):
        delete_collection(by=bob, collection=each)
    migration = import_module("artifacts.migrations.0028_collections_removed")
    migration.remove_for_good(apps, SimpleNamespace(connection=connection))
    assert not collections_in_trash().exists()
    with pytest.raises(Conflict, match="removed for good"):
        restore_collection(by=bob, collection=membership.collection)
    assert restore_version(by=bob, version=version).lost_links == [membership]  # with its sequence
    assert live() == ["iris-model:v0"]
    assert not Membership.objects.filter(pk=membership.pk).exists()
    delete_collection(by=bob, collection=version.sequence)
    assert list(collections_in_trash()) == [version.sequence]


def test_links_in_the_trash_give_nobody_a_right(alice, victor, acme, registry):
    secret = factories.make_project(factories.make_team("secret", acme, alice="admin"), "plans")
    hidden = factories.make_version(factories.make_collection(secret, "hush"), by=alice)
    link(alice, hidden, registry.project)
    assert hidden.role_of(factories.fresh(victor)) is not None
    portfolio = Collection.objects.get(project=registry.project, name="c")
    delete_collection(by=alice, collection=portfolio)
    assert hidden.role_of(factories.fresh(victor)) is None
    assert hidden.role_of(factories.fresh(alice)) == "admin"
    delete_version(by=alice, version=hidden, with_aliases=True)  # which is told to nobody else
    assert hidden.role_of(factories.fresh(victor)) is None
    assert not read_versions(factories.fresh(victor), [hidden.pk])[hidden.pk].deletion
    assert read_versions(factories.fresh(alice), [hidden.pk])[hidden.pk].deletion
    with pytest.raises(Gone) as gone:
        check_collection_not_deleted(
            by=factories.fresh(victor),
            entity_name="acme",
            project_name="wandb-registry-model",
            name="c",
            reference="v0",
        )
    assert gone.value.deletion.name == "c"
