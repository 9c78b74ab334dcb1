"""Linking to a path: which project it is, who learns what of it, and what is taken back."""

import pytest

from artifacts.models import FormerPathUse, Membership, Project
from artifacts.services.collections.link_targets import link_to_path
from registries.services.registry.renaming import rename_registry
from registry_site.errors import Denied, Invalid, NotFound
from tests.factories import fresh

SHELF = {"entity_name": "acme", "project_name": "wandb-registry-model", "collection_name": "best"}


def test_to_a_registry(bob, version, registry):
    linking = link_to_path(by=bob, version=version, **SHELF, aliases=["x"])
    assert (linking.membership.full_name, linking.is_new) == (
        "acme/wandb-registry-model/best:v0",
        True,
    )
    assert [change.name for change in linking.aliases] == ["x"]
    again = link_to_path(by=bob, version=version, **SHELF)
    assert (again.membership, again.is_new) == (linking.membership, False)


def test_to_a_project_that_is_made(bob, version):
    path = {"entity_name": "vision", "project_name": "new", "collection_name": "best"}
    assert link_to_path(by=bob, version=version, **path).is_new
    assert Project.objects.get(name="new").created_by == bob


def test_a_project_is_not_made_for_nothing(bob, version):
    with pytest.raises(Invalid):
        link_to_path(
            by=bob, version=version, entity_name="vision", project_name="new", collection_name="a:b"
        )
    assert not Project.objects.filter(name="new").exists()


def test_a_registry_is_never_made(bob, version, registry):
    with pytest.raises(NotFound, match="no registry 'none' in 'acme'.*Registries there: model"):
        link_to_path(by=bob, version=version, **SHELF | {"project_name": "wandb-registry-none"})
    assert not Membership.objects.filter(collection__kind="portfolio").exists()


def test_strangers_learn_of_no_registry(charlie, version, registry):
    with pytest.raises(NotFound, match="Ask an admin of your organization"):
        link_to_path(by=charlie, version=version, **SHELF)


def test_who_only_views_is_refused(victor, version, registry):
    with pytest.raises(Denied):
        link_to_path(by=victor, version=version, **SHELF)


def test_a_former_name_is_told_and_noted(alice, bob, version, registry):
    registry.is_core = False
    registry.save()
    rename_registry(by=alice, registry=registry, name="models")
    with pytest.raises(NotFound, match="is called 'models' now"):
        link_to_path(by=fresh(bob), version=version, **SHELF)
    assert FormerPathUse.objects.get().user == bob
