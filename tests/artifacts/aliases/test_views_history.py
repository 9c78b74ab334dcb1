"""The page of one alias, and the strip above the versions of its collection."""

import json
import re

import pytest
from django.urls import reverse

from artifacts.models import Alias
from artifacts.services.aliases.aliases import add_aliases, remove_aliases
from artifacts.services.collections.links import unlink_version
from artifacts.services.trash.trash import delete_version
from tests import factories
from tests.helpers.htmx import assert_swap_equals_reload, htmx


@pytest.fixture
def memberships(lets_go, collection, sequence):
    return [
        factories.make_membership(collection, factories.make_version(sequence)) for _ in range(3)
    ]


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def history_url(collection, alias="production"):
    return reverse("registries:alias_history", args=["Acme", "model", collection.name, alias])


def test_alias_history_tells_each_period(client, alice, bob, collection, memberships):
    for membership in memberships:
        add_aliases(
            by=alice, membership=membership, names=["production"], note=f"why {membership.number}"
        )
    remove_aliases(by=alice, membership=memberships[2], names=["production"])
    unlink_version(by=bob, membership=memberships[0])
    delete_version(by=bob, version=memberships[1].version, with_aliases=True)
    client.force_login(bob)
    response = client.get(history_url(collection))
    text = words(response)
    assert "No version of this collection has it now." in text
    assert "v0 (unlinked)" in text
    assert re.search(r"v1 \(deleted just now by bob\)", text)
    assert f'href="{memberships[1].version.sequence.project.trash_url}">Trash</a>' in (
        response.content.decode()
    )
    assert "taken off by alice" in text
    assert "moved to v2 by alice" in text
    assert "why v0" in text
    assert "not complete" not in text
    assert 'role="img"' in response.content.decode()
    assert response.content.decode().count("<rect") == 3


def test_alias_history_says_where_it_is_not_complete(client, bob, collection, memberships):
    Alias.objects.create(collection=collection, membership=memberships[0], name="old")
    client.force_login(bob)
    text = words(client.get(history_url(collection, "old")))
    assert "It names v0 now." in text
    assert "This history is incomplete" in text


def test_alias_history_of_what_nobody_had_or_moves(client, bob, collection, memberships):
    client.force_login(bob)
    assert "has had this alias" in words(client.get(history_url(collection, "never")))
    text = words(client.get(history_url(collection, "latest")))
    assert "names the newest version by itself" in text


@pytest.mark.slow
def test_alias_history_pages_and_is_exported(
    client, alice, collection, memberships, django_assert_max_num_queries
):
    for number in range(60):
        add_aliases(by=alice, membership=memberships[number % 2], names=["production"], note="=x")
    client.force_login(alice)
    url = history_url(collection)
    page = client.get(url)
    assert "60 periods" in words(page)
    following = re.search(r'href="([^"]*after=[^"]*)"', page.content.decode())[1]
    following = following.replace("&amp;", "&")
    assert_swap_equals_reload(client.get(following, headers=htmx()), client.get(following), "times")
    with django_assert_max_num_queries(30):
        client.get(url)
    rows = json.loads(b"".join(client.get(f"{url}/-/times.json")))
    assert len(rows) == 60
    assert (rows[0]["version"], rows[0]["end"], rows[0]["until"]) == ("v1", "now", None)
    assert (rows[1]["version"], rows[1]["end"], rows[1]["next_version"]) == ("v0", "moved", "v1")
    assert b"'=x" in b"".join(client.get(f"{url}/-/times.csv"))


def test_alias_history_of_a_sequence(client, bob, charlie, sequence, version):
    add_aliases(by=bob, membership=version.memberships.get(), names=["a b"], note="why")
    url = sequence.alias_history_url("a b")
    client.force_login(bob)
    assert "why" in words(client.get(url))
    assert sequence.alias_history_url("a/b") == ""
    client.force_login(charlie)
    assert client.get(url).status_code == 404
    assert client.get(f"{url}/-/times.csv").status_code == 404


# ------------------------------------------------------------------ the strip


def test_the_strip_says_who_put_it_there_and_what_one_can_do(
    client, alice, bob, collection, memberships
):
    for membership in memberships[:2]:
        note = "passed field test"
        add_aliases(by=alice, membership=membership, names=["production"], note=note)
    client.force_login(alice)
    page = client.get(collection.get_absolute_url())
    text = words(page)
    assert re.search(r"v1 set just now by alice “passed field test” not used in 30 days", text)
    assert "Compare with latest" in text
    assert "Roll back to v0" in text
    assert "aliases/roll-back?alias=production" in page.content.decode()
    client.force_login(bob)
    page = client.get(collection.get_absolute_url())
    assert "aliases/roll-back" not in page.content.decode()
    assert "yours is Member. Admins who can help: alice. Request access" in words(page)


def test_the_strip_names_what_no_version_has(client, bob, registry, collection, memberships):
    registry.project.pinned_aliases.create(name="staging")
    client.force_login(bob)
    text = words(client.get(collection.get_absolute_url()))
    assert re.search(r"No version here has: Protected alias production staging", text)


def test_the_strip_of_an_ordinary_collection(client, bob, sequence, version):
    client.force_login(bob)
    assert "release-strip" not in client.get(sequence.get_absolute_url()).content.decode()
    sequence.project.protected_aliases.create(name="gold")
    assert "No version here has" in words(client.get(sequence.get_absolute_url()))


def test_chips_say_who_set_them_when_and_why(client, alice, collection, memberships):
    add_aliases(by=alice, membership=memberships[0], names=["production"], note="it <works>")
    client.force_login(alice)
    told = 'title="set by alice just now: “it &lt;works&gt;”"'
    assert told in client.get(collection.get_absolute_url()).content.decode()
    page = client.get(memberships[0].get_absolute_url()).content.decode()
    assert told in page
    assert history_url(collection) in page


@pytest.mark.slow
def test_chips_take_no_statement_of_their_own(
    client, alice, collection, sequence, django_assert_num_queries
):
    client.force_login(alice)

    def statements():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(collection.get_absolute_url())
        return len(captured)

    def add(number):
        membership = factories.make_membership(collection, factories.make_version(sequence))
        names = [f"a{number}", f"b{number}"] + ["production"] * (number == 0)
        add_aliases(by=alice, membership=membership, names=names)

    add(0)
    add(1)
    statements()
    few = statements()
    for number in range(2, 22):
        add(number)
    assert statements() == few
