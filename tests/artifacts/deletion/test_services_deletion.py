"""What a deletion takes along is told before it happens, and happens once for each thing."""

import pytest

from artifacts.models import (
    Alias,
    Collection,
    Job,
    Membership,
    Run,
    RunOutput,
    Version,
)
from artifacts.reads.deletable_versions import old_versions, versions_of, without
from artifacts.services.deletion import bulk_versions as together
from artifacts.services.deletion.job_kinds import (
    COLLECTIONS,
    KEPT,
    RUNS,
    VERSIONS,
)
from artifacts.services.jobs.jobs import create_job, settle, undo_job
from artifacts.services.jobs.steps import take_step
from artifacts.services.trash.restoration import restore_version
from artifacts.services.trash.trash import delete_version
from registry_site.accounts.models import Event
from registry_site.accounts.services.members import remove_team_member
from registry_site.errors import Conflict, Denied, NotFound
from tests import factories
from tests.helpers.jobs import work

pytestmark = pytest.mark.django_db


def things(rows):
    return [(row.pk, str(row)) for row in rows]


def delete(by, project, rows, kind=VERSIONS, **arguments):
    job = create_job(
        by=by,
        kind=kind,
        project=project,
        about="vision/iris",
        things=things(rows),
        page="/",
        arguments=arguments,
    )
    return settle(job)


def make_versions(sequence, count):
    return [factories.make_version(sequence, files={}) for _number in range(count)]


def deletions():
    return Event.objects.filter(verb="delete", kind="version").count()


def test_a_few_are_gone_at_once(bob, project, sequence):
    versions = make_versions(sequence, 20)
    job = delete(bob, project, versions, with_aliases=True)
    assert (job.state, job.total, job.changed) == ("done", 20, 20)
    assert not Version.objects.committed().exists()
    work()  # whose task finds nothing to do
    assert deletions() == 20


@pytest.mark.slow
def test_many_by_the_worker_and_back_again(bob, project, sequence):
    versions = make_versions(sequence, 45)
    Alias.objects.create(collection=sequence, membership=versions[3].memberships.get(), name="best")
    job = delete(bob, project, versions, with_aliases=True)
    assert job.state == "waiting"
    work()
    job.refresh_from_db()
    assert (job.state, job.changed, deletions()) == ("done", 45, 45)
    undoing = undo_job(by=bob, job=job)
    work()
    undoing.refresh_from_db()
    assert (undoing.state, undoing.changed) == ("done", 45)
    assert Version.objects.committed().count() == 45
    assert Alias.objects.get().membership.version == versions[3]
    sequence.refresh_from_db()
    assert sequence.version_count == 45


def test_a_few_come_back_at_once(bob, project, sequence):
    job = delete(bob, project, make_versions(sequence, 2), with_aliases=True)
    assert undo_job(by=bob, job=job).state == "done"
    assert Version.objects.committed().count() == 2


def test_refused_ones_are_in_the_report(bob, project, sequence, registry):
    plain, named, gone = make_versions(sequence, 3)
    factories.make_version(sequence, files={})  # the newest
    Alias.objects.create(collection=sequence, membership=named.memberships.get(), name="best")
    delete(bob, project, [gone])
    job = delete(bob, project, [plain, named, gone])
    assert (job.state, job.refused) == ("done", 2)
    lines = dict(job.items.refused().values_list("name", "sentence"))
    assert "has the aliases best" in lines["iris-model:v1"]
    assert "deleted already" in lines["iris-model:v2"]
    assert deletions() == 2


def test_what_got_a_name_meanwhile_is_kept(bob, project, sequence):
    versions = make_versions(sequence, 3)
    job = create_job(
        by=bob,
        kind=VERSIONS,
        project=project,
        about="a",
        things=things(versions[:2]),
        arguments={"keep": KEPT},
    )
    versions[0].tags.create(name="golden")
    work()
    job.refresh_from_db()
    assert (job.changed, job.refused) == (1, 1)
    assert "has a tag" in job.items.refused().get().sentence


def test_rights_that_were_lost_meanwhile(alice, bob, vision, project, sequence):
    job = delete(bob, project, make_versions(sequence, 30), with_aliases=True)
    take_step(job.pk)
    remove_team_member(by=alice, team=vision, user=bob)
    work()
    job.refresh_from_db()
    assert (job.done, job.refused, deletions()) == (30, 10, 20)


@pytest.mark.parametrize("kind", [VERSIONS, RUNS, COLLECTIONS])
def test_who_may_not_delete(victor, charlie, project, kind, sequence):
    with pytest.raises(Denied):
        delete(victor, project, [], kind)
    with pytest.raises(NotFound):
        delete(charlie, project, [], kind)


def test_runs_with_what_only_they_logged(bob, project, sequence):
    runs = [factories.make_run(project, bob) for _number in range(3)]
    own, shared = make_versions(sequence, 2)
    for run, version in ((runs[0], own), (runs[0], shared), (runs[2], shared)):
        RunOutput.objects.create(run=run, version=version)
    job = delete(bob, project, runs[:2], RUNS, with_artifacts=True)
    assert job.changed == 2
    assert list(Run.objects.all()) == [runs[2]]
    assert list(Version.objects.committed()) == [shared]
    assert undo_job(by=bob, job=job).changed == 2
    assert set(Run.objects.all()) == set(runs)
    assert set(Version.objects.committed()) == {own, shared}


def test_collections_with_their_versions(bob, project, sequence, registry, collection):
    version = factories.make_version(sequence, files={})
    factories.make_membership(collection, version)
    other = factories.make_collection(registry.project, "other")
    job = delete(bob, registry.project, [collection, other], COLLECTIONS)
    assert job.changed == 2
    assert Version.objects.committed().get() == version
    job = delete(bob, project, [sequence], COLLECTIONS)
    assert job.changed == 1
    assert not Version.objects.committed().exists()
    assert not Collection.objects.exists()
    for each in Job.objects.all():
        undo_job(by=bob, job=each)
    assert set(Collection.objects.all()) == {sequence, collection, other}
    assert Version.objects.committed().get() == version


# ------------------------------------------------------------------ chosen by number


def test_all_but_the_newest_and_what_has_a_name(bob, sequence, collection, registry):
    versions = make_versions(sequence, 8)
    tagged, aliased, linked = versions[:3]
    tagged.tags.create(name="golden")
    Alias.objects.create(collection=sequence, membership=aliased.memberships.get(), name="best")
    factories.make_membership(collection, linked)
    old = old_versions(versions_of(sequence), 3)
    assert set(old) == set(versions[:5])
    assert set(without(old, sequence, KEPT)) == set(versions[3:5])
    assert set(without(old, sequence, ["tags"])) == set(versions[1:5])
    assert set(old_versions(versions_of(sequence), 0)) == set(versions)
    assert not old_versions(versions_of(sequence), 8).exists()
    assert not old_versions(versions_of(sequence), 100).exists()
    assert versions[7] not in without(versions_of(sequence), sequence, ["aliases"])  # latest


# ------------------------------------------------------------------ several at once


def state_of(sequence):
    """All that a deletion or a return changes, but for times and keys of rows."""
    sequence.refresh_from_db()
    versions = Version.objects.filter(sequence=sequence).order_by("version_index")
    rows = versions.values_list("version_index", "state", "ttl_seconds", "deleted_by")
    memberships = Membership.objects.filter(collection=sequence).order_by("index")
    events = Event.objects.filter(kind="version", subject__contains=sequence.name).order_by("pk")
    told = events.values_list("verb", "actor_name", "subject", "before", "after", "topic")
    return (
        list(rows),
        [(each.index, each.hidden_at is None) for each in memberships],
        [(verb, who, what.replace(sequence.name, ""), *more) for verb, who, what, *more in told],
        sequence.version_count,
        sequence.updated_by,
    )


def test_together_is_the_same_as_one_by_one(bob, project):
    """The quick way is held against the operations that it stands in for."""
    alone, joint = (factories.make_collection(project, name) for name in ("alone", "joint"))
    singles, several = make_versions(alone, 5), make_versions(joint, 5)
    for version in singles[:4]:
        delete_version(by=bob, version=version)
    together.delete_versions(by=bob, pks=[each.pk for each in several[:4]])
    assert state_of(alone) == state_of(joint)
    for version in singles[:3]:
        restore_version(by=bob, version=Version.objects.for_path().get(pk=version.pk))
    together.restore_versions(by=bob, pks=[each.pk for each in several[:3]])
    assert state_of(alone) == state_of(joint)


def test_what_is_special_is_not_taken_together(bob, project, sequence, collection):
    plain, linked, named, _newest = make_versions(sequence, 4)
    factories.make_membership(collection, linked)
    Alias.objects.create(collection=sequence, membership=named.memberships.get(), name="best")
    for other in (linked, named):
        with pytest.raises(Conflict):
            together.delete_versions(by=bob, pks=[plain.pk, other.pk], keep=KEPT)
        with pytest.raises(Conflict):
            together.restore_versions(by=bob, pks=[plain.pk])  # not in the trash
    job = delete(bob, project, [plain, named], with_aliases=True)
    assert job.changed == 2
    with pytest.raises(Conflict):
        together.restore_versions(by=bob, pks=[plain.pk, named.pk])
    assert undo_job(by=bob, job=job).changed == 2
    assert Alias.objects.get().membership.version == named


def test_few_statements_for_each_version(bob, project, sequence, django_assert_max_num_queries):
    job = delete(bob, project, make_versions(sequence, 41), with_aliases=True)
    with django_assert_max_num_queries(50):
        take_step(job.pk)
    work()
    undoing = undo_job(by=bob, job=job)
    take_step(undoing.pk)  # with `latest`, which is no alias that anybody gave
    with django_assert_max_num_queries(50):
        take_step(undoing.pk)
