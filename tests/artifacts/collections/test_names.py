"""Names of rows that were read in part are those that the models' own rows have."""

import pytest

from artifacts.reads.pages.names import CollectionName, ProjectName, RunName, VersionName
from tests import factories

ODD = "é #1?%~@!$&'()*+,;="
ALIASES = ["latest", "best", "two words", "#1?", "a/b", "é%", "~@!$&'()*+,;=", "-", "v01"]


@pytest.mark.parametrize("is_registry", [False, True])
def test_a_version_is_named_as_its_membership(sequence, collection, version, is_registry):
    of = collection if is_registry else sequence
    of.name = ODD
    of.artifact_type.name = f"type {ODD}".replace("/", "")
    membership = factories.make_membership(collection, version) if is_registry else None
    membership = membership or sequence.memberships.get()
    membership.collection = of
    names = VersionName(CollectionName.of(of), membership.index)
    assert names.number == membership.number
    assert names.full_name == membership.full_name
    assert str(names) == str(membership)
    assert names.get_absolute_url() == membership.get_absolute_url()
    for alias in ALIASES:
        assert names.alias_url(alias) == membership.alias_url(alias)


def test_a_sequence_is_named_by_its_columns(sequence):
    address = "vision", "iris", "model", "iris-model"
    assert CollectionName.of_sequence(*address) == CollectionName.of(sequence)
    assert CollectionName.of(sequence).path == sequence.target_path


@pytest.mark.parametrize("is_registry", [False, True])
def test_a_project_and_its_collection_are_named_by_their_columns(sequence, collection, is_registry):
    of = collection if is_registry else sequence
    of.name = ODD
    project = of.project
    organization = project.entity.organization.name if is_registry else ""
    name = ProjectName.of_names(project.entity.name, project.name, organization)
    assert (str(name), name.url) == (str(project), project.get_absolute_url())
    assert name.registry_name == (project.registry_name if is_registry else "")
    assert CollectionName.in_project(name, of.artifact_type.name, ODD) == CollectionName.of(of)


def test_a_run_is_named_as_its_row(project, bob):
    run = factories.make_run(project, bob, name="a b", display_name="brave <river>")
    names = RunName("vision", "iris", run.name, run.display_name)
    assert (names.path, str(names)) == (run.path, str(run))
    assert names.get_absolute_url() == run.get_absolute_url()
