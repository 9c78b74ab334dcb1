"""Who comes by a former path is written down once a day, and nothing waits or fails for it."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from artifacts.models import FormerPathUse
from artifacts.services.paths import former_uses
from artifacts.services.paths.former_uses import former_uses_of, record_former_use
from artifacts.services.projects import rename_project
from registry_site.errors import NotFound
from tests import factories


@pytest.fixture
def renamed(alice, project):
    """`vision/iris` is `vision/flowers` now."""
    return rename_project(by=alice, project=project, name="flowers")


def uses():
    return list(FormerPathUse.objects.order_by("pk").values_list("path", "user__username"))


def came(project, user, days, name="iris", path="vision/iris"):
    at = timezone.now() - timedelta(days=days)
    FormerPathUse.objects.create(
        project=project, project_name=name, path=path, user=user, day=at.date(), at=at
    )


def test_once_a_day_for_each_person_and_path(alice, bob, renamed):
    for _ in range(3):
        record_former_use(by=bob, project=renamed, project_name="iris")
        former_uses._noted.clear()  # another process
    record_former_use(by=bob, project=renamed, project_name="iris", collection_name="model")
    record_former_use(by=alice, project=renamed, project_name="iris")
    assert uses() == [
        ("vision/iris", "bob"),
        ("vision/iris/model", "bob"),
        ("vision/iris", "alice"),
    ]
    FormerPathUse.objects.update(day=timezone.now().date() - timedelta(days=1))
    former_uses._noted.clear()
    record_former_use(by=bob, project=renamed, project_name="iris")
    assert len(uses()) == 4


def test_a_process_asks_the_database_once(bob, renamed, django_assert_num_queries):
    bob = factories.fresh(bob)
    record_former_use(by=bob, project=renamed, project_name="iris")
    with django_assert_num_queries(0):
        record_former_use(by=bob, project=renamed, project_name="iris")


def test_it_never_fails_who_comes(bob, renamed, monkeypatch):
    def locked(*_args, **_options):
        raise OperationalError("database is locked")

    monkeypatch.setattr(FormerPathUse.objects, "bulk_create", locked)
    record_former_use(by=bob, project=renamed, project_name="iris")
    monkeypatch.undo()
    record_former_use(by=bob, project=renamed, project_name="iris")
    assert uses() == [("vision/iris", "bob")]


def test_strangers_leave_no_trace(charlie, renamed):
    with pytest.raises(NotFound):
        record_former_use(by=charlie, project=renamed, project_name="iris")
    with pytest.raises(NotFound):
        former_uses_of(by=charlie, project=renamed, names=["iris"])
    assert uses() == []


def test_people_of_thirty_and_ninety_days(alice, bob, victor, renamed):
    came(renamed, alice, 1)
    came(renamed, alice, 2, path="vision/iris/model")
    came(renamed, bob, 40)
    came(renamed, victor, 100)
    came(renamed, bob, 3, name="older", path="vision/older")
    found = former_uses_of(by=alice, project=renamed, names=["iris", "older", "never"])
    iris = found["iris"]
    assert (iris.people_30, iris.people_90, iris.people) == (1, 2, ["alice", "bob", "victor"])
    assert timezone.now() - iris.last_at < timedelta(days=2)
    assert (found["older"].people_30, found["never"].last_at) == (1, None)


def test_people_one_may_not_know_are_counted_only(alice, bob, charlie, renamed):
    came(renamed, charlie, 1)
    found = former_uses_of(by=factories.fresh(bob), project=renamed, names=["iris"])["iris"]
    assert (found.people_30, found.people) == (1, [])


def test_the_number_of_queries_stays(alice, renamed, django_assert_num_queries):
    alice = factories.fresh(alice)
    for number in range(20):
        user = factories.make_user(f"person{number}")
        came(renamed, user, number, name=f"name{number}", path=f"vision/name{number}")
    names = [f"name{number}" for number in range(20)]
    with django_assert_num_queries(3):
        former_uses_of(by=alice, project=renamed, names=names)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_row(bob, renamed):
    failures = []

    def come():
        try:
            former_uses._noted.clear()
            record_former_use(by=bob, project=renamed, project_name="iris")
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(uses()) <= 1
