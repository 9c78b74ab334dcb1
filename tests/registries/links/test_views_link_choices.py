import pytest
from django.urls import reverse

from artifacts.models import Membership
from registries.models import Registry
from registry_site.accounts.services import members
from tests import factories
from tests.helpers.htmx import HTMX, element
from tests.helpers.queries import count_queries
from tests.registries.links.test_views_links import CHOICE, URL


def offered(response):
    """What each select offers: values, those that can't be chosen in brackets."""
    return {
        level.name: [f"({o.value})" if o.is_off else o.value for o in level.options]
        for level in response.context["page"].choice.levels
    }


def chosen(response):
    return {
        level.name: level.value for level in response.context["page"].choice.levels if level.value
    }


def test_link_version_opens_as_page_and_as_drawer(client, bob, collection, version):
    client.force_login(bob)
    assert reverse("registries:link_version", args=["Acme", "model", "iris-classifier"]) == URL
    page, drawer = client.get(URL), client.get(URL, headers=HTMX)
    assert (page.status_code, drawer.status_code) == (200, 200)
    assert '<dialog id="dialog" class="drawer"' in drawer.content.decode()
    for part in ("choice-team", "choice-version", "link-sentence"):
        assert element(page, part) == element(drawer, part)
    assert not Membership.objects.filter(collection=collection).exists()


def test_link_version_offers_what_lies_below_each_choice(client, bob, acme, collection, version):
    nlp = factories.make_team("nlp", acme, bob="member")
    factories.make_version(factories.make_collection(factories.make_project(nlp, "words")))
    members.forget_roles(bob)
    client.force_login(bob)
    first = client.get(URL)
    assert offered(first) == {
        "team": ["vision", "nlp", "(bob)"],
        "project": [],
        "artifact": [],
        "version": [],
    }
    second = client.get(URL, {"team": "vision"})
    # what is the only one of its level is chosen by itself
    assert chosen(second) == CHOICE
    assert "as the next version (now v0)" in element(second, "link-sentence")


@pytest.mark.slow
def test_link_version_keeps_what_is_still_offered(client, bob, collection, project, version):
    other = factories.make_project(project.entity.team, "mnist")
    same_name = factories.make_collection(other, "iris-model")
    factories.make_collection(other, "empty")
    factories.make_version(same_name)
    factories.make_version(same_name)
    client.force_login(bob)
    kept = client.get(URL, CHOICE | {"project": "mnist"})
    assert chosen(kept) == CHOICE | {"project": "mnist"}
    assert offered(kept)["artifact"] == ["iris-model"]
    gone = client.get(URL, CHOICE | {"project": "mnist", "version": "v7"})
    assert "version" not in chosen(gone)
    assert element(gone, "link-sentence").endswith("Choose a version to link.</div>")


def test_link_version_offers_only_the_collection_s_type(client, bob, collection, project, version):
    data = factories.make_collection(project, "iris-data", type_name="dataset")
    factories.make_version(data)
    client.force_login(bob)
    assert offered(client.get(URL, CHOICE))["artifact"] == ["iris-model"]


def test_link_version_offers_no_project_without_a_fitting_artifact(
    client, bob, collection, project, version
):
    team = project.entity.team
    data = factories.make_collection(factories.make_project(team, "tables"), type_name="dataset")
    factories.make_version(data)
    begun = factories.make_collection(factories.make_project(team, "begun"))
    pending = factories.make_version(begun)
    type(pending).objects.filter(pk=pending.pk).update(state="PENDING")
    factories.make_project(team, "empty")
    client.force_login(bob)
    response = client.get(URL, {"team": "vision"})
    assert offered(response)["project"] == ["iris", "(empty)", "(begun)", "(tables)"]
    assert chosen(response) == CHOICE  # the only one that can be
    assert "tables – no artifact of the type “model”" in response.content.decode()
    refused = client.post(URL, {"team": "vision", "project": "tables"}).content.decode()
    assert "tables can&#x27;t be chosen: no artifact of the type “model”." in refused


def test_link_version_has_nothing_to_choose_and_says_what_to_do(client, bob, collection, project):
    client.force_login(bob)
    text = element(client.post(URL, {}), "choice-team-notes")
    assert "Error: </span>No team of yours has an artifact of the type “model”" in text
    assert "Choose" not in text


@pytest.mark.slow
def test_link_version_says_why_a_team_can_t_be_chosen(client, bob, acme, collection):
    factories.make_team("readers", acme, bob="viewer")
    elsewhere = factories.make_organization("Elsewhere", bob="member")
    factories.make_team("others", elsewhere, bob="member")
    members.forget_roles(bob)
    client.force_login(bob)
    response = client.get(URL)
    assert offered(response)["team"] == ["(vision)", "(others)", "(readers)", "(bob)"]
    text = response.content.decode()
    assert "vision – no artifact of the type “model”" in text
    assert "No team of yours has an artifact of the type “model”: log one first." in text
    assert "belongs to Elsewhere" in text
    assert "your role there is View-only" in text
    assert "personal account" in text


def test_link_version_says_what_to_do_without_a_team(client, acme, registry, collection):
    eve = factories.make_user("eve")
    members.set_organization_member(by=None, organization=acme, user=eve, role="member")
    client.force_login(eve)
    text = client.get(URL).content.decode()
    assert "You are in no team of Acme" in text
    assert "alice" in text


def test_link_version_shows_aliases_and_where_they_are(client, bob, collection, version):
    factories.make_membership(collection, version, aliases=["staging"])
    client.force_login(bob)
    text = client.get(URL, CHOICE).content.decode()
    assert "here already as v0" in text
    assert "now v0" in text
    assert "Protected: only the role Admin may move it; yours is Member." in text
    assert "linking again changes nothing" in text


def test_link_version_names_the_aliases_in_the_sentence(client, bob, collection, version):
    client.force_login(bob)
    response = client.get(URL, CHOICE | {"new_aliases": "staging, good"})
    expected = (
        "Link <code>vision/iris-model:v0</code> to <code>iris-classifier</code> "
        "as the next version (now v0), with aliases <code>staging</code>, <code>good</code>."
    )
    assert expected in element(response, "link-sentence")


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "vision/iris/iris-model:v0",
        " `vision/iris/iris-model:v0` ",
        "vision/iris/iris-model:best",
        "vision/iris/iris-model",
        "/vision/iris/artifacts/model/iris-model/v0/files?page=2",
        "http://testserver/vision/iris/artifacts/model/iris-model/best",
        "http://testserver/vision/iris/artifacts/model/iris-model",
        "acme/wandb-registry-lab/other:v0",
        "http://testserver/orgs/Acme/registry/lab/other/v0/usage",
    ],
)
def test_link_version_takes_a_full_name_or_an_address(
    client, bob, acme, collection, sequence, text
):
    version = factories.make_version(sequence, aliases=["best"])
    other = factories.make_registry_project(acme, "lab")
    Registry.objects.create(organization=acme, project=other, name="lab")
    factories.make_membership(factories.make_collection(other, "other"), version)
    client.force_login(bob)
    response = client.get(URL, {"source": text, "team": "nothing"})
    assert chosen(response) == CHOICE
    assert client.post(URL, {"source": text}).status_code == 302  # typed, and sent at once
    assert collection.memberships.get().version == version


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("vision/iris/iris-model:v9", "There is no version"),
        ("nobody/iris/iris-model:v0", "There is no version"),
        ("charlie/own/secret:v0", "There is no version"),
        ("vision/iris", "is no full name"),
        ("https://elsewhere.example/vision/iris/artifacts/model/iris-model/v0", "not this server"),
        ("http://testserver/vision/iris", "shows no artifact"),
        ("http://testserver/a/b/c/d/e/f/g/h/i", "shows no artifact"),
        ("vision/iris/data:v0", "accept the type “dataset”"),
        ("bob/own/mine:v0", "personal account"),
        ("http://[", "is no"),
    ],
)
def test_link_version_says_what_is_the_matter_with_a_name(
    client, bob, charlie, collection, project, version, text, words
):
    factories.make_version(factories.make_collection(project, "data", type_name="dataset"))
    for user, project_name, name in ((bob, "own", "mine"), (charlie, "own", "secret")):
        own = factories.make_project(user, project_name)
        factories.make_version(factories.make_collection(own, name))
    client.force_login(bob)
    for answer in (client.get(URL, {"source": text}), client.post(URL, {"source": text})):
        assert words in element(answer, "choice-source-notes")
        assert "Link <code>" not in element(answer, "link-sentence")
    assert not collection.memberships.exists()


@pytest.mark.slow
def test_link_version_takes_what_is_typed_where_it_names_one(client, bob, collection, sequence):
    for number in range(12):
        factories.make_version(sequence, files={}, aliases=["best"] if number == 3 else [])
    client.force_login(bob)
    typed = {f"{name}_filter": text for name, text in CHOICE.items()}
    assert chosen(client.get(URL, typed | {"version_filter": "v1"}))["version"] == "v1"
    assert chosen(client.get(URL, typed | {"version_filter": "best"}))["version"] == "v3"
    assert chosen(client.get(URL, typed | {"version_filter": "latest"}))["version"] == "v11"
    assert "version" not in chosen(client.get(URL, typed | {"version_filter": "v"}))
    client.post(URL, typed | {"version_filter": "v1"})
    assert collection.memberships.get().version.version_index == 1


def test_link_version_without_a_script_keeps_each_step_in_its_address(client, bob, collection):
    client.force_login(bob)
    given = {"team": "vision", "project": "", "new_aliases": "a b", "choose": "1"}
    response = client.post(URL, given | {"csrfmiddlewaretoken": "x", "alias": ["c", "d"]})
    assert response["Location"] == f"{URL}?team=vision&new_aliases=a+b&alias=c&alias=d"


@pytest.mark.slow
def test_link_version_filters_long_lists(client, bob, collection, sequence, monkeypatch):
    monkeypatch.setattr("registries.choices.source_choice.SHOWN", 3)
    for _number in range(5):
        factories.make_version(sequence, files={})
    client.force_login(bob)
    first = client.get(URL, CHOICE | {"version": ""})
    assert offered(first)["version"] == ["v4", "v3", "v2"]
    assert 'name="version_filter"' in first.content.decode()
    narrowed = client.get(URL, CHOICE | {"version": "", "version_filter": "v1"})
    assert offered(narrowed)["version"] == ["v1"]
    kept = client.get(URL, CHOICE | {"version": "v0"})
    assert offered(kept)["version"] == ["v0", "v4", "v3", "v2"]
    assert chosen(kept)["version"] == "v0"


@pytest.mark.slow
def test_link_version_is_a_small_page_whatever_was_logged(client, alice, collection, sequence):
    for number in range(120):
        version = factories.make_version(sequence, files={})
        for membership, sign in (
            (version.memberships.get(), "<"),
            (factories.make_membership(collection, version), "é"),
        ):
            membership.aliases.create(
                collection=membership.collection, name=f"{number:03}{sign * 125}"
            )
            membership.aliases.create(
                collection=membership.collection, name=f"{number:03}{'&' * 125}"
            )
    client.force_login(alice)
    page, drawer = client.get(URL, CHOICE), client.get(URL, CHOICE, headers=HTMX)
    assert chosen(page) == CHOICE
    assert max(len(page.content), len(drawer.content)) < 150 * 1024
    other = f"119{'<' * 125}"
    assert chosen(client.get(URL, CHOICE | {"version": "", "version_filter": other})) == (
        CHOICE | {"version": "v119"}
    )


@pytest.mark.slow
def test_link_version_takes_as_many_queries_for_50_entries(client, bob, collection, sequence):
    client.force_login(bob)
    for _number in range(2):
        factories.make_version(sequence, files={})
    address = f"{URL}?team=vision&project=iris&artifact=iris-model"
    few = count_queries(client, address)
    for _number in range(48):
        factories.make_version(sequence, files={})
    assert count_queries(client, address) == few
