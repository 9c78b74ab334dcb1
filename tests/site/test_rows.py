"""The rows that tests begin with are those that Django would write."""

import pytest

from artifacts.models import Project, Run
from tests import factories
from tests.helpers.rows import find, insert

TIMES = {"created_at", "updated_at", "heartbeat_at"}


def columns_of(run):
    fields = [each.attname for each in Run._meta.concrete_fields]
    return {each: getattr(run, each) for each in fields if each not in TIMES | {"id", "name"}}


@pytest.mark.parametrize("key", [{}, {"pk": 4711}])
def test_a_row_is_as_django_writes_it(project, alice, key):
    fields = {"project": project, "user": alice, "display_name": "é", "config": {"lr": [0.1, None]}}
    ours = insert(Run, name="ours", **fields, **key)
    theirs = Run.objects.create(name="theirs", **fields)
    assert ours.pk == key.get("pk", ours.pk)
    assert columns_of(ours) == columns_of(theirs)
    assert columns_of(Run.objects.get(name="ours")) == columns_of(Run.objects.get(name="theirs"))
    assert all(
        abs(getattr(ours, each.attname) - getattr(theirs, each.attname)).total_seconds() < 60
        for each in Run._meta.concrete_fields
        if each.attname in TIMES and getattr(theirs, each.attname)
    )
    ours.display_name = "saved"
    ours.save(update_fields=["display_name"])
    assert Run.objects.get(pk=ours.pk).display_name == "saved"


def test_a_row_is_found_by_its_columns(project, alice):
    other = factories.make_project(alice, "other")
    assert find(Project, name="other", entity_id=other.entity_id) == other
    assert find(Project, name="iris") == project
    assert find(Project, name="absent") is None


def test_numbers_are_those_that_operations_give(sequence, collection):
    versions = [factories.make_version(sequence, files={}) for _number in range(2)]
    linked = factories.make_membership(collection, versions[1], aliases=["best"])
    assert [version.version_index for version in versions] == [0, 1]
    assert linked.index == 0
    assert [alias.name for alias in linked.aliases.all()] == ["best"]
    for row, counted in ((sequence, 2), (collection, 1)):
        assert (row.next_index, row.version_count) == (counted, counted)
        row.refresh_from_db()
        assert (row.next_index, row.version_count) == (counted, counted)
