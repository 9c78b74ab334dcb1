"""Pages of histories: sentences, filters, what leads where, and who may see them."""

import pytest
from django.urls import reverse

from artifacts.models import Membership
from artifacts.services.aliases.aliases import add_aliases
from artifacts.services.collections.collections import delete_collection, update_collection
from artifacts.services.collections.links import link_version
from artifacts.services.trash.trash import delete_version
from artifacts.services.versions.versions import update_version
from registries.services.members.members import add_members, set_member_role
from registries.services.registry.settings import update_registry
from registry_site.accounts.models import Event
from registry_site.accounts.services.events import record_event
from registry_site.accounts.services.members import set_organization_member, set_team_member
from tests import factories
from tests.factories import fresh
from tests.helpers.htmx import HTMX, assert_swap_equals_reload
from tests.helpers.queries import count_queries

pytestmark = pytest.mark.django_db
REGISTRY = "/orgs/Acme/registry/model"
SHELF = f"{REGISTRY}/iris-classifier"
LOGGED = "/vision/iris/artifacts/model/iris-model"


@pytest.fixture
def place(bob, collection, version):
    """`iris-model:v0` linked as `iris-classifier:v0` under `staging`, and then changed a bit."""
    membership = link_version(
        by=bob,
        version=version,
        project=collection.project,
        collection_name=collection.name,
        aliases=["staging"],
    )[0]
    return Membership.objects.for_path().get(pk=membership.pk)


def addresses(place):
    names = ["Acme", "model", "iris-classifier"]
    logged = ["vision", "iris", "model", "iris-model"]
    return {
        reverse("registries:collection_history", args=names): f"{SHELF}/-/history",
        reverse("registries:version_history", args=[*names, "v0"]): f"{SHELF}/v0/-/history",
        reverse("registries:registry_history", args=names[:2]): f"{REGISTRY}/-/history",
        reverse("registries:organization_history", args=["Acme"]): "/orgs/Acme/registry/-/history",
        reverse("registries:team_history", args=["vision"]): "/vision/-/history",
        reverse("registries:project_history", args=["vision", "iris"]): "/vision/iris/-/history",
        reverse("registries:sequence_history", args=logged): f"{LOGGED}/-/history",
        reverse(
            "registries:logged_version_history", args=[*logged, "v0"]
        ): f"{LOGGED}/v0/-/history",
    }


@pytest.mark.slow
@pytest.mark.parametrize("number", range(8))
def test_who_sees_which_history(client, victor, charlie, place, number):
    found, expected = list(addresses(place).items())[number]
    assert found == expected
    assert client.get(found)["Location"] == f"/login?next={found}"
    client.force_login(victor)
    page = client.get(found)
    assert page.status_code == 200
    assert "Action history of" in page.content.decode()
    assert_swap_equals_reload(client.get(found, headers=HTMX), page, "events")
    assert client.post(found).status_code == 405
    for kind in ("csv", "json", "atom"):
        assert client.get(f"{found}/-/events.{kind}").status_code == 200
    client.force_login(charlie)
    for address in (found, *(f"{found}/-/events.{kind}" for kind in ("csv", "json", "atom"))):
        assert client.get(address).status_code == 404


def text_of(client, user, address):
    client.force_login(user)
    entries = client.get(address).context["page"].entries
    return [entry.sentence.text for entry in entries]


@pytest.mark.slow
def test_sentences_of_a_collection(client, alice, bob, place, sequence, letting_go):
    newer = link_version(
        by=bob,
        version=factories.make_version(sequence),
        project=place.collection.project,
        collection_name="iris-classifier",
    )[0]
    add_aliases(by=bob, membership=newer, names=["staging"])
    Event.objects.filter(verb="move_alias").update(note="passed field test")
    update_collection(by=bob, collection=place.collection, description="A card.")
    update_collection(by=alice, collection=place.collection, name="lily")
    delete_version(by=bob, version=place.version, with_aliases=True)
    address = f"{REGISTRY}/lily/-/history"
    assert text_of(client, alice, address) == [
        "bob deleted the version lily:v0 where it was logged",
        "alice renamed the collection iris-classifier to lily",
        "bob changed the card of iris-classifier",
        "bob moved staging from v0 to v1: passed field test",
        "bob linked vision/iris/iris-model:v1 as iris-classifier:v1",
        "bob gave the alias staging to v0",
        "bob linked vision/iris/iris-model:v0 as iris-classifier:v0",
    ]
    html = client.get(address).content.decode()
    assert '<q class="note">passed field test</q>' in html
    assert f'from <a href="{REGISTRY}/lily/v0">v0</a>' in html
    assert "(v0: deleted)" in html
    assert f'<a href="{LOGGED}/v1"><code>vision/iris/iris-model:v1</code></a>' in html
    assert '<a href="/bob">bob</a>' in html
    assert client.get(f"{REGISTRY}/lily/v0").status_code == 410  # where a deleted thing leads
    assert "/-/events/" in html  # what changed in the card


def test_sentences_of_a_registry_and_its_roles(client, alice, bob, victor, registry):
    row = registry
    add_members(by=alice, registry=row, users=[bob], role="viewer")
    set_member_role(by=alice, registry=row, member=bob, role="admin")
    update_registry(by=alice, registry=row, accepted_types=["dataset"], accepts_all_types=False)
    assert text_of(client, victor, f"{REGISTRY}/-/history") == [
        "alice changed Accepted types of model",
        "alice changed the role of bob in the registry model from Viewer to Admin",
        "alice gave bob the role Viewer in the registry model",
    ]
    html = client.get(f"{REGISTRY}/-/history").content.decode()
    assert "Accepted types" in html
    assert "dataset, model" in html


def test_sentences_of_an_organization_and_a_team(client, alice, bob, victor, acme, vision):
    set_organization_member(by=alice, organization=acme, user=victor, role="member")
    set_team_member(by=alice, team=vision, user=bob, role="admin")
    found = text_of(client, fresh(victor), "/orgs/Acme/registry/-/history")
    assert found[:2] == [
        "alice changed the role of bob in the team vision from Member to Admin",
        "alice changed the role of victor in the organization Acme from View-only to Member",
    ]
    assert found[-1] == "the server created the organization Acme"
    assert text_of(client, fresh(victor), "/vision/-/history")[0] == found[0]


@pytest.mark.slow
def test_a_version_has_its_own_history_on_both_pages(client, bob, place):
    update_version(by=bob, version=place.version, description="text", tags_added=["gold"])
    linked = text_of(client, bob, f"{SHELF}/v0/-/history")
    assert linked == [
        "bob changed Description, Tags of iris-model:v0",
        "bob gave the alias staging to v0",
        "bob linked vision/iris/iris-model:v0 as iris-classifier:v0",
    ]
    assert text_of(client, bob, f"{LOGGED}/v0/-/history") == linked[:1]


@pytest.mark.slow
def test_a_hidden_source_goes_unnamed_on_every_page_and_in_every_file(
    client, alice, victor, acme, registry
):
    secret = factories.make_team("secret", acme, alice="admin")
    version = factories.make_version(
        factories.make_collection(factories.make_project(secret, "plans"), "hush"), by=alice
    )
    link_version(by=fresh(alice), version=version, project=registry.project, collection_name="open")
    update_version(by=fresh(alice), version=version, description="text")
    client.force_login(fresh(victor))
    page = client.get(f"{REGISTRY}/open/v0/-/history")
    assert [entry.sentence.text for entry in page.context["page"].entries] == [
        "alice changed the description of open:v0",
        "alice linked a version of a project that you cannot open as open:v0",
    ]
    event = Event.objects.get(kind="version", verb="update")
    answers = [
        page,
        client.get("/"),
        client.get("/-/activity"),
        client.get(f"/-/events/{event.pk}"),
    ]
    for history in (f"{REGISTRY}/open/v0", f"{REGISTRY}/open", REGISTRY):
        answers.append(client.get(f"{history}/-/history"))
        answers += [
            client.get(f"{history}/-/history/-/events.{kind}") for kind in ("csv", "json", "atom")
        ]
    for answer in answers:
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == 200
        for word in (b"secret", b"plans", b"hush"):
            assert word not in body, answer.request["PATH_INFO"]


def test_a_deleted_collection_leads_to_what_says_so(client, alice, collection):
    delete_collection(by=alice, collection=collection)
    client.force_login(alice)
    entry = client.get(f"{REGISTRY}/-/history").context["page"].entries[0]
    assert entry.sentence.text == "alice deleted the collection iris-classifier"
    assert client.get(entry.url).status_code == 410


def test_what_later_code_does_reads_sensibly(client, bob, registry, collection):
    factories.make_event_of_later_code(
        by=bob,
        verb="set_hold",
        kind="collection",
        subject=collection.target_path,
        subject_id=collection.pk,
        project_id=registry.project_id,
        note="an audit",
        before=None,
        after={"reason": "an audit", "until_when": 3},
    )
    factories.make_event_of_later_code(
        by=bob, verb="brew", kind="teapot", subject="tea", project_id=registry.project_id
    )
    assert text_of(client, bob, f"{REGISTRY}/-/history")[0] == "bob: brew · tea"
    html = client.get(f"{REGISTRY}/-/history").content.decode()
    assert "Until when" in html


# ------------------------------------------------------------------ filters


@pytest.fixture
def busy(alice, bob, place, registry):
    update_collection(by=alice, collection=place.collection, description="A card.")
    add_members(by=alice, registry=registry, users=[bob])
    for number, at in enumerate(["2026-01-31T23:59:59Z", "2026-02-01T00:00:00Z"]):
        event = record_event(
            by=bob, verb="delete", kind="run", subject=f"r{number}", project_id=registry.project_id
        )
        Event.objects.filter(pk=event.pk).update(at=at)
    return registry


@pytest.mark.parametrize(
    ("query", "verbs"),
    [
        ("topic=aliases", {"add_alias"}),
        ("topic=links", {"link"}),
        ("topic=texts", {"update"}),
        ("topic=members", {"add_members"}),
        ("topic=deletions", {"delete"}),
        ("topic=settings", set()),
        ("topic=nonsense&by=alice", {"update", "add_members"}),
        ("by=ALICE&topic=texts", {"update"}),
        ("by=nobody", set()),
        ("to=2026-02", {"delete"}),
        ("from=2026-02-02&to=2026-03", set()),
    ],
)
def test_filters(client, bob, busy, query, verbs):
    client.force_login(bob)
    page = client.get(f"{REGISTRY}/-/history?{query}")
    assert {entry.event.verb for entry in page.context["page"].entries} == verbs
    rows = client.get(f"{REGISTRY}/-/history/-/events.json?{query}")
    assert b"".join(rows.streaming_content).count(b'"what"') == len(page.context["page"].entries)


def test_a_day_is_covered_whole(client, bob, busy):
    client.force_login(bob)
    one = client.get(f"{REGISTRY}/-/history?from=2026-02-01&to=2026-02-01")
    assert [entry.event.subject for entry in one.context["page"].entries] == ["r1"]
    assert 'value="2026-02-01"' in one.content.decode()


def test_what_is_no_time_is_refused(client, bob, busy):
    client.force_login(bob)
    page = client.get(f"{REGISTRY}/-/history?from=yesterday")
    assert page.status_code == 400
    assert "is not a time" in page.content.decode()


def test_nothing_fits(client, bob, busy):
    client.force_login(bob)
    assert "No event fits this filter" in client.get(f"{SHELF}/-/history?by=x").content.decode()


@pytest.mark.slow
def test_as_many_queries_for_any_number_of_events(
    client, alice, bob, place, sequence, registry, letting_go
):
    client.force_login(alice)
    pages = [*addresses(place).values(), "/-/activity", "/"]

    def more(times):
        for _number in range(times):
            version = factories.make_version(sequence, by=bob)
            membership = link_version(
                by=bob,
                version=version,
                project=registry.project,
                aliases=["staging"],
                collection_name="iris-classifier",
            )[0]
            update_version(by=bob, version=version, description="text")
            record_event(
                by=bob,
                verb="stop",
                kind="run",
                subject="vision/iris/x",
                subject_id=1,
                project_id=sequence.project_id,
            )
            delete_version(by=bob, version=membership.version, with_aliases=True)

    more(2)
    few = [count_queries(client, page) for page in pages]
    more(20)
    many = [count_queries(client, page) for page in pages]
    # fewer where the newest page speaks of fewer kinds of things
    assert all(after <= before for before, after in zip(few, many, strict=True)), (few, many)
    assert max(few) <= 30
