"""What “Explain access” says agrees with what decides: for each way to a role, and action."""

import itertools

import pytest
from django.db import transaction

from artifacts.services.aliases.aliases import add_aliases
from artifacts.services.collections.collections import create_collection, delete_collection
from artifacts.services.collections.links import link_version, unlink_version
from artifacts.services.retention.holds import place_hold
from registries.models import Registry
from registries.services.access.answers import facts_about, why
from registries.services.access.questions import Question, Subject
from registries.services.registry.deletion import delete_registry
from registries.services.registry.settings import update_registry
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.services.keys.service_accounts import create_service_account
from registry_site.accounts.services.members import set_organization_member
from registry_site.errors import Denied, NotFound
from tests import factories

fresh = factories.fresh
ACTIONS = {
    Question.SEE: Action.READ,
    Question.DOWNLOAD: Action.DOWNLOAD,
    Question.LINK: Action.EDIT,
    Question.EDIT: Action.EDIT,
    Question.MANAGE: Action.MANAGE,
}


def answers(by, user, subject, *questions):
    found = why(
        by=fresh(by), user=fresh(user), subject=subject, questions=list(questions or Question)
    )
    return {answer.question: answer for answer in found}


@pytest.fixture
def zoo(registry, acme):
    """A custom registry with a collection, in which v0 carries `production`, which is protected."""
    project = factories.make_registry_project(acme, "Zoo", protected=["production"])
    zoo = Registry.objects.create(organization=acme, project=project, name="Zoo")
    return Registry.objects.for_path().get(pk=zoo.pk)


@pytest.fixture
def shelf(zoo, version):
    collection = factories.make_collection(zoo.project, "shelf")
    place = factories.make_membership(collection, version, aliases=["production"])
    return Subject(zoo, alias="production", collection=collection, membership=place)


def stand(zoo, acme, in_organization, own, through):
    """A person who stands to the registry in this way."""
    user = factories.make_user("p")
    if in_organization:
        set_organization_member(by=None, organization=acme, user=user, role=in_organization)
    if own:
        zoo.project.members.create(user=user, role=own)
    if through:
        team = factories.make_team("through", acme)
        team.members.create(user=user, role="member")
        zoo.project.members.create(team=team, role=through)
    return user


def works(operation):
    """Whether the operation itself is allowed; what it did is undone."""
    try:
        with transaction.atomic():
            operation()
            transaction.set_rollback(True)
    except (Denied, NotFound):
        return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize(
    ("access", "in_organization", "own", "through"),
    list(
        itertools.product(
            ["organization", "restricted"],
            [None, "viewer", "member", "admin"],
            [None, "restricted_viewer", "viewer", "member", "admin"],
            [None, "viewer", "admin"],
        )
    ),
)
def test_each_answer_is_what_the_operation_does(
    zoo, shelf, acme, alice, version, access, in_organization, own, through
):
    zoo.project.access = access
    zoo.project.save(update_fields=["access"])
    user = stand(zoo, acme, in_organization, own, through)
    found = answers(alice, user, shelf)
    assert found.keys() == set(Question)
    for question, action in ACTIONS.items():
        assert found[question].can is can(fresh(user), action, zoo.project), question
    project, collection, place = zoo.project, shelf.collection, shelf.membership
    project.members.filter(team=None, user=alice).delete()
    person = fresh(user)
    operations = {
        Question.EDIT: lambda: create_collection(
            by=person, project=project, name="new", type_name="model"
        ),
        Question.ALIAS: lambda: add_aliases(by=person, membership=place, names=["production"]),
        Question.UNLINK: lambda: unlink_version(by=person, membership=place),
        Question.DELETE_COLLECTION: lambda: delete_collection(by=person, collection=collection),
        Question.MANAGE: lambda: update_registry(by=person, registry=zoo, description="x"),
        Question.DELETE_REGISTRY: lambda: delete_registry(by=person, registry=zoo),
    }
    for question, operation in operations.items():
        assert found[question].can is works(operation), (question, found[question])


@pytest.mark.parametrize("role", ["member", "admin"])
def test_an_alias_that_is_not_protected(zoo, shelf, alice, bob, role):
    free = Subject(zoo, alias="staging", collection=shelf.collection)
    zoo.project.members.create(user=bob, role=role)
    assert answers(alice, bob, free)[Question.ALIAS].can
    other = Subject(zoo, alias="Production", collection=shelf.collection)
    assert not answers(alice, bob, other)[Question.ALIAS].can


def test_the_sentences_name_rule_role_and_source(zoo, shelf, alice, bob, victor, charlie, vision):
    zoo.project.access = "restricted"
    zoo.project.save(update_fields=["access"])
    zoo.project.members.create(team=vision, role="member")
    found = answers(alice, bob, shelf)
    assert found[Question.LINK].sentence == (
        "bob can link versions here: Member, team vision. What these teams logged: vision."
    )
    assert found[Question.ALIAS].sentence == (
        "bob can't set and move the alias `production`: `production` is protected, which needs "
        "Admin (has Member, team vision)."
    )
    assert found[Question.MANAGE].sentence == (
        "bob can't change settings, members and protected aliases: that needs Admin "
        "(has Member, team vision)."
    )
    zoo.project.members.all().delete()
    assert "it is restricted, and neither they nor a team" in (
        answers(alice, victor, shelf)[Question.SEE].sentence
    )
    assert "they are not in Acme" in answers(alice, charlie, shelf)[Question.SEE].sentence
    alias = answers(alice, alice, shelf)[Question.ALIAS]
    assert alias.sentence.endswith(
        "Admin, admin of Acme. `production` is protected, which needs Admin."
    )


def test_a_core_registry_stays_and_says_so(registry, alice):
    answer = answers(alice, alice, Subject(registry), Question.DELETE_REGISTRY)
    assert "it is a core registry of Acme" in answer[Question.DELETE_REGISTRY].sentence
    assert not answer[Question.DELETE_REGISTRY].can


def test_a_view_only_member_reads_of_the_cap(registry, alice, victor):
    sentence = answers(alice, victor, Subject(registry))[Question.LINK].sentence
    assert "at most Viewer for view-only members of Acme" in sentence


def test_a_service_account_has_what_its_team_gives_it(zoo, alice, vision, acme):
    service = create_service_account(by=alice, team=vision, description="CI")
    zoo.project.members.create(team=vision, role="admin")
    found = answers(alice, service, Subject(zoo))
    assert found[Question.MANAGE].can is can(fresh(service), Action.MANAGE, zoo.project) is True
    assert "comes with an API key" in facts_about(user=service, registry=zoo)[0]


def test_facts_of_guests_and_owners(zoo, acme, alice, charlie):
    factories.make_organization("Other", charlie="member")
    set_organization_member(by=alice, organization=acme, user=charlie, role="viewer")
    zoo.owner = charlie
    facts = " ".join(facts_about(user=fresh(charlie), registry=zoo))
    assert "guest in Acme" in facts
    assert "gives no right" in facts


def test_linking_without_a_team_says_so(zoo, acme, alice):
    zoo.project.members.create(user=stand(zoo, acme, "member", None, None), role="member")
    person = zoo.project.members.get().user
    assert "in no team that logs" in answers(alice, person, Subject(zoo))[Question.LINK].sentence


def test_links_really_need_a_team(zoo, acme, alice, bob, version):
    zoo.project.members.create(user=bob, role="member")
    assert answers(alice, bob, Subject(zoo))[Question.LINK].can
    link_version(by=fresh(bob), version=version, project=zoo.project, collection_name="x")


def test_only_admins_ask_about_others(zoo, alice, bob, victor, charlie):
    for person in (bob, victor):
        assert answers(person, person, Subject(zoo))[Question.SEE].can
        with pytest.raises(Denied):
            answers(person, alice, Subject(zoo))
    with pytest.raises(NotFound):
        answers(charlie, charlie, Subject(zoo))


@pytest.mark.slow
def test_who_asks_reads_of_holds_only_what_they_may_see(zoo, alice, root, acme):
    """The person who is asked about may see the source; the admin of the registry may not."""
    al = stand(zoo, acme, "viewer", "admin", None)
    secret = factories.make_team("secret", acme, alice="admin")
    sequence = factories.make_collection(factories.make_project(secret, "my proj"), "hush")
    collection = factories.make_collection(zoo.project, "e")
    place = factories.make_membership(collection, factories.make_version(sequence))
    place_hold(by=fresh(alice), thing=sequence, reason="SECRET REASON")
    subject = Subject(zoo, collection=collection, membership=place)
    asked = [Question.UNLINK, Question.DELETE_COLLECTION, Question.DELETE_REGISTRY]
    for person in (root, alice, al):
        told = answers(al, person, subject, *asked)
        assert list(told) == asked
        for answer in told.values():
            assert not answer.can
            assert "legal hold through a collection that you can't open" in answer.sentence
            assert "SECRET" not in answer.sentence
            assert "my proj" not in answer.sentence
    for answer in answers(alice, al, subject, *asked).values():
        assert "secret/my proj/hush" in answer.sentence
        assert "SECRET REASON" in answer.sentence
