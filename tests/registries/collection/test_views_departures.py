"""A collection knows whether it was ever filled, and where what was in it went."""

import pytest

from artifacts.services.aliases.aliases import add_aliases
from artifacts.services.collections.collections import create_collection, delete_collection
from artifacts.services.collections.links import link_version, unlink_version
from artifacts.services.trash.trash import delete_version
from tests import factories
from tests.helpers.queries import count_queries

URL = "/orgs/Acme/registry/model/iris-classifier"


def link(bob, version, registry, **options):
    return link_version(
        by=bob,
        version=version,
        project=registry.project,
        collection_name="iris-classifier",
        **options,
    )[0]


@pytest.fixture
def page(client, bob):
    client.force_login(bob)
    return lambda url=URL: client.get(url).content.decode()


def test_never_filled(page, collection):
    text = page()
    assert "Nothing is linked to iris-classifier yet" in text
    assert "Created only to read its path?" in text
    assert "No longer here" not in text


@pytest.mark.usefixtures("letting_go")
def test_emptied_by_a_deletion_at_the_source(page, bob, version, registry):
    link(bob, version, registry)
    delete_version(by=bob, version=version, with_aliases=True)
    text = page()
    assert "Nothing is linked to iris-classifier now." in text
    assert "Created only" not in text
    assert "1 version was deleted where it was logged." in text
    assert version.sequence.project.trash_url in text


def test_emptied_by_unlinking(page, bob, version, registry):
    unlink_version(by=bob, membership=link(bob, version, registry))
    text = page()
    assert "Created only" not in text
    assert "1 version was unlinked." in text
    assert version.memberships.get().get_absolute_url() in text


def test_the_source_of_what_was_unlinked_may_be_hidden(page, alice, bob, acme, registry):
    nlp = factories.make_team("nlp", acme, alice="admin")
    secret = factories.make_project(nlp, "secret")
    version = factories.make_version(factories.make_collection(secret, "hush"))
    unlink_version(by=alice, membership=link(alice, version, registry))
    text = page()
    assert "unlinked" in text
    assert "hush" not in text


@pytest.mark.usefixtures("letting_go")
def test_still_filled(page, bob, sequence, version, registry):
    link(bob, version, registry)
    link(bob, factories.make_version(sequence), registry)
    delete_version(by=bob, version=version, with_aliases=True)
    text = page()
    assert "No longer here" in text
    assert "iris-classifier:v0" in text


@pytest.mark.slow
def test_made_anew_it_names_the_one_before(page, bob, version, registry):
    membership = link(bob, version, registry)
    delete_collection(by=bob, collection=membership.collection)
    create_collection(by=bob, project=registry.project, name="iris-classifier", type_name="model")
    text = page()
    assert "There was a collection of this name before; numbers continue at v1." in text
    assert "Created only to read its path?" in text


def test_a_sequence_without_a_version_left(client, bob, version):
    delete_version(by=bob, version=version, with_aliases=True)
    client.force_login(bob)
    text = client.get("/vision/iris/artifacts/model/iris-model").content.decode()
    assert "No version is left here." in text
    assert "1 version was deleted." in text
    assert "No versions yet" not in text


@pytest.mark.usefixtures("letting_go")
def test_the_history_marks_what_is_gone(page, bob, sequence, version, registry):
    membership = link(bob, version, registry, aliases=["best"])
    newer = link(bob, factories.make_version(sequence), registry)
    add_aliases(by=bob, membership=newer, names=["best"])
    unlink_version(by=bob, membership=newer)
    delete_version(by=bob, version=version, with_aliases=True)
    text = page(f"{URL}/-/history")
    assert "(v0: deleted)" in text
    assert "(v1: unlinked)" in text
    assert membership.number == "v0"


@pytest.mark.slow
@pytest.mark.usefixtures("letting_go")
def test_as_many_queries_for_any_number(client, bob, sequence, registry):
    client.force_login(bob)
    counts = []
    for _round in range(2):
        for _number in range(4):
            version = factories.make_version(sequence)
            link(bob, version, registry)
            delete_version(by=bob, version=version, with_aliases=True)
            unlink_version(by=bob, membership=link(bob, factories.make_version(sequence), registry))
        counts.append(count_queries(client, URL))
    assert counts[0] == counts[1]
