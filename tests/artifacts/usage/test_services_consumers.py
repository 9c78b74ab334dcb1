"""Who is told of when versions go, and who is on another version than production's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from artifacts.models import Download, RunInput, Version
from artifacts.reads.pages.governed_aliases import read_governed_aliases
from artifacts.services.runs.control import delete_run
from artifacts.services.trash.trash import delete_version
from artifacts.services.usage.consumers import consumers_of, drift_of
from artifacts.services.usage.usage import record_download, use_version
from tests import factories


@pytest.fixture
def memberships(sequence, collection):
    """v0 to v3 of the registry's collection; v2 is production."""
    versions = [factories.make_version(sequence) for _ in range(4)]
    made = [factories.make_membership(collection, version) for version in versions]
    collection.aliases.create(membership=made[2], name="production")
    return made


@pytest.fixture
def use(project, bob):
    def use(membership, n=1):
        for _number in range(n):
            run = factories.make_run(project, bob)
            use_version(
                by=bob, version=membership.version, run=run, project=membership.collection.project
            )
        return run

    return use


def drift_in(collection):
    return drift_of(collection, read_governed_aliases(collection))


def found(collection):
    drift = drift_in(collection)
    versions = [] if drift is None else drift.versions
    return [(each.version.number, each.is_behind, each.runs, each.people) for each in versions]


def long_ago():
    return timezone.now() - timedelta(days=31)


# ------------------------------------------------------------------ drift
def test_others_than_production_most_used_first(memberships, collection, use, alice, bob):
    use(memberships[2], 5)
    use(memberships[0], 2)
    use(memberships[3], 3)
    record_download(by=alice, membership=memberships[0], reference="v0")
    record_download(by=bob, membership=memberships[0], reference="v0")
    record_download(by=bob, membership=memberships[0], reference="old")
    record_download(by=bob, membership=memberships[1])
    assert found(collection) == [
        ("v3", False, 3, 0),
        ("v0", True, 2, 2),
        ("v1", True, 0, 1),
    ]
    drift = drift_in(collection)
    assert (drift.alias, drift.version.number) == ("production", "v2")


def test_what_is_older_than_thirty_days_is_over(memberships, collection, use, bob):
    use(memberships[0])
    record_download(by=bob, membership=memberships[1])
    RunInput.objects.update(created_at=long_ago())
    Download.objects.update(last_at=long_ago())
    assert found(collection) == []


def test_other_collections_and_the_source_are_no_drift(memberships, collection, use, sequence):
    other = factories.make_collection(collection.project, "other")
    use(factories.make_membership(other, memberships[0].version))
    RunInput.objects.update(collection=other)
    use(sequence.memberships.get(index=1))
    assert found(collection) == []


def test_versions_under_another_protected_alias_are_meant_to_be_used(memberships, collection, use):
    collection.project.protected_aliases.create(name="canary")
    collection.aliases.create(membership=memberships[3], name="canary")
    use(memberships[3])
    use(memberships[1])
    assert found(collection) == [("v1", True, 1, 0)]
    collection.aliases.filter(name="production").delete()
    use(memberships[2])
    assert drift_in(collection).alias == "canary"
    assert [number for number, *_ in found(collection)] == ["v2", "v1"]


def test_without_such_an_alias_nothing_is_asked(
    collection, sequence, use, django_assert_num_queries
):
    use(factories.make_membership(collection, factories.make_version(sequence)))
    assert not collection.project.protected_alias_names - {"production"}
    assert not collection.project.pinned_alias_names
    with django_assert_num_queries(1):
        assert drift_in(collection) is None


@pytest.mark.usefixtures("letting_go")
def test_versions_in_the_trash_are_left_out(memberships, collection, use, alice):
    use(memberships[0])
    delete_version(by=alice, version=Version.objects.get(pk=memberships[0].version_id))
    assert found(collection) == []


def test_drift_costs_the_same_for_many(memberships, collection, use, django_assert_num_queries):
    for membership in memberships:
        use(membership)
    collection.project.protected_alias_names  # noqa: B018 - read once
    collection.project.pinned_alias_names  # noqa: B018 - read once
    with django_assert_num_queries(4):
        drift_in(collection)
    for membership in memberships:
        use(membership, 10)
    with django_assert_num_queries(4):
        drift_in(collection)


# ------------------------------------------------------------------ consumers
def test_consumers_of_the_last_days(
    memberships, collection, use, bob, alice, django_assert_num_queries
):
    runs = [use(memberships[0]), use(memberships[1])]
    record_download(by=alice, membership=memberships[0])
    record_download(by=alice, membership=memberships[1])
    record_download(by=bob, membership=memberships[1])
    source = memberships[0].version.memberships.get(collection=memberships[0].version.sequence)
    record_download(by=alice, membership=source)  # it stays where it was logged
    use(source)
    with django_assert_num_queries(6):
        consumers = consumers_of(by=factories.fresh(bob), collection=collection)
    assert (consumers.run_count, consumers.person_count) == (2, 2)
    assert set(consumers.runs) == set(runs)
    assert consumers.people == [alice, bob]
    assert consumers.last_use_at == RunInput.objects.get(run=runs[1]).created_at
    assert consumers.last_download_at == Download.objects.get(user=bob).last_at
    one = consumers_of(by=bob, collection=collection, version_id=memberships[0].version_id)
    assert (one.runs, one.people) == ([runs[0]], [alice])
    RunInput.objects.update(created_at=long_ago())
    Download.objects.update(last_at=long_ago())
    over = consumers_of(by=bob, collection=collection)
    assert (over.run_count, over.person_count, over.runs, over.people) == (0, 0, [], [])
    assert consumers_of(by=bob, collection=collection, days=60).run_count == 2


def test_consumers_that_one_may_not_see_are_counted(memberships, collection, charlie, root, bob):
    secret = factories.make_run(factories.make_project(charlie, "secret"))
    RunInput.objects.create(run=secret, version=memberships[0].version, collection=collection)
    record_download(by=root, membership=memberships[0])
    consumers = consumers_of(by=bob, collection=collection)
    assert (consumers.run_count, consumers.person_count) == (1, 1)
    assert (consumers.runs, consumers.people) == ([], [])


# ------------------------------------------------------------------ runs that were deleted


def test_deleted_runs_are_counted_apart_and_are_no_drift(memberships, collection, use, bob):
    use(memberships[0])
    delete_run(by=bob, run=use(memberships[0]))
    consumers = consumers_of(by=bob, collection=collection, version_id=memberships[0].version_id)
    assert (consumers.run_count, consumers.deleted_run_count, consumers.more_runs) == (1, 1, 0)
    assert found(collection) == [("v0", True, 1, 0)]
