"""Runs and collections come back from the trash, with what went there with them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from artifacts.models import (
    Alias,
    Collection,
    Membership,
    Run,
    RunInput,
    RunOutput,
    SavedView,
    Version,
)
from artifacts.services.collections.collections import delete_collection, update_collection
from artifacts.services.collections.links import link_version
from artifacts.services.collections.tags import add_collection_tags
from artifacts.services.runs.control import delete_run
from artifacts.services.saved_views import create_saved_view
from artifacts.services.sweep.sweep import sweep
from artifacts.services.trash.restoration_of_parents import restore_collection, restore_run
from artifacts.services.trash.trash import delete_version
from registry_site.accounts.models import Event
from registry_site.errors import Conflict, Denied, NotFound
from tests import factories


@pytest.fixture
def run(bob, project, sequence, version):
    """A run with a file, a line, an input, and two outputs of which another run logged one, too."""
    run = factories.make_run(project, bob, name="r1", config={"a": 1}, notes="n")
    factories.make_lines(run, "history", {"_step": 0, "loss": 1})
    run.files.create(name="f", blob=factories.make_blob(b"12345"))
    RunInput.objects.create(run=run, version=version)
    own, shared = factories.make_version(sequence), factories.make_version(sequence)
    for each in (own, shared):
        RunOutput.objects.create(run=run, version=each)
    RunOutput.objects.create(run=factories.make_run(project, bob), version=shared)
    return run


def link(by, version, project, name="c", **options):
    return link_version(
        by=by, version=version, project=project, collection_name=name, **options
    ).membership


def live():
    return sorted(map(str, Membership.objects.live().for_path()))


def age(days=30):
    old = timezone.now() - timedelta(days=days)
    for rows in (Version.objects, Run.with_deleted, Collection.with_deleted):
        rows.filter(deleted_at__isnull=False).update(deleted_at=old)
    Membership.objects.exclude(hidden_at=None).update(hidden_at=old)


# ------------------------------------------------------------------ runs


def test_a_run_comes_back_as_it_was(bob, run):
    before = Run.objects.filter(pk=run.pk).values().get()
    delete_run(by=bob, run=run, with_artifacts=True)
    assert live() == ["iris-model:v0", "iris-model:v2"]
    for _time in range(2):
        back = restore_run(by=bob, run=run)
    assert not back.versions  # there was nothing left to do
    assert Run.objects.filter(pk=run.pk).values().get() == before
    assert (run.files.count(), run.lines.count(), run.inputs.count()) == (1, 1, 1)
    assert live() == ["iris-model:v0", "iris-model:v1", "iris-model:v2"]
    event = Event.objects.get(kind="run", verb="restore")
    assert event.after == {"versions": 1}


def test_only_what_went_with_the_run_comes_with_it(bob, run, version):
    own = Version.objects.get(version_index=1)
    delete_version(by=bob, version=own, with_aliases=True)
    delete_run(by=bob, run=run, with_artifacts=True)
    assert restore_run(by=bob, run=run).versions == []
    assert "iris-model:v1" not in live()


def test_a_version_that_can_not_come_back_keeps_no_run_away(bob, project, run, sequence):
    delete_run(by=bob, run=run, with_artifacts=True)
    delete_collection(by=bob, collection=sequence)
    factories.make_collection(project, type_name="dataset")
    back = restore_run(by=bob, run=run)
    assert Run.objects.filter(pk=run.pk).exists()
    assert len(back.refusals) == 1
    assert "another collection has the name 'iris-model'" in back.refusals[0]


def test_who_may_not_restore_a_run(bob, victor, charlie, run):
    delete_run(by=bob, run=run)
    with pytest.raises(Denied):
        restore_run(by=victor, run=run)
    with pytest.raises(NotFound):
        restore_run(by=charlie, run=run)


def test_the_sweep_removes_a_run_for_good(bob, run):
    delete_run(by=bob, run=run)
    assert sweep()["runs"] == 0
    age()
    report = sweep()
    assert (report["runs"], report.sizes["runs"]) == (1, 5)
    left = Run.with_deleted.get(pk=run.pk)
    assert (left.config, left.notes, left.deleted_by) == ({}, "", bob)
    assert not left.files.exists()
    assert not left.lines.exists()
    with pytest.raises(Conflict, match="removed for good"):
        restore_run(by=bob, run=run)
    assert Event.objects.filter(kind="run", verb="purge").count() == 1
    assert sweep()["runs"] == 0


# ------------------------------------------------------------------ sequences


def test_a_sequence_comes_back_with_its_versions(bob, project, sequence, version):
    add_collection_tags(by=bob, collection=sequence, names=["gold"])
    update_collection(by=bob, collection=sequence, description="# Card")
    create_saved_view(
        by=bob, project=project, table="versions", collection=sequence, name="v", query="v=1"
    )
    Alias.objects.create(collection=sequence, membership=version.memberships.get(), name="best")
    early = factories.make_version(sequence)
    delete_version(by=bob, version=early, with_aliases=True)  # by itself: it stays away
    delete_collection(by=bob, collection=sequence)
    assert not SavedView.objects.visible_to(bob).exists()
    assert live() == []
    for _time in range(2):
        restore_collection(by=bob, collection=sequence)
    back = Collection.objects.get(pk=sequence.pk)
    assert (back.version_count, back.next_index, back.description) == (1, 2, "# Card")
    assert live() == ["iris-model:v0"]
    assert back.tags.get().name == "gold"
    assert Alias.objects.get().name == "best"
    assert SavedView.objects.visible_to(bob).exists()
    assert Event.objects.filter(verb="restore", subject="vision/iris/iris-model").count() == 1


def test_an_empty_sequence_comes_back(bob, sequence):
    delete_collection(by=bob, collection=sequence)
    restore_collection(by=bob, collection=sequence)
    assert Collection.objects.filter(pk=sequence.pk).exists()


def test_versions_come_back_to_a_sequence_made_anew(bob, project, sequence, version):
    delete_collection(by=bob, collection=sequence)
    anew = factories.make_collection(project, next_index=1)
    factories.make_version(anew)
    back = restore_collection(by=bob, collection=sequence)
    assert back.collection == anew
    assert live() == ["iris-model:v0", "iris-model:v1"]


def test_a_taken_name_is_refused(bob, project, registry, sequence, version, collection):
    for each, kind in ((sequence, "dataset"), (collection, "model")):
        delete_collection(by=bob, collection=each)
        taken = factories.make_collection(each.project, each.name, type_name=kind)
        with pytest.raises(Conflict, match="Rename that one first"):
            restore_collection(by=bob, collection=each)
        assert Collection.objects.get(project=each.project, name=each.name) == taken


def test_who_may_not_restore_a_collection(bob, victor, charlie, sequence, collection):
    for each in (sequence, collection):
        delete_collection(by=bob, collection=each)
        with pytest.raises(Denied):
            restore_collection(by=victor, collection=each)
        with pytest.raises(NotFound):
            restore_collection(by=charlie, collection=each)


# ------------------------------------------------------------------ many memberships at once


def test_aliases_are_read_by_one_short_statement(bob, project, sequence):
    """PostgreSQL takes at most 65,535 parameters, and a collection may have more memberships."""
    lengths = []

    def measure(execute, sql, params, many, context):
        if sql.startswith("SELECT") and 'FROM "artifacts_alias"' in sql:
            lengths.append(len(params or ()))
        return execute(sql, params, many, context)

    for number in range(12):
        link(bob, factories.make_version(sequence), project, aliases=[f"b{number}", f"a{number}"])
    portfolio = Collection.objects.get(name="c")
    with connection.execute_wrapper(measure):
        delete_collection(by=bob, collection=portfolio)
        delete_collection(by=bob, collection=sequence)
    assert lengths
    assert max(lengths) < 12
    dropped = portfolio.memberships.order_by("pk").values_list("dropped_aliases", flat=True)
    assert list(dropped)[:2] == [["a0", "b0"], ["a1", "b1"]]
