import pytest
from django.db import OperationalError
from django.utils import timezone

from artifacts.models import (
    Alias,
    Download,
    Job,
    Membership,
    Run,
    RunInput,
    RunOutput,
    Version,
)
from artifacts.services import locks
from artifacts.services.collections.links import link_version
from artifacts.services.deletion import job_kinds as kinds
from artifacts.services.deletion.consequences import consequences_of, rehearse
from artifacts.services.deletion.job_kinds import (
    COLLECTIONS,
    KEPT,
    RUNS,
    VERSIONS,
    delete_one_version,
)
from artifacts.services.jobs.jobs import undo_job
from artifacts.services.trash import trash
from registry_site.accounts.models import Event
from tests import factories
from tests.artifacts.deletion.test_services_deletion import delete, deletions, make_versions, things
from tests.factories import fresh
from tests.helpers.jobs import work

pytestmark = pytest.mark.django_db


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
