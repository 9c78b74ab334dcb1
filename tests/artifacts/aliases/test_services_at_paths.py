"""Aliases of one version, changed in several collections at once."""

import pytest

from artifacts.models import Alias
from artifacts.services.aliases.at_paths import CollectionPath, change_aliases
from artifacts.services.collections.links import link_version
from registry_site.errors import Denied, NotFound

SOURCE = CollectionPath("vision", "iris", "iris-model")
SHELF = CollectionPath("acme", "wandb-registry-model", "best")


@pytest.fixture
def linked(bob, version, registry):
    link_version(by=bob, version=version, project=registry.project, collection_name="best")
    return version


def names():
    return sorted(Alias.objects.values_list("collection__name", "name"))


def test_added_and_removed_in_several_collections(bob, linked):
    change_aliases(by=bob, version_pk=linked.pk, added={SOURCE: ["a", "b"], SHELF: ["c"]})
    assert names() == [("best", "c"), ("iris-model", "a"), ("iris-model", "b")]
    change_aliases(by=bob, version_pk=linked.pk, added={SHELF: ["d"]}, removed={SOURCE: ["a"]})
    assert names() == [("best", "c"), ("best", "d"), ("iris-model", "b")]


@pytest.mark.parametrize(
    ("added", "refusal"),
    [
        ({SOURCE: ["a"], SHELF: ["production"]}, Denied),
        ({SHELF: ["c"], SOURCE._replace(collection_name="none"): ["a"]}, NotFound),
    ],
)
def test_all_or_nothing(bob, linked, added, refusal):
    with pytest.raises(refusal):
        change_aliases(by=bob, version_pk=linked.pk, added=added)
    assert names() == []


def test_strangers_find_no_membership(charlie, linked):
    with pytest.raises(NotFound, match="no such artifact"):
        change_aliases(by=charlie, version_pk=linked.pk, added={SOURCE: ["a"]})
