"""Visible, deleted or hidden: what a pointer leads to, for runs and versions alike."""

from datetime import timedelta

import pytest
from django.utils import timezone

from artifacts.models import Run, RunInput, Version
from artifacts.services.collections.links import link_version
from artifacts.services.paths.pointers import (
    LoggedBy,
    deletions_of_runs,
    deletions_of_versions,
    read_logged_by,
    read_versions,
)
from artifacts.services.projects import delete_project
from artifacts.services.runs.control import delete_run
from artifacts.services.runs.runs import create_run
from artifacts.services.sweep.sweep import sweep
from artifacts.services.trash.tombstones import _LEFT_OF_RUN, _LEFT_OF_VERSION
from artifacts.services.trash.trash import delete_version
from registry_site.errors import Invalid
from tests import factories
from tests.factories import fresh

TRASH = "/vision/iris/artifacts/-/trash"


@pytest.fixture
def secret(acme, alice):
    return factories.make_project(factories.make_team("nlp", acme, alice="admin"), "secret")


def deleted(by, version, *, swept=False):
    delete_version(by=by, version=version, with_aliases=True)
    if swept:
        past = timezone.now() - timedelta(days=30)
        Version.objects.filter(pk=version.pk).update(deleted_at=past)
        assert sweep()["removed"] == 1


def pointer(by, version):
    return read_versions(fresh(by), [version.pk])[version.pk]


def test_what_is_there_is_visible(bob, version):
    found = pointer(bob, version)
    assert (str(found.row), found.deletion, found.is_hidden) == ("iris-model:v0", None, False)


def test_in_the_trash_it_tells_who_when_and_the_way_back(bob, victor, version, settings):
    deleted(bob, version)
    deletion = pointer(victor, version).deletion
    version.refresh_from_db()
    assert (deletion.name, deletion.path) == ("iris-model:v0", "vision/iris/iris-model:v0")
    assert (deletion.by, deletion.at) == ("bob", version.deleted_at)
    assert deletion.until == version.deleted_at + timedelta(days=settings.TRASH_DAYS)
    assert deletion.trash_url == version.sequence.project.trash_url != ""


def test_swept_it_leaves_a_tombstone(bob, project, version):
    run = factories.make_run(project, bob)
    RunInput.objects.create(run=run, version=version)
    deleted(bob, version, swept=True)
    deletion = pointer(bob, version).deletion
    assert (deletion.name, deletion.by) == ("iris-model:v0", "bob")
    assert (deletion.until, deletion.trash_url) == (None, "")
    assert run.inputs.get().version_id == version.pk


@pytest.mark.parametrize("state", ["live", "deleted", "swept"])
def test_hidden_is_hidden_whatever_became_of_it(alice, bob, secret, state):
    version = factories.make_version(factories.make_collection(secret))
    if state != "live":
        deleted(alice, version, swept=state == "swept")
    found = pointer(bob, version)
    assert (found.is_hidden, found.row, found.deletion) == (True, None, None)


@pytest.mark.usefixtures("letting_go")
def test_known_by_a_link_it_is_deleted_without_its_source(alice, bob, secret, registry):
    version = factories.make_version(factories.make_collection(secret, "hush"))
    link_version(by=alice, version=version, project=registry.project, collection_name="shown")
    deleted(alice, version)
    deletion = pointer(bob, version).deletion
    assert deletion.path == "acme/wandb-registry-model/shown:v0"
    assert deletion.until
    assert deletion.trash_url == ""
    assert "hush" not in repr(deletion)


def test_with_its_project_there_is_no_way_back(alice, bob, charlie, project, version):
    run = factories.make_run(project, bob, name="r1", display_name="brave")
    delete_project(by=alice, project=project)
    deletion = pointer(bob, version).deletion
    assert (deletion.path, deletion.by) == ("vision/iris/iris-model:v0", "alice")
    assert (deletion.with_project, deletion.until, deletion.trash_url) == (True, None, "")
    of_run = deletions_of_runs(fresh(bob), [run.pk])[run.pk]
    assert (of_run.path, of_run.by, of_run.with_project) == ("vision/iris/r1", "alice", True)
    assert not deletions_of_runs(fresh(charlie), [run.pk])
    assert not deletions_of_versions(fresh(charlie), [version.pk])


def test_a_deleted_run_leaves_its_name_and_nothing_that_it_said(bob, project, version):
    told = {"config": {"a": 1}, "summary": {"b": 2}, "notes": "n", "tags": ["t"], "host": "h"}
    run = factories.make_run(project, bob, name="r1", display_name="brave", **told)
    run.files.create(name="f", blob=factories.make_blob())
    RunInput.objects.create(run=run, version=version)
    delete_run(by=bob, run=run)
    assert not Run.objects.exists()
    deletion = deletions_of_runs(bob, [run.pk])[run.pk]
    assert deletion.until
    assert deletion.trash_url == "/vision/iris/-/trash/runs"
    Run.with_deleted.update(deleted_at=timezone.now() - timedelta(days=30))
    assert sweep()["runs"] == 1
    left = Run.with_deleted.get()
    assert [getattr(left, name) for name in told] == [{}, {}, "", [], ""]
    assert not left.files.exists()
    deletion = deletions_of_runs(bob, [run.pk])[run.pk]
    assert (deletion.name, deletion.by, deletion.until) == ("brave", "bob", None)
    assert version.consumers.get().run_id == run.pk
    with pytest.raises(Invalid, match="'r1' was deleted"):
        create_run(by=bob, entity_name="vision", project_name="iris", name="r1", changes={})


def test_the_run_that_logged_a_version_is_there_or_deleted_or_hidden(bob, victor, project, version):
    run, other = factories.make_run(project, bob, name="r1"), factories.make_run(project, bob)
    version.run = run
    alone = factories.make_version(version.sequence)

    def of(by, each):
        return read_logged_by(fresh(by), [version, alone])[each.pk]

    assert of(victor, alone) == LoggedBy()
    assert of(victor, version) == LoggedBy(run)
    version.run = other
    delete_run(by=bob, run=other)
    gone = of(victor, version)
    assert (gone.run, gone.is_hidden, gone.deletion.by) == (None, False, "bob")


@pytest.mark.parametrize("is_deleted", [False, True])
def test_of_a_hidden_run_nothing_is_told(alice, bob, secret, version, is_deleted):
    version.run = factories.make_run(secret, alice, name="hush")
    if is_deleted:
        delete_run(by=alice, run=version.run)
    assert read_logged_by(fresh(bob), [version]) == {version.pk: LoggedBy(is_hidden=True)}


def test_a_later_field_is_not_left_by_default():
    assert not {"metadata", "description", "pending", "manifest"} & _LEFT_OF_VERSION
    assert not {"config", "summary", "notes", "tags", "group", "program"} & _LEFT_OF_RUN
    for model, left in ((Version, _LEFT_OF_VERSION), (Run, _LEFT_OF_RUN)):
        assert left <= {field.name for field in model._meta.concrete_fields}
