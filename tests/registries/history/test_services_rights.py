"""Who may read which event, kind by kind, and what of it."""

import pytest

from artifacts.services.aliases.aliases import add_aliases
from artifacts.services.collections.collections import delete_collection, update_collection
from artifacts.services.collections.links import link_version, unlink_version
from artifacts.services.collections.tags import add_collection_tags
from artifacts.services.projects import delete_project, update_project
from artifacts.services.retention.default_ttl import set_default_ttl
from artifacts.services.runs.control import stop_run
from artifacts.services.saved_views import create_saved_view
from artifacts.services.trash.trash import delete_version
from artifacts.services.versions.versions import update_version
from registries.models import Registry
from registries.services.history.reading import HIDDEN, read_events
from registries.services.history.rights import events_visible_to, reach_event
from registries.services.members.members import add_members
from registries.services.registry.creation import create_registry
from registries.services.registry.deletion import delete_registry
from registries.services.registry.settings import update_registry
from registry_site.accounts.models import Event
from registry_site.accounts.services.events import record_event
from registry_site.accounts.services.invitations import invite
from registry_site.accounts.services.keys.api_keys import create_api_key
from registry_site.accounts.services.members import set_organization_member, set_team_member
from registry_site.accounts.services.profile import update_profile
from registry_site.errors import NotFound
from tests import factories
from tests.factories import fresh, make_collection, make_project, make_run, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def vault(alice, acme):
    """A restricted registry that only alice is in."""
    return create_registry(
        by=alice, organization=acme, name="vault", access="restricted", accepted_types=None
    )


def seen(user, **where):
    return events_visible_to(fresh(user)).filter(**where).exists()


def last(**where):
    return Event.objects.filter(**where).latest("pk")


def readers(event, *people):
    return [person.username for person in people if seen(person, pk=event.pk)]


@pytest.fixture
def everybody(alice, bob, victor, charlie, root):
    return alice, bob, victor, charlie, root


INSIDE = ["alice", "bob", "victor", "root"]


def test_of_a_collection_and_its_links(everybody, alice, bob, collection, version):
    place, *_rest = link_version(
        by=bob,
        version=version,
        project=collection.project,
        collection_name=collection.name,
        aliases=["best"],
    )
    add_collection_tags(by=bob, collection=collection, names=["gold"])
    update_collection(by=bob, collection=collection, description="card")
    unlink_version(by=bob, membership=place)
    delete_collection(by=alice, collection=collection)
    events = Event.objects.filter(kind="collection", project_id=collection.project_id)
    verbs = ["link", "add_alias", "add_tags", "update", "unlink", "delete"]
    assert list(events.order_by("pk").values_list("verb", flat=True)) == verbs
    assert all(readers(event, *everybody) == INSIDE for event in events)


@pytest.mark.slow
def test_of_a_version_a_run_and_a_project(everybody, alice, bob, project, version):
    update_version(by=bob, version=version, description="text")
    delete_version(by=bob, version=version, with_aliases=True)
    stop_run(by=bob, run=make_run(project, bob))
    update_project(by=bob, project=project, description="text")
    assert Event.objects.filter(project_id=project.pk).count() == 4
    for event in Event.objects.filter(project_id=project.pk):
        assert readers(event, *everybody) == INSIDE
    delete_project(by=alice, project=project)  # whoever could see it still reads that
    assert readers(last(kind="project", verb="delete"), *everybody) == INSIDE


def test_of_a_personal_project(everybody, bob):
    project = make_project(bob, "scratch")
    update_project(by=bob, project=project, description="mine")
    assert readers(last(kind="project"), *everybody) == ["bob", "root"]


def test_of_a_hidden_registry(everybody, alice, bob, vault):
    update_registry(by=alice, registry=vault, description="secret")
    add_members(by=alice, registry=vault, users=[fresh(bob)], role="viewer")
    make_collection(vault.project, "kept")
    events = Event.objects.filter(project_id=vault.project_id)
    assert {event.verb for event in events} == {"create", "update", "add_members"}
    assert all(readers(event, *everybody) == ["alice", "bob", "root"] for event in events)


def test_of_a_hidden_registry_that_was_deleted(everybody, alice, bob, vault):
    add_members(by=alice, registry=vault, users=[fresh(bob)])
    delete_registry(by=fresh(alice), registry=Registry.objects.get(pk=vault.pk))
    event = last(kind="registry", verb="delete")
    assert readers(event, *everybody) == ["alice", "bob", "root"]


def test_of_an_organization(everybody, alice, acme, victor):
    set_organization_member(by=alice, organization=acme, user=victor, role="member")
    assert readers(last(kind="organization"), *everybody) == INSIDE


def test_of_a_team(everybody, alice, bob, acme, vision, charlie):
    set_organization_member(by=None, organization=acme, user=charlie, role="member")
    set_team_member(by=alice, team=vision, user=bob, role="admin")
    assert readers(last(kind="team"), *everybody) == INSIDE  # Charlie isn't in it
    factories.make_team("secret", acme, charlie="admin")
    assert readers(last(kind="team"), *everybody) == ["alice", "charlie", "root"]


def test_of_an_entity(everybody, alice, vision):
    set_default_ttl(by=alice, entity=vision.entity, seconds=3600)
    assert readers(last(kind="entity"), *everybody) == INSIDE


def test_of_accounts_and_keys(everybody, bob):
    create_api_key(by=bob, user=bob, name="laptop")
    update_profile(by=bob, name="Bob", email="bob@secret.example")
    for kind in ("api_key", "user"):
        assert readers(last(kind=kind), *everybody) == ["root"]


def test_of_kinds_of_later_code(everybody, project):
    with_project = factories.make_event_of_later_code(
        verb="brew", kind="teapot", subject="x", project_id=project.pk
    )
    without = factories.make_event_of_later_code(verb="brew", kind="teapot", subject="x")
    assert readers(with_project, *everybody) == INSIDE
    assert readers(without, *everybody) == ["root"]


def test_of_saved_views(everybody, bob, project):
    create_saved_view(by=bob, project=project, table="runs", name="mine", query="q=x")
    assert not Event.objects.filter(kind="saved_view").exists()  # nobody's business
    create_saved_view(
        by=bob, project=project, table="runs", name="ours", query="q=x", is_shared=True
    )
    assert readers(last(kind="saved_view"), *everybody) == INSIDE


# ------------------------------------------------------------------ what of it


def link_to(by, version, project, name="iris-classifier"):
    return link_version(by=fresh(by), version=version, project=project, collection_name=name)[0]


@pytest.fixture
def hidden_version(alice, acme):
    """Logged in a project of a team that only alice is in."""
    secret = factories.make_team("secret", acme, alice="admin")
    return make_version(make_collection(make_project(secret, "plans"), "hush"), by=alice)


def told(user, event):
    reading = read_events(fresh(user), [event])
    return reading.readable(event, event.before), reading.readable(event, event.after)


def test_a_source_is_told_to_those_who_may_open_it(alice, victor, registry, hidden_version):
    place = link_to(alice, hidden_version, registry.project)
    event = last(verb="link")
    assert told(alice, event)[1] == {"source": "secret/plans/hush:v0"}
    assert told(victor, event)[1] == {"source": HIDDEN}
    assert read_events(fresh(victor), [event]).change(event) == (None, {})
    unlink_version(by=alice, membership=place)
    event = last(verb="unlink")
    assert told(alice, event)[0]["source"] == "secret/plans/hush:v0"
    assert told(victor, event)[0] == {"source": HIDDEN, "aliases": []}


def test_a_later_project_of_the_same_name_opens_no_source(
    alice, bob, victor, registry, hidden_version
):
    from artifacts.services.projects import rename_project

    link = link_to(alice, hidden_version, registry.project)
    unlink_version(by=alice, membership=link)
    event = last(verb="unlink")
    project = hidden_version.sequence.project
    rename_project(by=alice, project=project, name="other")
    from registry_site.accounts.models import Team

    make_project(Team.objects.get(entity__name="secret"), "plans")
    set_team_member(by=None, team=Team.objects.get(entity__name="secret"), user=bob, role="viewer")
    project.entity = alice.entity  # out of bob's sight again
    project.save()
    assert told(bob, event)[0]["source"] is HIDDEN


def test_any_path_of_later_code_is_told_only_to_those_who_may_open_it(
    victor, alice, registry, hidden_version
):
    event = factories.make_event_of_later_code(
        by=alice,
        verb="brew",
        kind="registry",
        subject="model",
        subject_id=registry.pk,
        project_id=registry.project_id,
        after={
            "kept_for": ["secret/plans/hush:v0", "vision/nothing"],
            "n": 3,
            "description": "see secret/plans",
            "nested": {"at": "secret/plans"},
        },
    )
    after = told(victor, event)[1]
    assert after == {
        "kept_for": [HIDDEN, HIDDEN],
        "n": 3,
        "description": "see secret/plans",
        "nested": {"at": HIDDEN},
    }
    assert told(alice, event)[1]["nested"] == {"at": "secret/plans"}


def test_an_address_of_somebody_invited_is_told_to_those_who_manage(alice, victor, vision):
    invite(by=alice, team=vision, email="new@example.com", role="viewer")
    event = last(kind="team", verb="invite")
    assert told(victor, event)[1]["email"] is HIDDEN
    assert told(alice, event)[1]["email"] == "new@example.com"


def test_an_event_by_its_key(alice, victor, charlie, registry, hidden_version, vault):
    secret = last(kind="registry", subject="vault")
    assert reach_event(by=alice, pk=secret.pk) == secret
    for person in (victor, charlie):
        with pytest.raises(NotFound):
            reach_event(by=person, pk=secret.pk)
    update_version(by=alice, version=hidden_version, description="text")
    event = last(kind="version", verb="update")
    with pytest.raises(NotFound):
        reach_event(by=victor, pk=event.pk)
    link_to(alice, hidden_version, registry.project)  # it shows wherever it is linked
    assert reach_event(by=fresh(victor), pk=event.pk) == event
    with pytest.raises(NotFound):
        reach_event(by=fresh(charlie), pk=event.pk)


def test_an_alias_event(everybody, bob, collection, version):
    place = link_to(bob, version, collection.project)
    add_aliases(by=bob, membership=place, names=["staging"])
    assert readers(last(verb="add_alias"), *everybody) == INSIDE


def test_a_source_with_spaces_in_its_name_is_hidden_too(alice, victor, acme, registry):
    secret = factories.make_team("secret", acme, alice="admin")
    hush = make_collection(make_project(secret, "my proj"), "hush hush")
    place = link_to(alice, make_version(hush, by=alice), registry.project)
    unlink_version(by=alice, membership=place)
    event = last(verb="unlink")
    assert told(alice, event)[0]["source"] == "secret/my proj/hush hush:v0"
    assert told(victor, event)[0]["source"] is HIDDEN
    assert "my proj" not in str(read_events(fresh(victor), [event]).change(event))


@pytest.mark.parametrize("value", ["odd", "secret:v0", "/plans"])
def test_a_source_is_told_only_where_a_project_proves_it(victor, registry, value):
    event = record_event(
        by=None,
        verb="unlink",
        kind="collection",
        subject="x",
        subject_id=None,
        project_id=registry.project_id,
        before={"source": value, "aliases": ["odd"]},
    )
    assert told(victor, event)[0] == {"source": HIDDEN, "aliases": ["odd"]}


def test_a_reason_is_text_and_told_whole(victor, registry):
    event = record_event(
        by=None,
        verb="hold",
        kind="registry",
        subject="x",
        project_id=registry.project_id,
        after={"reason": "for the audit and/or the court"},
    )
    assert told(victor, event)[1] == {"reason": "for the audit and/or the court"}
