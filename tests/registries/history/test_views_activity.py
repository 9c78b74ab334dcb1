"""What happened lately: on the home page, and on a page of its own."""

from datetime import timedelta

import pytest
from django.db import connection

from artifacts.services.aliases.aliases import add_aliases
from artifacts.services.collections.links import link_version
from artifacts.services.trash.trash import delete_version
from registries.services.history import activity
from registries.services.history.activity import newest_lines, newest_news, news_for
from registry_site.accounts.models import Event, Kind, Verb
from registry_site.accounts.services.events import record_event, topic_of
from tests import factories
from tests.factories import fresh

pytestmark = pytest.mark.django_db


def sentences(client, user, address="/-/activity"):
    client.force_login(user)
    page = client.get(address).context["page"]
    entries = page.activity if address == "/" else page.entries
    return [entry.sentence.text for entry in entries]


def deletions(sequence, by, count, **more):
    for number in range(count):
        record_event(
            by=by,
            verb="delete",
            kind="version",
            subject=f"{sequence.target_path}:v{number}",
            subject_id=sequence.versions.get().pk,
            project_id=sequence.project_id,
            **more,
        )


@pytest.mark.slow
def test_who_moved_staging(client, bob, victor, charlie, collection, sequence, version):
    newer = factories.make_version(sequence)
    for each in (version, newer):
        place = link_version(
            by=bob, version=each, project=collection.project, collection_name=collection.name
        )[0]
        add_aliases(by=bob, membership=place, names=["staging"])
    expected = "bob moved staging from v0 to v1"
    assert sentences(client, victor)[0] == expected
    assert sentences(client, victor, "/")[0] == expected
    text = client.get("/").content.decode()
    assert 'href="/-/activity"' in text
    assert "model/iris-classifier" in text
    assert not {expected} & set(sentences(client, charlie))


def test_what_scripts_do_all_day_is_no_news(client, bob, version):
    record_event(
        by=bob,
        verb="create",
        kind="version",
        subject="vision/iris/iris-model:v0",
        subject_id=version.pk,
        project_id=version.sequence.project_id,
    )
    assert "bob logged iris-model:v0" not in sentences(client, bob)
    assert sentences(client, bob, "/-/activity?topic=work") == ["bob logged iris-model:v0"]


@pytest.mark.slow
def test_two_hundred_deletions_are_one_line(client, bob, alice, sequence, version):
    deletions(sequence, bob, 200)
    found = sentences(client, alice, "/")
    assert found[0] == "bob deleted 200 versions of iris-model"
    # a page has a hundred events, and they are one line of it
    assert sentences(client, alice) == ["bob deleted 100 versions of iris-model"]
    deletions(sequence, alice, 2)
    assert sentences(client, alice, "/")[:2] == [
        "alice deleted 2 versions of iris-model",
        "bob deleted 200 versions of iris-model",
    ]


def test_what_lies_far_apart_is_no_one_line(client, bob, sequence, version):
    deletions(sequence, bob, 2)
    old = Event.objects.filter(verb="delete").first()
    Event.objects.filter(pk=old.pk).update(at=old.at - timedelta(hours=1))
    assert sentences(client, bob)[:2] == ["bob deleted iris-model:v1", "bob deleted iris-model:v0"]


@pytest.mark.slow
def test_a_big_job_hides_nothing_older(client, bob, sequence, version):
    record_event(
        by=bob,
        verb="rename",
        kind="project",
        subject="vision/iris",
        project_id=sequence.project_id,
        before={"name": "a"},
        after={"name": "b"},
    )
    Event.objects.bulk_create(
        Event(
            actor=bob,
            actor_name="bob",
            verb="delete",
            kind="version",
            topic="deletions",
            subject=f"{sequence.target_path}:v{number}",
            subject_id=version.pk,
            project_id=sequence.project_id,
        )
        for number in range(5000)
    )
    lines = newest_lines(news_for(fresh(bob)), 6)
    assert lines[0][1] == 5000
    assert lines[1][0].verb == "rename"


def test_kinds_without_a_sentence_of_their_own(client, bob, registry):
    for number in range(3):
        factories.make_event_of_later_code(
            by=bob,
            verb="set_hold",
            kind="shelf",
            topic="deletions",
            subject=f"a/b:x{number}",
            project_id=registry.project_id,
        )
    assert sentences(client, bob)[0] == "bob: set hold · a/b:x2 (and 2 more like this)"


def test_a_version_that_is_linked_is_deleted_once_there_and_once_here(
    client, bob, collection, version, letting_go
):
    link_version(
        by=bob, version=version, project=collection.project, collection_name=collection.name
    )
    delete_version(by=bob, version=version, with_aliases=True)
    assert sentences(client, bob)[:2] == [
        "bob deleted the version iris-classifier:v0 where it was logged",
        "bob deleted iris-model:v0",
    ]


def test_an_empty_home_has_none(client, charlie):
    client.force_login(charlie)
    assert "Recent activity" not in client.get("/").content.decode()
    assert "Nothing happened here yet" in client.get("/-/activity").content.decode()


def test_filters_and_rights(client, alice, bob, acme):
    from registries.services.registry.creation import create_registry

    create_registry(by=alice, organization=acme, name="vault", access="restricted")
    expected = "alice created the registry vault"
    assert expected in sentences(client, fresh(alice), "/-/activity?topic=settings&by=alice")
    assert expected not in sentences(client, bob)
    assert sentences(client, fresh(alice), "/-/activity?by=bob") == []


def test_news_are_looked_for_among_the_last_keys(bob, victor, sequence, version, monkeypatch):
    """To sort all that a person may see costs more with each event that there ever was."""
    for number in range(8):
        record_event(
            by=bob,
            verb="rename",
            kind="project",
            subject=f"vision/p{number}",
            project_id=sequence.project_id,
        )
    monkeypatch.setattr(activity, "_LAST_KEYS", 7)
    asked = []

    def watch(execute, sql, params, many, context):
        if 'FROM "accounts_event"' in sql and "ORDER BY" in sql:
            asked.append((sql, params))
        return execute(sql, params, many, context)

    news = news_for(fresh(victor))
    with connection.execute_wrapper(watch):
        lines = newest_lines(news, 6)
    assert [event.subject for event, _count in lines] == [f"vision/p{n}" for n in range(7, 1, -1)]
    assert len(asked) == 2
    assert '"accounts_event"."id" > ' in asked[1][0]
    monkeypatch.setattr(activity, "_LAST_KEYS", 3)  # too few of them: all are looked through
    assert newest_lines(news, 6) == lines
    if connection.vendor == "sqlite":  # no index is read further back than the last keys
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {asked[1][0]}", asked[1][1])
            plan = [row[3] for row in cursor.fetchall()]
        searches = [step for step in plan if "accounts_event" in step]
        assert searches
        assert all("id>?" in step for step in searches), plan


def test_a_home_page_reads_only_the_newest_of_a_long_job(victor, sequence):
    verb, kind = Verb.LINK, Kind.COLLECTION
    link = {"actor_name": "bob", "verb": verb, "kind": kind, "topic": topic_of(kind, verb)}
    link["project_id"] = sequence.project_id
    Event.objects.bulk_create(Event(**link, subject=f"vision/p:v{n}") for n in range(2_010))
    reader = fresh(victor)
    ((event, count),) = newest_news(reader, 6)
    assert (event.subject, count) == ("vision/p:v2009", 2_000)
    assert newest_lines(news_for(reader), 6)[0] == (event, 2_010)
