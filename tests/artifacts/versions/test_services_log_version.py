"""A version that is begun by the path of its project, which is made when first used."""

import pytest

from artifacts.models import Project, RunOutput, Version
from artifacts.services.versions.creation import Draft, log_version
from registry_site.errors import Denied, Invalid, NotFound
from tests import factories

DRAFT = Draft(type_name="model", collection_name="m", digest="0" * 32)


def test_in_a_project_that_is_made(bob, vision):
    version = log_version(
        by=bob, entity_name="vision", project_name="new", run_name="", draft=DRAFT
    )
    assert str(version.sequence.project) == "vision/new"
    assert (version.run, version.state) == (None, Version.State.PENDING)


def test_as_the_output_of_a_run(bob, project):
    run = factories.make_run(project, name="r1")
    path = {"entity_name": "vision", "project_name": "iris", "run_name": "r1"}
    version = log_version(by=bob, **path, draft=DRAFT)
    assert version.run == run
    assert RunOutput.objects.get().version == version


@pytest.mark.parametrize(
    ("path", "draft", "refusal"),
    [
        ({"run_name": "none"}, DRAFT, NotFound),
        ({}, Draft(type_name="model", collection_name="a:b", digest="0"), Invalid),
        ({}, Draft(type_name="model", collection_name="m", digest="0" * 65), Invalid),
    ],
)
def test_what_is_refused_leaves_no_project(bob, vision, path, draft, refusal):
    where = {"entity_name": "vision", "project_name": "new", "run_name": ""} | path
    with pytest.raises(refusal):
        log_version(by=bob, **where, draft=draft)
    assert not Project.objects.filter(name="new").exists()


def test_who_may_not_log(victor, charlie, project):
    path = {"entity_name": "vision", "project_name": "iris", "run_name": ""}
    with pytest.raises(Denied):
        log_version(by=victor, **path, draft=DRAFT)
    with pytest.raises(NotFound):
        log_version(by=charlie, **path, draft=DRAFT)
