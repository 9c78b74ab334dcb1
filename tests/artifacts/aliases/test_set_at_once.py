"""PostgreSQL sets aliases in one statement, as the plain way does. SQLite has only that."""

import threading
from datetime import UTC, datetime
from functools import partial

import pytest
from django.db import connection, transaction

from artifacts.models import Alias, Collection, Membership
from artifacts.services.aliases import aliases
from artifacts.services.aliases.aliases import add_aliases, set_aliases
from artifacts.services.locks import hold_collection
from registry_site.accounts.models import Event, Verb
from registry_site.errors import DomainError, NotFound
from tests import factories

pytestmark = pytest.mark.on_postgres

on_postgres_only = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="the statement is PostgreSQL's"
)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TABLES = {
    Alias: ["membership", "name", "event__verb", "event__subject"],
    Event: [
        "actor", "actor_name", "verb", "topic", "kind", "subject", "subject_id", "project_id",
        "before", "after", "note",
    ],
}  # fmt: skip
NAMES = ["second", "best", "first"]
USUAL = {
    "nobody has them": lambda **_rows: None,
    "another has them": lambda other, **_rows: give(other, *NAMES),
    "each has one": lambda other, mine, **_rows: [give(other, "best"), give(mine, "second")],
    "it has them": lambda mine, **_rows: give(mine, *NAMES),
    "another collection has them": lambda elsewhere, **_rows: give(elsewhere, *NAMES),
    "path of 600 characters": lambda mine, **_rows: setattr(
        mine.collection.project, "name", "n" * 600
    ),
}
UNUSUAL = {
    "deleted collection": lambda mine, **_rows: Collection.objects.filter(
        pk=mine.collection_id
    ).update(deleted_at=LONG_AGO),
    "hidden": lambda mine, **_rows: Membership.objects.filter(pk=mine.pk).update(
        hidden_at=LONG_AGO
    ),
    "unlinked": lambda mine, **_rows: Membership.objects.filter(pk=mine.pk).delete(),
}


class RolledBack(Exception):
    pass


def give(membership, *names):
    for name in names:
        Alias.objects.create(collection=membership.collection, membership=membership, name=name)
    Alias.objects.update(created_at=LONG_AGO)


@pytest.fixture
def rows(collection, sequence, version):
    return {
        "mine": factories.make_membership(collection, version),
        "other": factories.make_membership(collection, factories.make_version(sequence)),
        "elsewhere": version.memberships.get(collection=sequence),
    }


def outcome(rows, prepare, act):
    """What is returned or refused, and what then stands in the tables; nothing stays."""
    try:
        with transaction.atomic():
            prepare(**rows)
            try:
                with transaction.atomic():
                    changes = act(membership=rows["mine"], names=NAMES, note="why")
                subjects = Event.objects.in_bulk([each.event_id for each in changes])
                answer = [
                    (each.name, each.before, each.after, subjects[each.event_id].subject)
                    for each in changes
                ]
            except DomainError as refusal:
                answer = type(refusal), str(refusal)
            tables = {
                model: sorted(model.objects.values_list(*columns), key=repr)
                for model, columns in TABLES.items()
            }
            old = set(Alias.objects.filter(created_at=LONG_AGO).values_list("membership", "name"))
            raise RolledBack
    except RolledBack:
        rows["mine"].collection.project.refresh_from_db(fields=["name"])
        return answer, tables, old


OPERATIONS = {
    "added": lambda by: partial(add_aliases, by=by),
    "set": lambda by: partial(set_aliases, by=by),
    "set by nobody": lambda by: partial(set_aliases, by=None),
    "rolled back": lambda by: partial(set_aliases, by=by, verb=Verb.ROLL_BACK_ALIAS),
}


@on_postgres_only
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("case", USUAL)
def test_one_statement_does_what_the_plain_way_does(bob, rows, case, operation, monkeypatch):
    prepare, act = USUAL[case], OPERATIONS[operation](bob)
    at_once = outcome(rows, prepare, act)
    monkeypatch.setattr(aliases, "set_at_once", lambda **_values: None)
    assert at_once == outcome(rows, prepare, act)


@on_postgres_only
@pytest.mark.parametrize("case", USUAL)
def test_the_usual_change_is_one_statement(bob, rows, case, monkeypatch):
    monkeypatch.setattr(aliases, "hold_collection", None)  # which the plain way would call
    answer, _tables, _old = outcome(rows, USUAL[case], OPERATIONS["added"](bob))
    assert [name for name, *_rest in answer] in ([*NAMES], ["best", "first"], [])


@pytest.mark.parametrize("case", UNUSUAL)
def test_what_is_gone_gets_no_alias(bob, rows, case):
    (kind, _sentence), tables, _old = outcome(rows, UNUSUAL[case], OPERATIONS["added"](bob))
    assert (kind, tables[Alias]) == (NotFound, [])
    assert not [event for event in tables[Event] if "aliases" in event]


@on_postgres_only
@pytest.mark.django_db(transaction=True)
def test_an_alias_moved_while_the_statement_waits(bob, rows):
    """The statement sees it where it was, and leaves it to the plain way, which sees it now."""
    give(rows["other"], "best")
    moved, waiting = [], []

    def move():
        try:
            moved.extend(add_aliases(by=bob, membership=rows["mine"], names=["best", "new"]))
        finally:
            connection.close()

    late = factories.make_membership(
        rows["mine"].collection, factories.make_version(rows["elsewhere"].collection)
    )
    thread = threading.Thread(target=move)
    with transaction.atomic():
        hold_collection(rows["mine"].collection_id)
        thread.start()
        while not waiting:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pid FROM pg_locks WHERE NOT granted")
                waiting = cursor.fetchall()
        set_aliases(by=bob, membership=late, names=["best"])
    thread.join(timeout=60)
    changes = [(each.name, each.before, each.after) for each in moved]
    assert changes == [
        ("best", late.number, rows["mine"].number),
        ("new", None, rows["mine"].number),
    ]
    assert set(Alias.objects.values_list("name", "membership")) == {
        ("best", rows["mine"].pk),
        ("new", rows["mine"].pk),
    }
