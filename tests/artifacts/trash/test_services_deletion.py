"""Versions that are deleted: the trash, what comes back, what never does."""

import pytest

from artifacts.models import Alias, Collection, Membership, Version
from artifacts.services.aliases.aliases import add_aliases
from artifacts.services.collections.links import link_version, unlink_version
from artifacts.services.trash.restoration import restore_version
from artifacts.services.trash.trash import delete_version
from artifacts.services.versions.creation import Draft, create_version
from artifacts.services.versions.versions import update_version
from registry_site.accounts.models import Event
from registry_site.accounts.services import people
from registry_site.errors import Conflict, Denied, Invalid, NotFound
from tests import factories


def link(by, version, project, name="iris-classifier", **options):
    return link_version(by=by, version=version, project=project, collection_name=name, **options)[0]


def delete(by, version, with_aliases=True):
    delete_version(by=by, version=version, with_aliases=with_aliases)
    version.refresh_from_db()


def memberships(**known):
    return list(Membership.objects.live().filter(**known).order_by("pk"))


# ------------------------------------------------------------------ into the trash


@pytest.mark.usefixtures("letting_go")
def test_delete_hides_the_version_wherever_it_is(bob, sequence, version, registry):
    membership = link(bob, version, registry.project, aliases=["staging"])
    delete(bob, version)
    assert (version.state, version.deleted_by) == ("DELETED", bob)
    assert not memberships(version=version)
    assert not Alias.objects.exists()
    for collection in (sequence, membership.collection):
        collection.refresh_from_db()
        assert (collection.version_count, collection.next_index) == (0, 1)
    assert not list(membership.collection.memberships.called("staging"))


@pytest.mark.usefixtures("letting_go")
def test_deleted_numbers_are_not_given_again(bob, sequence, version, registry):
    link(bob, version, registry.project)
    delete(bob, version)
    other = factories.make_version(sequence)
    assert other.version_index == 1
    assert link(bob, other, registry.project).number == "v1"


def test_latest_falls_back_when_the_newest_is_deleted(bob, sequence, version):
    newest = factories.make_version(sequence)
    delete(bob, newest)
    assert sequence.memberships.called("latest").get().version == version


def test_delete_with_aliases_has_to_be_asked_for(bob, sequence, version):
    factories.make_version(sequence)
    source = version.memberships.get()
    add_aliases(by=bob, membership=source, names=["best"])
    with pytest.raises(Conflict, match=r"v0 has the aliases best\. .*delete_aliases=True"):
        delete(bob, version, with_aliases=False)
    assert memberships(version=version) == [source]
    delete(bob, version)
    source.refresh_from_db()
    assert source.dropped_aliases == ["best"]


def test_latest_is_an_alias_that_protects_the_newest(bob, sequence, version):
    newest = factories.make_version(sequence)
    delete(bob, version, with_aliases=False)
    with pytest.raises(Conflict, match="has the aliases latest"):
        delete(bob, newest, with_aliases=False)


def test_aliases_that_one_may_not_see_are_not_named(bob, sequence, version, acme):
    vault = factories.make_registry_project(acme, "vault", access="restricted", keeps_linked=False)
    vault.members.create(user=bob, role="member")
    link(factories.fresh(bob), version, vault, aliases=["secret"])
    vault.members.all().delete()
    factories.make_version(sequence)
    with pytest.raises(Conflict) as refusal:
        delete(factories.fresh(bob), version, with_aliases=False)
    assert "some in a project that you can't open" in refusal.value.message
    assert "secret" not in refusal.value.message


def test_nobody_deletes_what_has_a_protected_alias(alice, root, version, registry):
    membership = link(alice, version, registry.project, aliases=["production"])
    for person in (alice, root):
        with pytest.raises(Conflict, match="protected alias 'production'.*take it off first"):
            delete(person, version)
    unlink_version(by=alice, membership=membership)
    delete(alice, version)


def test_a_protected_alias_out_of_sight_is_not_named(bob, alice, version, acme):
    vault = factories.make_registry_project(
        acme, "vault", protected=["production"], access="restricted"
    )
    link(alice, version, vault, aliases=["production"])
    with pytest.raises(Conflict) as refusal:
        delete(bob, version)
    assert "a protected alias in a project that you can't open" in refusal.value.message
    assert "vault" not in refusal.value.message


def test_who_may_not_delete(victor, charlie, version, registry, bob, acme):
    with pytest.raises(Denied, match="needs the role Member.*yours is Viewer"):
        delete(victor, version)
    with pytest.raises(NotFound):
        delete(charlie, version)
    # whoever only sees the link is told so, whatever their role there
    link(bob, version, registry.project)
    rita = factories.make_user("rita")
    people.set_organization_member(by=None, organization=acme, user=rita, role="member")
    with pytest.raises(Denied, match="iris-classifier:v0 can be deleted only where it was logged"):
        delete(factories.fresh(rita), version)


@pytest.mark.usefixtures("letting_go")
def test_a_deleted_version_is_called_by_what_one_saw_of_it(bob, charlie, version, registry, acme):
    link(bob, version, registry.project)
    rita = factories.make_user("rita")
    people.set_organization_member(by=None, organization=acme, user=rita, role="member")
    delete(bob, version)
    with pytest.raises(Denied, match="^iris-classifier:v0 can be deleted only") as refusal:
        delete(factories.fresh(rita), version)
    assert "iris-model" not in refusal.value.message  # which is its source
    names = [str(version.seen_by(factories.fresh(each))) for each in (bob, rita, charlie)]
    assert names == ["iris-model:v0", "iris-classifier:v0", "a version that you cannot open"]


def test_delete_may_be_repeated(bob, version):
    for _time in range(2):
        delete(bob, version)
    assert Event.objects.filter(verb="delete").count() == 1
    assert version.sequence.memberships.get().collection.version_count == 0


@pytest.mark.usefixtures("letting_go")
def test_delete_is_an_event_wherever_the_version_was(bob, version, registry):
    membership = link(bob, version, registry.project, aliases=["staging"])
    delete(bob, version)
    told = (
        Event.objects.filter(verb="delete").order_by("pk").values_list("kind", "subject", "before")
    )
    assert list(told) == [
        ("version", "vision/iris/iris-model:v0", {"aliases": []}),
        ("collection", membership.full_name, {"aliases": ["staging"]}),
    ]


def test_equal_content_is_logged_anew(bob, project, sequence, version):
    delete(bob, version)
    again = create_version(
        by=bob,
        project=project,
        draft=Draft(type_name="model", collection_name="iris-model", digest=version.digest),
    )
    assert again.pk != version.pk
    assert again.state == "PENDING"


def test_what_is_in_the_trash_is_neither_linked_nor_named(bob, version, registry):
    membership = version.memberships.get()
    stale = Version.objects.for_path().get(pk=version.pk)
    delete(bob, version)
    with pytest.raises(Conflict, match="not committed"):
        link(bob, version, registry.project)
    with pytest.raises(NotFound):  # read before it was deleted
        link(bob, stale, registry.project)
    with pytest.raises(NotFound):
        add_aliases(by=bob, membership=membership, names=["x"])
    assert not Collection.objects.filter(kind="portfolio").exists()


# ------------------------------------------------------------------ back again


@pytest.mark.usefixtures("letting_go")
def test_restore_brings_back_places_and_free_aliases(bob, sequence, version, registry):
    other = factories.make_version(sequence)
    membership = link(bob, version, registry.project, aliases=["a", "b"])
    delete(bob, version)
    link(bob, other, registry.project, aliases=["b"])
    for _time in range(2):
        restore_version(by=bob, version=version)
    version.refresh_from_db()
    assert (version.state, version.deleted_at, version.deleted_by) == ("COMMITTED", None, None)
    assert [str(p) for p in memberships(version=version)] == ["iris-model:v0", "iris-classifier:v0"]
    assert set(membership.aliases.values_list("name", flat=True)) == {"a"}
    membership.collection.refresh_from_db()
    assert (membership.collection.version_count, membership.collection.next_index) == (2, 2)
    verbs = Event.objects.filter(kind="collection", subject_id=membership.collection_id)
    assert list(verbs.order_by("pk").values_list("verb", flat=True))[-3:] == [
        "add_alias",
        "restore",
        "add_alias",
    ]


@pytest.mark.usefixtures("letting_go")
def test_restored_aliases_are_not_protected_ones(bob, version, registry):
    membership = link(bob, version, registry.project, aliases=["a"])
    delete(bob, version)
    registry.project.protected_aliases.create(name="a")
    restore_version(by=bob, version=version)
    assert not membership.aliases.exists()


def test_restore_switches_the_ttl_off(bob, version):
    update_version(by=bob, version=version, ttl_seconds=60)
    delete(bob, version)
    restore_version(by=bob, version=version)
    version.refresh_from_db()
    assert version.ttl_seconds == 0


def test_who_may_not_restore(bob, victor, charlie, version):
    delete(bob, version)
    with pytest.raises(Denied):
        restore_version(by=victor, version=version)
    with pytest.raises(NotFound):
        restore_version(by=charlie, version=version)


def test_what_was_never_committed_is_not_restored(bob, sequence):
    pending = Version.objects.create(sequence=sequence, digest="0")
    delete(bob, pending)
    assert pending.state == "DELETED"
    with pytest.raises(Conflict, match="never committed"):
        restore_version(by=bob, version=pending)


def test_what_is_gone_for_good_is_not_restored(bob, version):
    delete(bob, version)
    Version.objects.filter(pk=version.pk).delete()
    with pytest.raises(NotFound, match="for good"):
        restore_version(by=bob, version=version)


# ------------------------------------------------------------------ TTL


def test_a_ttl_is_possible_or_refused(bob, sequence, version):
    for seconds in (60, 0, None):
        update_version(by=bob, version=version, ttl_seconds=seconds)
        version.refresh_from_db()
        assert version.ttl_seconds == seconds
    for seconds in (-3, 2**40):
        with pytest.raises(Invalid, match="between 1 second and 100 years"):
            update_version(by=bob, version=version, ttl_seconds=seconds)


def test_what_is_linked_has_no_ttl(bob, version, registry):
    update_version(by=bob, version=version, ttl_seconds=60)
    membership = link(bob, version, registry.project)
    version.refresh_from_db()
    assert version.ttl_seconds == 0
    with pytest.raises(Conflict, match="is linked, and what is linked has no TTL"):
        update_version(by=bob, version=version, ttl_seconds=60)
    unlink_version(by=bob, membership=membership)
    update_version(by=bob, version=version, ttl_seconds=60)
