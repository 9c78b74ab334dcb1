"""PostgreSQL links in one statement, and does what the plain way does. SQLite has only that."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from artifacts.models import Alias, Collection, Membership, Version
from artifacts.services.collections import links
from artifacts.services.collections.links import link_version
from registry_site.accounts.models import Event
from registry_site.errors import DomainError
from tests import factories

pytestmark = pytest.mark.on_postgres

on_postgres_only = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="the statement is PostgreSQL's"
)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TABLES = {
    Version: ["pk", "ttl_seconds", "state"],
    Collection: [
        "name", "kind", "project", "artifact_type__name", "next_index", "version_count",
        "created_by", "updated_by", "deleted_at",
    ],
    Membership: [
        "collection__name", "version", "index", "created_by", "hidden_at", "dropped_aliases",
        "hidden_with_collection",
    ],
    Alias: ["collection__name", "membership__version", "name", "event__verb"],
    Event: [
        "actor", "actor_name", "verb", "topic", "kind", "subject", "project_id", "before", "after",
        "note",
    ],
}  # fmt: skip


class RolledBack(Exception):
    pass


# what is different from the usual: a version that was never linked, an empty collection
USUAL = {
    "usual": lambda **rows: None,
    "kept for ever": lambda version, **_rows: set_ttl(version, 0),
    "kept for a minute": lambda version, **_rows: set_ttl(version, 60),
    "others are linked": lambda collection, other, **_rows: factories.make_membership(
        collection, other, aliases=["best"]
    ),
    "a pattern is protected": lambda project, **_rows: project.protected_aliases.create(name="p*"),
}
UNUSUAL = {
    "linked already": lambda collection, version, **_rows: factories.make_membership(
        collection, version
    ),
    "no collection": lambda collection, **_rows: Collection.objects.filter(
        pk=collection.pk
    ).delete(),
    "deleted collection": lambda collection, **_rows: Collection.objects.filter(
        pk=collection.pk
    ).update(deleted_at=LONG_AGO),
    "sequence": lambda collection, **_rows: Collection.objects.filter(pk=collection.pk).update(
        kind="sequence"
    ),
    "other type": lambda collection, **_rows: Collection.objects.filter(pk=collection.pk).update(
        artifact_type=factories.make_collection(collection.project, "x", "dataset").artifact_type
    ),
    "version deleted meanwhile": lambda version, **_rows: Version.objects.filter(
        pk=version.pk
    ).update(state="DELETED", deleted_at=LONG_AGO),
    "project renamed meanwhile": lambda project, **_rows: (
        type(project).objects.filter(pk=project.pk).update(name="wandb-registry-other")
    ),
}


def set_ttl(version, seconds):
    Version.objects.filter(pk=version.pk).update(ttl_seconds=seconds)


@pytest.fixture
def rows(version, sequence, registry):
    project = registry.project
    collection = factories.make_collection(project, "shelf", version.sequence.artifact_type.name)
    other = factories.make_version(sequence)
    return {"version": version, "project": project, "collection": collection, "other": other}


def outcome(by, rows, aliases, prepare):
    """What linking returns or refuses, and what then stands in the tables; nothing stays."""
    answer = None
    try:
        with transaction.atomic():
            prepare(**rows)
            try:
                with transaction.atomic():
                    linking = link_version(
                        by=by,
                        version=rows["version"],
                        project=rows["project"],
                        collection_name="shelf",
                        aliases=aliases,
                        note="why",
                    )
                place = linking.membership
                changes = [(each.name, each.before, each.after) for each in linking.aliases]
                answer = place.full_name, place.created_by, linking.is_new, changes
                assert place.version == rows["version"]
                assert place.collection.next_index == place.index + 1 or not linking.is_new
            except DomainError as refusal:
                answer = type(refusal), str(refusal)
            tables = {
                model: sorted(model._base_manager.values_list(*fields), key=repr)
                for model, fields in TABLES.items()
            }
            raise RolledBack
    except RolledBack:
        return answer, tables


@pytest.mark.parametrize("aliases", [[], ["best", "new"]], ids=["plain", "with aliases"])
@pytest.mark.parametrize("case", [*USUAL, *UNUSUAL])
def test_one_statement_does_what_the_plain_way_does(bob, rows, case, aliases, monkeypatch):
    prepare = (USUAL | UNUSUAL)[case]
    at_once = outcome(bob, rows, aliases, prepare)
    monkeypatch.setattr(links, "link_at_once", lambda **_values: None)
    assert at_once == outcome(bob, rows, aliases, prepare)


@on_postgres_only
@pytest.mark.parametrize("case", USUAL)
def test_the_usual_link_is_one_statement(bob, rows, case, monkeypatch):
    monkeypatch.setattr(links, "lock_live_version", None)  # which the plain way would call
    answer, _tables = outcome(bob, rows, ["best"], USUAL[case])
    assert answer[0].startswith("acme/wandb-registry-model/shelf:v")
