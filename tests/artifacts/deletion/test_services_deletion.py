"""What a deletion takes along is told before it happens, and happens once for each thing."""

import pytest
from django.db import OperationalError
from django.utils import timezone

from artifacts.models import (
    Alias,
    Collection,
    Download,
    Job,
    Membership,
    Run,
    RunInput,
    RunOutput,
    Version,
)
from artifacts.reads.deletable_versions import old_versions, versions_of, without
from artifacts.services import locks
from artifacts.services.collections.links import link_version
from artifacts.services.deletion import bulk_versions as together
from artifacts.services.deletion import job_kinds as kinds
from artifacts.services.deletion.consequences import consequences_of, rehearse
from artifacts.services.deletion.job_kinds import (
    COLLECTIONS,
    KEPT,
    RUNS,
    VERSIONS,
    delete_one_version,
)
from artifacts.services.jobs.jobs import create_job, settle, undo_job
from artifacts.services.jobs.steps import take_step
from artifacts.services.trash import trash
from artifacts.services.trash.restoration import restore_version
from artifacts.services.trash.trash import delete_version
from registry_site.accounts.models import Event
from registry_site.accounts.services.members import remove_team_member
from registry_site.errors import Conflict, Denied, NotFound
from tests import factories
from tests.factories import fresh
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


# ------------------------------------------------------------------ told before


def test_what_goes_and_what_stays(alice, bob, project, sequence, collection, registry):
    shared = {"same.txt": b"12345"}
    first = factories.make_version(sequence, files={"a.txt": b"123", **shared})
    second = factories.make_version(sequence, files={"b.txt": b"1234", **shared})
    factories.make_version(sequence, files=shared)
    link = factories.make_membership(collection, first)
    Alias.objects.create(collection=collection, membership=link, name="staging")
    run = factories.make_run(project, bob)
    RunInput.objects.create(run=run, version=first, project=project, collection=sequence)
    RunInput.objects.create(run=run, version=second, project=project, collection=sequence)
    now = timezone.now()
    Download.objects.create(
        user=alice, version=first, collection=sequence, first_at=now, last_at=now
    )
    chosen = Version.objects.filter(pk__in=[first.pk, second.pk])
    goes = consequences_of(by=bob, versions=chosen)
    assert (goes.versions, goes.runs, goes.people) == (2, 1, 1)
    assert (goes.freed, goes.shared, goes.is_partial) == (7, 5, False)
    assert goes.links.names == ["acme/wandb-registry-model/iris-classifier:v0"]
    assert goes.aliases.names == ["iris-classifier:staging"]


def test_names_of_hidden_places_are_only_counted(bob, project, sequence, acme):
    vault = factories.make_registry_project(acme, "vault", access="restricted")
    version = factories.make_version(sequence)
    link = factories.make_membership(factories.make_collection(vault, "secret"), version)
    Alias.objects.create(collection=link.collection, membership=link, name="hidden")
    goes = consequences_of(by=bob, versions=Version.objects.all())
    assert (goes.links.count, goes.links.names, goes.links.more) == (1, [], 1)
    assert (goes.aliases.count, goes.aliases.names) == (1, [])


def test_more_than_one_cares_to_count_is_at_least(bob, sequence, monkeypatch):
    monkeypatch.setattr("artifacts.services.deletion.consequences.MOST_FILES", 2)
    for number in range(3):
        factories.make_version(sequence, files={"a": b"x" * (number + 1)})
    goes = consequences_of(by=bob, versions=Version.objects.all())
    assert (goes.versions, goes.freed, goes.is_partial) == (3, 3, True)


def test_a_rehearsal_leaves_no_trace(alice, bob, project, sequence, registry, collection):
    plain, linked = make_versions(sequence, 2)
    link_version(
        by=alice,
        version=linked,
        project=registry.project,
        collection_name="iris-classifier",
        aliases=["production"],
    )
    events = Event.objects.count()
    job = Job(kind=VERSIONS, project=project, arguments={"with_aliases": True})
    [refusal], seen = rehearse(
        by=fresh(bob), act=delete_one_version, job=job, things=things([plain, linked])
    )
    assert (refusal.name, seen) == ("iris-model:v1", 2)
    assert Version.objects.committed().count() == 2
    assert Membership.objects.live().count() == 3
    assert Event.objects.count() == events


def test_a_rehearsal_keeps_nothing_locked_and_outlives_a_deadlock(bob, project, sequence):
    """Each thing is tried in a transaction of its own; a page tells what was seen until then."""
    versions = make_versions(sequence, 4)
    left = []

    def act(by, job, pk):
        left.append(deletions())
        if pk == versions[2].pk:
            raise OperationalError("deadlock detected")
        delete_one_version(by, job, pk)

    job = Job(kind=VERSIONS, project=project, arguments={})
    assert rehearse(by=fresh(bob), act=act, job=job, things=things(versions)) == ([], 2)
    assert left == [0, 0, 0]


def test_a_large_collection_is_rehearsed_by_what_is_doubtful(
    alice, bob, project, sequence, registry, monkeypatch
):
    monkeypatch.setattr(kinds, "REHEARSED", 1)
    linked = make_versions(sequence, 3)[1]
    link_version(
        by=alice, version=linked, project=registry.project, collection_name="iris-classifier"
    )
    job = Job(kind=COLLECTIONS, project=project)
    named = [(sequence.pk, "iris-model")]
    [refusal], _seen = rehearse(by=bob, act=kinds.rehearse_collection, job=job, things=named)
    assert "iris-model:v1" in refusal.sentence
    assert Version.objects.committed().count() == 3


@pytest.mark.parametrize("count", [1, 2])  # by itself, or with others
def test_an_alias_given_as_the_deletion_comes_saves(bob, project, sequence, monkeypatch, count):
    """It looks for aliases once it holds the collection, not before."""
    rows = make_versions(sequence, 3)[:count]
    lock = locks.lock_collections

    def give_first(pks):
        held = lock(pks)
        membership = rows[0].memberships.get()
        Alias.objects.get_or_create(collection=sequence, membership=membership, name="best")
        return held

    for module in (locks, trash):
        monkeypatch.setattr(module, "lock_collections", give_first)
    job = delete(bob, project, rows, keep=list(KEPT), with_aliases=True)
    work()
    job.refresh_from_db()
    assert (job.done, job.refused) == (count, 1)
    rows[0].refresh_from_db()
    assert rows[0].is_committed


def test_a_large_run_is_rehearsed_by_what_is_doubtful(
    alice, bob, project, sequence, registry, monkeypatch
):
    monkeypatch.setattr(kinds, "REHEARSED", 1)
    tried = []
    monkeypatch.setattr(kinds, "delete_one_run", lambda by, job, thing: tried.append(thing))
    small, large = factories.make_run(project, bob), factories.make_run(project, bob)
    versions = make_versions(sequence, 3)
    for version in versions:
        RunOutput.objects.create(run=large, version=version)
    link_version(
        by=alice, version=versions[1], project=registry.project, collection_name="iris-classifier"
    )
    job = Job(kind=RUNS, project=project, arguments={"with_artifacts": True})
    named = things([small, large])
    [refusal], _seen = rehearse(by=bob, act=kinds.rehearse_run, job=job, things=named)
    assert "iris-model:v1" in refusal.sentence
    assert tried == [small.pk]
    assert Run.objects.count() == 2


def test_a_large_portfolio_is_rehearsed_by_its_rules(alice, bob, sequence, registry, monkeypatch):
    monkeypatch.setattr(kinds, "REHEARSED", 0)
    version = factories.make_version(sequence)
    membership = link_version(
        by=alice,
        version=version,
        project=registry.project,
        collection_name="iris-classifier",
        aliases=["production"],
    ).membership
    job = Job(kind=COLLECTIONS, project=registry.project)
    named = [(membership.collection_id, "iris-classifier")]
    refusals, _seen = rehearse(by=fresh(bob), act=kinds.rehearse_collection, job=job, things=named)
    assert [refusal.name for refusal in refusals] == ["iris-classifier"]


def test_one_large_thing_is_left_to_a_worker(bob, project, sequence, monkeypatch):
    monkeypatch.setattr("artifacts.services.jobs.jobs.MOST_ROWS", 2)
    run, versions = factories.make_run(project, bob), make_versions(sequence, 3)
    for version in versions:
        RunOutput.objects.create(run=run, version=version)
    assert delete(bob, project, [run], RUNS).state == "done"  # without its artifacts
    other = factories.make_run(project, bob)
    RunOutput.objects.bulk_create([RunOutput(run=other, version=each) for each in versions])
    large = delete(bob, project, [other], RUNS, with_artifacts=True)
    whole = delete(bob, project, [sequence], COLLECTIONS)
    assert (large.state, whole.state) == ("waiting", "waiting")
    work()
    assert not Run.objects.exists()
    assert undo_job(by=bob, job=Job.objects.get(pk=large.pk)).state == "waiting"


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
