"""Rows that PostgreSQL writes in one statement are as Django saves them one after the other."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from artifacts.models import Manifest, Membership, Run
from registry_site.accounts.models import Event, Kind, Verb
from registry_site.accounts.services.events import describe_event
from registry_site.queries.together import write_together
from tests import factories
from tests.helpers.queries import cost_of

pytestmark = pytest.mark.on_postgres

LATER = datetime(2040, 1, 1, tzinfo=UTC)


class RolledBack(Exception):
    pass


@pytest.fixture
def rows(collection, sequence, bob):
    return collection, factories.make_version(sequence), factories.make_run(sequence.project, bob)


def new_rows(by, collection, version):
    """One of each kind: times of its own, texts, JSON that is null, empty, a list and an object."""
    after = {"source": "a 'b' %s \\", "numbers": [1, 2.5, None, True]}
    return [
        Membership(collection=collection, version=version, index=3, dropped_aliases=["é"]),
        Manifest(version=version, digest="d"),
        describe_event(
            by=by, verb=Verb.LINK, kind=Kind.VERSION, subject="%s", after=after, note="\n"
        ),
        describe_event(by=None, verb=Verb.LINK, kind=Kind.VERSION, subject="x", before=[]),
    ]


def written(write, by, collection, version, run):
    """What stands in the tables after these writes, but for times; nothing stays."""
    try:
        with transaction.atomic():
            new = new_rows(by, collection, version)
            version.state, version.metadata, version.committed_at = "PENDING", {"%": [None]}, None
            version.manifest = None
            run.summary, run.state = {"é": 1}, "finished"
            before = version.updated_at
            write(
                new=new,
                changed=[
                    (version, ["state", "metadata", "committed_at", "manifest", "updated_at"]),
                    (run, ["summary", "state"]),
                ],
            )
            assert version.updated_at > before
            assert not any(row._state.adding or row._state.db != "default" for row in new)
            stored = [type(row).objects.get(pk=row.pk) for row in [*new, version, run]]
            for row, read in zip([*new, version, run], stored, strict=True):
                assert values(row) == values(read)
            tables = [values(row, without={"id"}) for row in stored]
            raise RolledBack
    except RolledBack:
        return tables


def values(row, without=()):
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.attname not in {"created_at", "updated_at", "at", *without}
    }


def one_by_one(*, new, changed):
    for row in new:
        row.save(force_insert=True)
    for row, names in changed:
        row.save(update_fields=names)


def test_rows_are_as_django_saves_them(bob, rows):
    assert written(write_together, bob, *rows) == written(one_by_one, bob, *rows)


def test_times_are_those_of_the_rows(collection, version, bob):
    membership = Membership(collection=collection, version=version, index=0)
    write_together(new=[membership])
    assert Membership.objects.get(pk=membership.pk).created_at == membership.created_at


@pytest.mark.skipif(connection.vendor != "postgresql", reason="elsewhere there is one for each")
def test_it_is_one_statement(rows, bob):
    collection, version, run = rows
    events = iter(range(10))

    def write():
        new = [
            describe_event(by=bob, verb=Verb.LINK, kind=Kind.VERSION, subject=f"{next(events)}")
            for _ in range(2)
        ]
        write_together(new=new, changed=[(run, ["state"]), (version, ["state", "updated_at"])])

    assert len(cost_of(write).statements) == 1
    assert Event.objects.filter(verb=Verb.LINK).count() == 4


def test_only_changes(rows):
    _collection, _version, run = rows
    run.notes = "changed"
    write_together(changed=[(run, ["notes"])])
    assert Run.objects.get(pk=run.pk).notes == "changed"
