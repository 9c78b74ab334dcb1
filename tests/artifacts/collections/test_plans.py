"""PostgreSQL reads the first page of a long list in the order of an index.

After a few runs it keeps one plan for all values of a prepared statement, which is made without
looking at them: an index that it likes for a collection of average length may read and sort all
of a long one.
"""

import re
from itertools import count

import pytest
from django.db import connection
from psycopg import ClientCursor

from artifacts.models import Collection, Membership, Version
from artifacts.reads import version_names
from artifacts.reads.pages import newest_versions, version_rows
from registries.services import home
from registries.services.history import activity
from registries.services.history.rights import readable_places
from registry_site.accounts.models import Event
from registry_site.accounts.sight import sight_of
from tests.factories import fresh

pytestmark = [
    pytest.mark.on_postgres,
    pytest.mark.slow,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own plans"),
]
LONG, SHORT = 2_000, 400  # versions of one collection, and other collections with one each
MOST_READ = 600  # rows; a person's 500 newest links are looked at
READS = {
    "the table of versions": (version_rows._first_rows_for_table, lambda big, _by: [big.pk]),
    "the SDK's list": (version_names._newest_page, lambda big, _by: [big.pk]),
    "the SDK's next page": (version_names._next_page, lambda big, _by: [big.pk, 1_500]),
    "home": (newest_versions._last_changed_versions, lambda _big, by: [sight_of(by)]),
    "news": (activity._few_news, lambda _big, by: [readable_places(by), 0]),
    "the last links": (home._projects_of_last_links, lambda _big, by: [by.pk]),
}


@pytest.fixture
def big(sequence, alice):
    """A collection that is much longer than the others."""
    place = {"project": sequence.project, "artifact_type": sequence.artifact_type}
    others = Collection.objects.bulk_create(
        Collection(name=f"short-{number}", kind="sequence", **place) for number in range(SHORT)
    )
    lengths = {sequence: LONG, **dict.fromkeys(others, 1)}
    versions = Version.objects.bulk_create(
        Version(sequence=collection, version_index=index, state="COMMITTED", digest="d")
        for collection, length in lengths.items()
        for index in range(length)
    )
    Membership.objects.bulk_create(
        Membership(
            collection=each.sequence, version=each, index=each.version_index, created_by=alice
        )
        for each in versions
    )
    Event.objects.bulk_create(
        Event(verb="link", kind="collection", topic="links", subject="a", project_id=project)
        for project in [sequence.project_id] * LONG + list(range(10**6, 10**6 + SHORT))
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return sequence


@pytest.mark.parametrize("name", READS)
def test_no_step_reads_the_whole_list(big, alice, name):
    read, values_of = READS[name]
    values = values_of(big, fresh(alice))
    plan = general_plan(lambda: read(*values))
    rows = [(each["Node Type"], each["Actual Rows"] * each["Actual Loops"]) for each in plan]
    assert rows
    assert max(count for _step, count in rows) <= MOST_READ, rows


def general_plan(read):
    """Return the steps of the plan that PostgreSQL makes for any values of what `read` sends."""
    sent = []

    def watch(execute, sql, params, many, context):
        sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        read()
    ((sql, params),) = sent
    numbers = count(1)
    numbered = re.sub("%s", lambda _mark: f"${next(numbers)}", sql).replace("%%", "%")
    with connection.cursor() as cursor:
        raw = ClientCursor(cursor.connection)
        raw.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        raw.execute(f"PREPARE looked_at AS {numbered}")
        marks = ", ".join(["%s"] * len(params))
        raw.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE looked_at ({marks})", params)
        ((plan,),) = raw.fetchone()
        raw.execute("DEALLOCATE looked_at")
    return list(steps_below(plan["Plan"]))


def steps_below(step):
    yield step
    for each in step.get("Plans", ()):
        yield from steps_below(each)
