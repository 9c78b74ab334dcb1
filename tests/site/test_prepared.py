"""Prepared reads answer what the queryset would, in each thread, in few words to the database."""

import threading

import pytest
from django.db import connection, connections, transaction

from registry_site.accounts.models import TeamMember, User
from registry_site.queries.prepared import prepared

built = []


@prepared
def _people(team, role):
    built.append(team)
    members = TeamMember.objects.filter(team=team, role=role, user__is_active=True)
    return members.select_related("user__entity").order_by("-pk")


@prepared
def _names(start, limit):
    return User.objects.filter(username__gt=start, pk__lt=limit).values_list("username", flat=True)


@prepared
def _locked(pk):
    return User.objects.select_for_update().filter(pk=pk)[:1]


def test_rows_and_what_is_joined_to_them(vision, alice, django_assert_num_queries):
    built.clear()  # other tests build every prepared read, this one among them
    for role, name in {"admin": "alice", "member": "bob", "viewer": "victor"}.items():
        with django_assert_num_queries(1):
            (member,) = _people(vision.pk, role)
            assert member.user.entity.name == name
    assert _people(0, "admin") == _people(vision.pk, "none") == []
    assert len(built) <= 1


def test_rows_are_made_anew(vision, alice):
    (one,), (other,) = _people(vision.pk, "admin"), _people(vision.pk, "admin")
    assert one is not other
    assert one == other


def test_values_and_their_order_among_the_parameters(cast):
    assert sorted(_names("bob", 10**9)) == ["charlie", "root", "victor"]
    assert _names("bob", 0) == []


def test_values_that_look_like_sql(vision):
    assert _people(vision.pk, "admin' OR '1'='1") == []


def test_a_row_can_be_locked(alice):
    with transaction.atomic():
        assert _locked(alice.pk) == [alice]


@pytest.mark.django_db(transaction=True)
def test_threads_share_the_sql_and_each_has_its_own_connection(vision, alice):
    _people(vision.pk, "admin")
    built.clear()
    used = []

    def read():
        try:
            used.append((len(_people(vision.pk, "admin")), connection.connection))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [count for count, _connection in used] == [1] * 4
    assert built == []
