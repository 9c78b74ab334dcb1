"""Makers of what stands in a lineage: versions, and runs that read and write them."""

import pytest

from artifacts.models import RunInput, RunOutput
from tests import factories


@pytest.fixture
def secret(acme):
    return factories.make_project(factories.make_team("nlp", acme), "secret")


def made(project, name, run=None, type_name="model"):
    collection = factories.make_collection(project, name, type_name)
    version = factories.make_version(collection, files={})
    if run:
        RunOutput.objects.create(run=run, version=version)
    return version


def run_on(project, name, *inputs):
    run = factories.make_run(project, display_name=name)
    for version in inputs:
        RunInput.objects.create(run=run, version=version)
    return run


@pytest.fixture
def fan(project):
    """One data set, from which eight runs trained a model each."""
    data = made(project, "data")
    for number in range(8):
        made(project, f"model{number}", run_on(project, f"run{number}", data))
    return data
