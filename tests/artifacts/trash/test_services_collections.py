"""Whole collections: in the trash and back again, and the names and types that they may get."""

import pytest

from artifacts.models import Alias, Collection, Membership, Version
from artifacts.services.aliases.aliases import add_aliases
from artifacts.services.collections.collections import (
    create_collection,
    delete_collection,
    set_collection_type,
    update_collection,
)
from artifacts.services.collections.links import unlink_version
from artifacts.services.trash.restoration import restore_version
from artifacts.services.versions.creation import Draft, create_version
from registry_site.accounts.models import Event
from registry_site.errors import Conflict, Denied, Invalid, NotFound
from tests import factories
from tests.artifacts.trash.test_services_deletion import delete, link, memberships

# ------------------------------------------------------------------ whole collections


@pytest.mark.usefixtures("letting_go")
def test_a_deleted_sequence_takes_its_versions_along(bob, sequence, version, registry):
    pending = Version.objects.create(sequence=sequence, digest="0")
    membership = link(bob, version, registry.project)
    for _time in range(2):
        delete_collection(by=bob, collection=sequence)
    assert not Collection.objects.filter(pk=sequence.pk).exists()
    assert not memberships(version=version)
    membership.collection.refresh_from_db()
    assert membership.collection.version_count == 0
    assert set(Version.objects.values_list("state", flat=True)) == {"DELETED"}
    assert pending.sequence_id == sequence.pk
    assert Event.objects.filter(verb="delete", subject="vision/iris/iris-model").count() == 1


def test_a_version_brings_its_sequence_back(bob, sequence, version):
    factories.make_version(sequence)
    delete_collection(by=bob, collection=sequence)
    restore_version(by=bob, version=version)
    sequence.refresh_from_db()
    assert (sequence.deleted_at, sequence.version_count, sequence.next_index) == (None, 1, 2)
    assert sequence.memberships.called("latest").get().version == version


def test_a_name_goes_on_with_its_numbers(bob, project, sequence, version):
    delete_collection(by=bob, collection=sequence)
    create_version(
        by=bob,
        project=project,
        draft=Draft(type_name="model", collection_name="iris-model", digest="1"),
    )
    again = Collection.objects.get(name="iris-model")
    assert (again.pk != sequence.pk, again.next_index) == (True, 1)


def test_a_version_comes_back_to_a_like_collection(bob, project, sequence, version):
    delete_collection(by=bob, collection=sequence)
    again = factories.make_collection(project, next_index=1)
    newer = factories.make_version(again)
    restore_version(by=bob, version=version)
    version.refresh_from_db()
    assert version.sequence == again
    assert [p.index for p in memberships(collection=again)] == [0, 1]
    assert again.memberships.called("latest").get().version == newer
    assert not Collection.objects.filter(pk=sequence.pk).exists()


def test_a_version_does_not_come_back_to_an_unlike_collection(bob, project, sequence, version):
    delete_collection(by=bob, collection=sequence)
    taken = factories.make_collection(project, type_name="dataset")
    with pytest.raises(Conflict, match="another collection has the name 'iris-model'"):
        restore_version(by=bob, version=version)
    update_collection(by=bob, collection=taken, name="other")
    restore_version(by=bob, version=version)
    assert memberships(version=version)


def test_a_deleted_portfolio_only_unlinks(bob, version, registry):
    membership = link(bob, version, registry.project, aliases=["a"])
    for _time in range(2):
        delete_collection(by=bob, collection=membership.collection)
    assert [str(p) for p in memberships(version=version)] == ["iris-model:v0"]
    assert not Alias.objects.exists()
    assert link(bob, version, registry.project).number == "v1"
    event = Event.objects.get(verb="delete")
    assert event.before == {"versions": 1, "aliases": ["a"]}


@pytest.mark.usefixtures("letting_go")
def test_a_portfolio_deleted_meanwhile_stays_away(bob, version, registry):
    membership = link(bob, version, registry.project)
    delete(bob, version)
    delete_collection(by=bob, collection=membership.collection)
    restoration = restore_version(by=bob, version=version)
    assert [str(p) for p in memberships(version=version)] == ["iris-model:v0"]
    assert (restoration.links, restoration.lost_links) == ([], [membership])


@pytest.mark.usefixtures("letting_go")
def test_a_link_comes_back_to_a_portfolio_made_anew(bob, version, registry, sequence):
    membership = link(bob, version, registry.project)
    delete(bob, version)
    delete_collection(by=bob, collection=membership.collection)
    anew = link(bob, factories.make_version(sequence), registry.project)
    assert anew.number == "v1"
    restoration = restore_version(by=bob, version=version)
    assert [(p.collection, p.number) for p in restoration.links] == [(anew.collection, "v0")]
    assert not restoration.lost_links
    anew.collection.refresh_from_db()
    assert (anew.collection.version_count, anew.collection.next_index) == (2, 2)


def test_restore_tells_which_aliases_are_taken_by_now(bob, sequence, version):
    source = version.memberships.get()
    add_aliases(by=bob, membership=source, names=["best", "mine"])
    delete(bob, version)
    newer = factories.make_version(sequence)
    add_aliases(by=bob, membership=newer.memberships.get(), names=["best"])
    restoration = restore_version(by=bob, version=version)
    assert restoration.aliases == [(source, "mine")]
    assert restoration.lost_aliases == [(source, "best")]


def test_only_admins_delete_a_portfolio_with_a_protected_alias(alice, bob, version, registry):
    membership = link(alice, version, registry.project, aliases=["production"])
    with pytest.raises(Denied, match="Protected aliases"):
        delete_collection(by=bob, collection=membership.collection)
    assert memberships(collection=membership.collection)
    delete_collection(by=alice, collection=membership.collection)


def test_nobody_deletes_a_sequence_with_a_protected_link(alice, sequence, version, registry):
    factories.make_version(sequence)
    link(alice, version, registry.project, aliases=["production"])
    with pytest.raises(Conflict, match="iris-model:v0 can't be deleted.*'production'"):
        delete_collection(by=alice, collection=sequence)
    assert len(memberships(collection=sequence)) == 2


def test_who_may_not_delete_collections(victor, charlie, sequence, collection):
    for each in (sequence, collection):
        with pytest.raises(Denied):
            delete_collection(by=victor, collection=each)
        with pytest.raises(NotFound):
            delete_collection(by=charlie, collection=each)


# ------------------------------------------------------------------ names and types


def test_a_name_is_taken_once(bob, project, sequence):
    other = factories.make_collection(project, "other")
    with pytest.raises(Conflict, match="already is a collection 'iris-model'"):
        update_collection(by=bob, collection=other, name="iris-model")
    other.refresh_from_db()
    delete_collection(by=bob, collection=sequence)
    update_collection(by=bob, collection=other, name="iris-model")
    assert Collection.objects.get().name == "iris-model"


@pytest.mark.parametrize("name", ["", "a/b", "a:b", "settings", "x" * 129, " a"])
def test_names_that_no_collection_gets(bob, sequence, name):
    with pytest.raises(Invalid):
        update_collection(by=bob, collection=sequence, name=name)
    sequence.refresh_from_db()
    assert sequence.name == "iris-model"


def test_the_name_of_a_deleted_collection_is_free(bob, registry, collection):
    delete_collection(by=bob, collection=collection)
    create_collection(by=bob, project=registry.project, name="iris-classifier", type_name="model")
    assert Collection.objects.get().pk != collection.pk


def test_a_sequence_gets_another_type(bob, sequence, version):
    for _time in range(2):
        held = set_collection_type(by=bob, collection=sequence, type_name="weights")
    assert held.artifact_type.name == "weights"
    event = Event.objects.get(verb="update")
    assert (event.before, event.after) == ({"type": "model"}, {"type": "weights"})


def test_the_type_of_what_is_linked_stays(bob, sequence, version, registry, collection):
    membership = link(bob, version, registry.project)
    with pytest.raises(Conflict, match="is linked to 'acme/wandb-registry-model/iris-classifier'"):
        set_collection_type(by=bob, collection=sequence, type_name="weights")
    unlink_version(by=bob, membership=membership)
    set_collection_type(by=bob, collection=sequence, type_name="weights")
    with pytest.raises(Invalid, match="versions are linked to that collection"):
        set_collection_type(by=bob, collection=collection, type_name="weights")
    with pytest.raises(Invalid):
        set_collection_type(by=bob, collection=sequence, type_name="a/b")


@pytest.mark.usefixtures("letting_go")
def test_a_hidden_link_of_another_type_does_not_come_back(bob, sequence, version, registry):
    link(bob, version, registry.project)
    delete(bob, version)
    set_collection_type(by=bob, collection=sequence, type_name="weights")
    restore_version(by=bob, version=version)
    assert [str(p) for p in Membership.objects.filter(version=version)] == ["iris-model:v0"]
