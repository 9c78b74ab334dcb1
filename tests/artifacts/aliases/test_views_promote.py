"""The dialogs that move an alias and roll it back: plain forms, htmx, refusals."""

import re

import pytest
from django.urls import reverse

from artifacts.models import RunInput
from artifacts.services.aliases.aliases import add_aliases
from artifacts.services.aliases.periods import holder_of, starts_of
from artifacts.services.collections.links import unlink_version
from artifacts.services.saved_views import create_saved_view
from registry_site.accounts.models import Event
from tests import factories
from tests.helpers.forms import fields_of
from tests.helpers.htmx import element, htmx


@pytest.fixture
def memberships(lets_go, collection, sequence, project, bob):
    """v0, v1 and v2, with a falling score and one file that changes."""
    found = []
    for score in (0.9, 0.8, 0.7):
        run = factories.make_run(project, bob, summary={"accuracy": score, "odd": score})
        files = {"weights.txt": str(score).encode(), "same.txt": b"same"}
        version = factories.make_version(sequence, files=files, run=run)
        found.append(factories.make_membership(collection, version))
    return found


@pytest.fixture
def production(alice, memberships):
    """`production` went from v0 to v1."""
    add_aliases(by=alice, membership=memberships[0], names=["production"])
    add_aliases(by=alice, membership=memberships[1], names=["production"])


def address(name, collection, **query):
    url = reverse(f"artifacts:{name}", args=[collection.pk])
    return url + "?" + "&".join(f"{key}={value}" for key, value in query.items())


def move(collection, **query):
    return address("alias_move", collection, alias="production", **query)


def roll_back(collection, at=0):
    start = starts_of(collection, "production").order_by("pk")[at]
    return address("alias_roll_back", collection, alias="production", event=start.pk)


def bare(url):
    """What a form of the dialog at this address is sent to."""
    return url.partition("?")[0]


def number(collection, alias="production"):
    holder = holder_of(collection, alias)
    return holder.membership.number if holder else None


def words(response):
    text = re.sub(r"<[^>]*>", " ", element(response, "dialog"))
    return re.sub(r"\s+", " ", text)


def test_alias_move_says_what_it_means(
    client, alice, bob, project, collection, memberships, production
):
    RunInput.objects.create(
        run=factories.make_run(project, bob),
        version=memberships[1].version,
        collection=collection,
        reference="production",
    )
    client.force_login(alice)
    text = words(client.get(move(collection, to="v2")))
    assert "v1 → moves to v2" in text
    assert "accuracy 0.7" in text
    assert "worse (v1: 0.8)" in text
    assert "Files: 0 added, 0 removed, 1 changed, 1 the same." in text
    assert "by 1 run" in text
    create_saved_view(
        by=bob,
        project=collection.project,
        collection=collection,
        table="versions",
        name="odd",
        query="best=run.odd:min",
        is_shared=True,
    )
    text = words(client.get(move(collection, to="v2")))
    assert "odd 0.7" in text
    assert ", better" in text


def test_alias_move_offers_the_newest_first(client, alice, collection, memberships, production):
    client.force_login(alice)
    fields = fields_of(client.get(move(collection)), bare(move(collection)))
    assert (fields["to"], fields["opened"]) == ("v2", "v1")


def test_alias_move_as_a_plain_form(client, alice, collection, memberships, production):
    client.force_login(alice)
    fields = fields_of(client.get(move(collection)), bare(move(collection))) | {
        "note": "passed field test"
    }
    response = client.post(move(collection), fields)
    assert (response.status_code, response["Location"]) == (302, collection.get_absolute_url())
    page = client.get(response["Location"]).content.decode()
    assert "moved from v1 to v2" in page
    assert "Undo" in page
    assert "passed field test" in page
    assert number(collection) == "v2"
    undo = dict(re.findall(r'name="(change)" value="(\d+)"', page))
    client.post(reverse("artifacts:alias_undo", args=[memberships[2].pk]), undo)
    assert number(collection) == "v1"


def test_alias_move_by_htmx(client, alice, collection, memberships, production):
    client.force_login(alice)
    dialog = client.get(move(collection), headers=htmx())
    assert b"<html" not in dialog.content
    assert "<dialog" in dialog.content.decode()
    response = client.post(
        move(collection), fields_of(dialog, bare(move(collection))), headers=htmx()
    )
    assert response["HX-Refresh"] == "true"
    assert number(collection) == "v2"


@pytest.mark.slow
def test_what_was_typed_stays_where_something_is_wrong(
    client, alice, collection, memberships, production
):
    client.force_login(alice)
    fields = fields_of(client.get(move(collection)), bare(move(collection))) | {"note": "so be it"}
    add_aliases(by=alice, membership=memberships[0], names=["production"])
    for headers in ({}, htmx()):
        response = client.post(move(collection), fields, headers=headers)
        assert response.status_code == 422
        text = response.content.decode()
        assert "was moved to v0 by alice meanwhile" in re.sub("<[^>]*>", "", text)
        assert "so be it" in text
    assert number(collection) == "v0"
    again = fields_of(response, bare(move(collection)))
    assert again["opened"] == "v0"
    client.post(move(collection), fields | again | {"note": "x" * 1001})
    assert number(collection) == "v0"
    client.post(move(collection), fields | again)
    assert number(collection) == "v2"
    response = client.post(move(collection), again | {"to": "v99", "opened": "v2"})
    assert response.status_code == 422


def test_alias_roll_back(client, alice, collection, memberships, production):
    client.force_login(alice)
    page = client.get(roll_back(collection))
    assert "Roll production back to v0" in words(page)
    assert "better (v1: 0.8)" in words(page)
    fields = fields_of(page, bare(roll_back(collection))) | {"note": "slow in the field"}
    response = client.post(roll_back(collection), fields, follow=True)
    assert "moved from v1 to v0" in re.sub("<[^>]*>", "", response.content.decode())
    assert number(collection) == "v0"
    event = holder_of(collection, "production").event
    assert (event.verb, event.note) == ("roll_back_alias", "slow in the field")


def test_alias_roll_back_is_refused_where_the_version_is_gone(
    client, alice, collection, memberships, production
):
    url = roll_back(collection)
    unlink_version(by=alice, membership=memberships[0])
    client.force_login(alice)
    response = client.get(url)
    assert response.status_code == 409
    assert "unlinked" in response.content.decode()


@pytest.mark.slow
def test_who_may_not(client, alice, bob, victor, charlie, collection, memberships, production):
    urls = [move(collection, to="v2"), roll_back(collection)]
    for person, status in ((bob, 403), (victor, 403), (charlie, 404)):
        client.force_login(person)
        for url in urls:
            for response in (client.get(url), client.post(url, {"opened": "v1"})):
                assert response.status_code == status, (person, url)
    client.logout()
    assert client.get(urls[0]).status_code == 302
    client.force_login(bob)
    add_aliases(by=bob, membership=memberships[0], names=["best"])
    free = address("alias_move", collection, alias="best", to="v2")
    client.post(free, fields_of(client.get(free), bare(move(collection))))
    assert number(collection, "best") == "v2", "a member moves what is not protected"
    for bad in ("event=x", "event=999999", f"event={'9' * 40}"):
        url = f"{reverse('artifacts:alias_roll_back', args=[collection.pk])}?alias=best&{bad}"
        assert client.get(url).status_code == 404


def test_a_dialog_takes_as_many_statements_for_one_version_as_for_many(
    client, alice, collection, sequence, memberships, production, django_assert_max_num_queries
):
    client.force_login(alice)
    client.get(move(collection))
    for _ in range(20):
        factories.make_membership(collection, factories.make_version(sequence))
    with django_assert_max_num_queries(26):
        client.get(move(collection, to="v2"))


# ------------------------------------------------------------------ from other dialogs


def test_giving_an_alias_that_counts_asks_with_what_it_means_and_keeps_the_note(
    client, alice, bob, registry, collection, memberships, production
):
    registry.project.pinned_aliases.create(name="staging")
    add_aliases(by=bob, membership=memberships[0], names=["staging"])
    url = reverse("artifacts:alias_add", args=[memberships[2].pk])
    for person, name, before in ((alice, "production", "v1"), (bob, "staging", "v0")):
        client.force_login(person)
        typed = {"new_aliases": name, "note": "passed field test"}
        page = client.post(url, typed)
        assert page.status_code == 422
        text = words(page)
        assert f"{before} → moves to v2" in text
        assert "accuracy 0.7" in text
        assert "1 changed" in text
        fields = fields_of(page, url)
        assert (fields["note"], fields["confirmed"]) == (
            "passed field test",
            f"{name}:{before}",
        )
        client.post(url, fields)
        assert number(collection, name) == "v2"
        assert holder_of(collection, name).event.note == "passed field test"


def test_a_note_says_why_an_alias_was_taken_off(client, alice, memberships, production):
    url = reverse("artifacts:alias_remove", args=[memberships[1].pk])
    client.force_login(alice)
    fields = fields_of(client.get(f"{url}?alias=production"), url) | {"note": "withdrawn"}
    client.post(url, fields)
    assert Event.objects.filter(verb="remove_alias").get().note == "withdrawn"
