"""Old addresses lead on: every page below a project, a registry, a collection that was renamed."""

import pytest
from django.urls import reverse

from artifacts import urls as artifacts_urls
from artifacts.models import FormerPathUse, Project
from artifacts.services.collections.collections import delete_collection, update_collection
from artifacts.services.collections.links import link_version
from artifacts.services.projects import rename_project
from registries import urls as registries_urls
from registries.services.registry.creation import create_registry
from registries.services.registry.renaming import rename_registry
from registry_site.accounts.models import Organization, Team, User
from registry_site.accounts.services.keys.api_keys import set_api_key
from tests import factories
from tests.helpers.graphql import auth_of, key_of
from tests.helpers.made_once import made_once

REST = {"type_name": "model", "version": "v0", "reference": "v0", "tab": "files", "kind": "csv",
        "path": "weights.txt", "alias": "best", "algorithm": "sha256", "run": "run1",
        "name": "runs", "member": "alice"}  # fmt: skip
QUERY = "q=a%20b&sort=-name&file=weights.txt"


def routes(urls, *parts):
    """Names of the addresses below these parts."""
    return [
        pytest.param(f"{urls.app_name}:{each.name}", set(each.pattern.converters), id=each.name)
        for each in urls.urlpatterns
        if set(parts) <= set(each.pattern.converters)
    ]


@pytest.fixture
def renamed(cast):
    """`iris/iris-model` is `flowers/lily` now, and `fraud/goal` is `cards/score`."""
    return make_renamed()


@made_once
def make_renamed():
    alice, bob = (User.objects.get(username=name) for name in ("alice", "bob"))
    project = factories.make_project(Team.objects.get(entity__name="vision"))
    version = factories.make_version(factories.make_collection(project), by=alice)
    run = factories.make_run(project, bob, name="run1")
    run.files.create(name="weights.txt", blob=factories.make_blob())
    factories.make_version(factories.make_collection(project, "train", "job"))  # for /jobs
    acme = Organization.objects.get(name="Acme")
    registry = create_registry(by=alice, organization=acme, name="fraud")
    place, *_rest = link_version(
        by=factories.fresh(alice),
        version=version,
        project=registry.project,
        collection_name="goal",
    )
    for collection, name in ((version.sequence, "lily"), (place.collection, "score")):
        update_collection(by=factories.fresh(alice), collection=collection, name=name)
    rename_project(by=alice, project=project, name="flowers")
    rename_registry(by=factories.fresh(alice), registry=registry, name="cards")
    place.refresh_from_db()
    return place


def check_leads(client, user, route, old, new):
    client.force_login(user)
    response = client.get(f"{reverse(route, kwargs=old)}?{QUERY}")
    target = reverse(route, kwargs=new)
    assert (response.status_code, response["Location"]) == (302, f"{target}?{QUERY}"), route
    response = client.get(f"{target}?{QUERY}")
    assert response.status_code in {200, 302}, route
    response.close()  # a file may be sent


@pytest.mark.slow
@pytest.mark.parametrize(
    ("route", "parts"),
    [*routes(artifacts_urls, "entity", "project"), *routes(registries_urls, "entity", "project")],
)
def test_below_a_project(client, alice, renamed, route, parts):
    old = {part: REST[part] for part in parts & set(REST)} | {"entity": "vision", "project": "iris"}
    new = old | {"project": "flowers"}
    if "collection" in parts:
        old["collection"], new["collection"] = "iris-model", "lily"
    check_leads(client, factories.fresh(alice), route, old, new)


@pytest.mark.parametrize(("route", "parts"), routes(registries_urls, "organization", "registry"))
def test_below_a_registry(client, alice, renamed, route, parts):
    if route.endswith(("tag_remove", "member_owner")):
        pytest.skip("only takes a POST, as the test below")
    old = {part: REST[part] for part in parts & set(REST)}
    old |= {"organization": "Acme", "registry": "fraud"}
    new = old | {"registry": "cards"}
    if "collection" in parts:
        old["collection"], new["collection"] = "goal", "score"
    check_leads(client, factories.fresh(alice), route, old, new)


def test_a_form_that_was_open_is_sent_on(client, alice, renamed):
    client.force_login(factories.fresh(alice))
    old = "/orgs/Acme/registry/fraud/goal/-/tags/add"
    response = client.post(old, {"names": "good"}, follow=True)
    assert response.redirect_chain[0] == ("/orgs/Acme/registry/cards/score/-/tags/add", 307)
    assert [tag.name for tag in renamed.collection.tags.all()] == ["good"]


def test_scripts_get_the_bytes_at_once(client, alice, renamed):
    """curl follows no redirect unless it is told to, and takes one for a success."""
    set_api_key(by=None, user=alice, name="test", text=key_of(alice))
    for old in (
        "/orgs/Acme/registry/Fraud/goal/latest",
        "/vision/iris/artifacts/model/iris-model/v0",
    ):
        response = client.get(f"{old}/files/weights.txt", **auth_of(alice))
        assert response.status_code == 200
        assert response.getvalue() == f"{renamed.version.sequence_id}/0".encode()
    assert client.get("/vision/none/-/runs.csv", **auth_of(alice)).status_code == 404


@pytest.mark.slow
def test_names_in_the_query_lead_on(client, alice, renamed):
    client.force_login(factories.fresh(alice))
    printed = "/orgs/Acme/registry/fraud?selectionPath=acme%2Fwandb-registry-fraud%2Fgoal"
    response = client.get(f"{printed}&view=membership&version=v0", follow=True)
    assert response.redirect_chain[-1][0] == renamed.get_absolute_url()
    response = client.get(
        "/acme/registry/model",
        {"selectionPath": "acme/wandb-registry-fraud/goal", "version": "v0"},
    )
    assert response["Location"] == renamed.get_absolute_url()
    response = client.get("/-/compare", {"left": "vision/iris/iris-model:v0"})
    assert response.status_code == 200
    assert "lily" in response.content.decode()


@pytest.mark.slow
def test_only_who_may_see_it_is_led_on(client, charlie, victor, alice, renamed):
    Project.objects.filter(pk=renamed.collection.project_id).update(access="restricted")
    for user, address in (
        (victor, "/orgs/Acme/registry/fraud/goal"),
        (charlie, "/vision/iris"),
        (charlie, "/vision/iris/artifacts/model/iris-model/v0"),
    ):
        client.force_login(factories.fresh(user))
        assert client.get(address).status_code == 404


@pytest.mark.slow
def test_what_was_made_anew_or_deleted_leads_nowhere(client, alice, vision, acme, renamed):
    alice = factories.fresh(alice)
    client.force_login(alice)
    delete_collection(by=alice, collection=renamed.collection)
    assert client.get("/orgs/Acme/registry/fraud/goal", follow=True).status_code == 404
    factories.make_project(vision, "iris")
    assert client.get("/vision/iris").status_code == 200
    create_registry(by=alice, organization=acme, name="Fraud")
    response = client.get("/orgs/Acme/registry/fraud")
    assert response["Location"] == "/orgs/Acme/registry/Fraud"


@pytest.mark.slow
def test_who_is_led_on_is_written_down(client, alice, victor, charlie, renamed):
    for user in (alice, alice, victor, charlie):
        client.force_login(factories.fresh(user))
        client.get("/orgs/Acme/registry/fraud/goal", follow=True)
    client.get("/orgs/Acme/registry/fraud")
    uses = FormerPathUse.objects.order_by("pk").values_list("path", "user__username")
    path = "acme/wandb-registry-fraud/goal"
    assert list(uses) == [(path, "alice"), (path, "victor")]
