import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from artifacts.models import RunOutput, Version
from artifacts.services.collections.collections import delete_collection
from artifacts.services.collections.links import link_version
from artifacts.services.retention.rules import set_retention_rule
from artifacts.services.runs.control import delete_run
from artifacts.services.sweep.sweep import sweep
from artifacts.services.trash.trash import delete_version
from tests import factories
from tests.helpers.htmx import HTMX, assert_swap_equals_reload
from tests.helpers.queries import count_queries

URL = "/vision/iris/-/trash"


def delete(by, *versions):
    for version in versions:
        delete_version(by=by, version=version, with_aliases=True)


def test_who_sees_the_trash(client, bob, victor, charlie, version):
    assert reverse("artifacts:trash_list", args=["vision", "iris"]) == URL
    delete(bob, version)
    assert client.get(URL)["Location"] == f"/login?next={URL}"
    client.force_login(charlie)
    assert client.get(URL).status_code == client.post(URL).status_code == 404
    client.force_login(victor)
    text = client.get(URL).content.decode()
    assert "iris-model:v0" in text
    assert "Members of vision/iris restore it." in text
    assert "<form" not in text[text.index('id="trash"') : text.index("</main>")]
    response = client.post(URL, {"version": version.pk})
    assert response.status_code == 403
    assert "yours is Viewer" in response.content.decode()
    assert client.put(URL).status_code == 405
    assert Version.objects.get().deleted_at


def test_the_trash_says_what_when_who_and_until_when(client, bob, version):
    delete(bob, version)
    client.force_login(bob)
    text = client.get(URL).content.decode()
    assert "restored for 7 days" in text
    for fact in ("iris-model:v0", "<td>bob</td>", "just now", "in 6 d", "Restore iris-model:v0"):
        assert fact in text


def test_it_tells_the_rule_by_which_versions_went_and_guesses_none(client, bob, vision, sequence):
    vision.entity.default_ttl_seconds = 3600
    vision.entity.save(update_fields=["default_ttl_seconds"])
    factories.make_version(sequence)
    expired = factories.make_version(factories.make_collection(sequence.project, "other"))
    long_ago = timezone.now() - timedelta(days=1)
    Version.objects.filter(pk=expired.pk).update(ttl_seconds=1, created_at=long_ago)
    factories.make_version(sequence)
    set_retention_rule(by=bob, collection=sequence, rule={"keep_newest": 1})
    sweep()
    client.force_login(bob)
    cells = re.findall(r"<td>(Retention rule:|–)", client.get(URL).content.decode())
    assert sorted(cells) == ["Retention rule:", "–"]


def test_restores(client, bob, version):
    delete(bob, version)
    client.force_login(bob)
    response = client.post(URL, {"version": version.pk}, follow=True)
    assert response.redirect_chain == [(URL, 302)]
    text = response.content.decode()
    assert "iris-model:v0 is back." in text
    assert "The trash is empty" in text
    assert client.get("/vision/iris/artifacts/model/iris-model/v0").status_code == 200
    assert client.post(URL, {"version": version.pk}).status_code == 302  # again


def test_restores_by_htmx(client, bob, version):
    delete(bob, version)
    client.force_login(bob)
    response = client.post(URL, {"version": version.pk}, headers=HTMX)
    assert response["HX-Redirect"] == URL
    assert Version.objects.get().is_committed


def test_a_refusal_is_said(client, bob, project, version):
    delete_collection(by=bob, collection=version.sequence)
    factories.make_collection(project, type_name="dataset")
    client.force_login(bob)
    for headers in ({}, HTMX):
        response = client.post(URL, {"version": version.pk}, headers=headers)
        assert response.status_code == 409
        assert "Rename that one first" in response.content.decode()


def test_what_is_no_version_of_the_project(client, bob, alice, version):
    other = factories.make_collection(factories.make_project(alice, "own"))
    foreign = factories.make_version(other)
    client.force_login(bob)
    for pk in ("", "x", "-1", "9" * 30, "999", foreign.pk):
        assert client.post(URL, {"version": pk}).status_code == 404


@pytest.mark.slow
def test_pages_by_key_with_as_many_queries(client, bob, sequence):
    versions = [factories.make_version(sequence) for _number in range(52)]
    delete(bob, versions[0])
    client.force_login(bob)
    for_one = count_queries(client, URL)
    delete(bob, *versions[1:])
    assert count_queries(client, URL) == for_one
    first = client.get(URL).context["page"].table
    assert [str(version) for version in first.rows][:2] == ["iris-model:v51", "iris-model:v50"]
    assert first.summary == "52 deleted versions · last deleted first"
    second = client.get(first.next_url)
    assert [str(version) for version in second.context["page"].table.rows] == [
        "iris-model:v1",
        "iris-model:v0",
    ]
    assert_swap_equals_reload(client.get(first.next_url, headers=HTMX), second, "trash")


def test_the_browser_leads_there_and_shows_none_of_it(client, bob, version):
    client.force_login(bob)
    page = "/vision/iris/artifacts"
    assert URL in client.get(page).content.decode()
    delete(bob, version)
    text = client.get(page).content.decode()
    assert URL in text
    assert "iris-model:v0" not in text


def test_runs_with_what_comes_along(client, bob, project, version):
    run = factories.make_run(project, bob, name="r1", display_name="brave")
    run.files.create(name="f", blob=factories.make_blob(b"12345"))
    RunOutput.objects.create(run=run, version=version)
    delete_run(by=bob, run=run, with_artifacts=True)
    client.force_login(bob)
    text = client.get(f"{URL}/runs").content.decode()
    for fact in ("brave", "<code>r1</code>", '<td class="number">1</td>', "Restore brave"):
        assert fact in text
    size = version.size + 5
    assert f"{size} B" in text
    rows = json.loads(b"".join(client.get(f"{URL}/-/runs.json").streaming_content))
    assert (rows[0]["run"], rows[0]["versions"], rows[0]["size"]) == ("r1", 1, size)
    response = client.post(f"{URL}/runs", {"only": run.pk}, follow=True)
    assert "The run brave is back. So is 1 version." in response.content.decode()
    assert client.get("/vision/iris/runs/r1").status_code == 200


@pytest.mark.slow
def test_collections_with_what_comes_along(client, bob, sequence, version):
    delete_collection(by=bob, collection=sequence)
    client.force_login(bob)
    gone = client.get("/vision/iris/artifacts/model/iris-model")
    assert gone.status_code == 410
    assert f"{URL}/collections" in gone.content.decode()
    text = client.get(f"{URL}/collections").content.decode()
    assert "Restore iris-model" in text
    rows = b"".join(client.get(f"{URL}/-/collections.csv").streaming_content).decode()
    assert "iris-model,model,sequence,1," in rows
    response = client.post(f"{URL}/collections", {"collection": sequence.pk}, follow=True)
    text = response.content.decode()
    assert "The collection iris-model is back. So is 1 version." in text
    assert client.get("/vision/iris/artifacts/model/iris-model/v0").status_code == 200


@pytest.mark.slow
def test_several_at_once(client, bob, sequence):
    versions = [factories.make_version(sequence) for _number in range(7)]
    delete(bob, *versions)
    client.force_login(bob)
    response = client.post(URL, {"version": [each.pk for each in versions[:6]]}, follow=True)
    assert "6 are back." in response.content.decode()
    assert Version.objects.committed().count() == 6
    assert client.post(URL, {}).status_code == 404
    assert client.post(URL, {"only": versions[6].pk, "version": versions[0].pk}).status_code == 302
    assert Version.objects.committed().count() == 7


def test_what_one_refuses_stops_no_other(client, bob, project, sequence, version):
    other = factories.make_version(factories.make_collection(project, "other"))
    delete(bob, other)
    delete_collection(by=bob, collection=sequence)
    factories.make_collection(project, type_name="dataset")
    client.force_login(bob)
    response = client.post(URL, {"version": [version.pk, other.pk]}, follow=True)
    text = response.content.decode()
    assert "other:v0 is back." in text
    assert "Rename that one first" in text


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["runs", "collections"])
def test_as_many_queries_for_any_number(client, bob, project, kind):
    def make(number):
        if kind == "runs":
            delete_run(by=bob, run=factories.make_run(project, bob))
        else:
            made = factories.make_collection(project, f"c{number}")
            factories.make_version(made)
            delete_collection(by=bob, collection=made)

    client.force_login(bob)
    make(0)
    for_one = count_queries(client, f"{URL}/{kind}")
    for number in range(1, 20):
        make(number)
    assert count_queries(client, f"{URL}/{kind}") == for_one


def test_addresses(client, bob, project):
    assert reverse("artifacts:trash_runs", args=["vision", "iris"]) == f"{URL}/runs"
    assert reverse("artifacts:trash_collections", args=["vision", "iris"]) == f"{URL}/collections"
    export = reverse("artifacts:trash_export", args=["vision", "iris", "runs", "csv"])
    assert export == f"{URL}/-/runs.csv"
    client.force_login(bob)
    assert client.get(f"{URL}/-/other.csv").status_code == 404
    assert "No deleted runs" in client.get(f"{URL}/runs").content.decode()


REGISTRY = "/orgs/Acme/registry/model/-/trash"


@pytest.mark.slow
def test_the_trash_of_a_registry(client, bob, victor, charlie, registry, version):
    assert reverse("registries:registry_trash", args=["Acme", "model"]) == REGISTRY
    export = reverse("registries:registry_trash_export", args=["Acme", "model", "json"])
    assert export == f"{REGISTRY}/-/collections.json"
    membership = link_version(
        by=bob, version=version, project=registry.project, collection_name="c"
    ).membership
    delete_collection(by=bob, collection=membership.collection)
    client.force_login(bob)
    assert client.get("/acme/wandb-registry-model/-/trash")["Location"] == REGISTRY
    gone = client.get(membership.collection.get_absolute_url())
    assert gone.status_code == 410
    assert REGISTRY in gone.content.decode()
    rows = json.loads(b"".join(client.get(export).streaming_content))
    assert (rows[0]["collection"], rows[0]["versions"]) == ("c", 1)
    for person, seen, done in ((victor, 200, 403), (charlie, 404, 404)):
        client.force_login(person)
        assert client.get(REGISTRY).status_code == seen
        assert client.post(REGISTRY, {"only": membership.collection_id}).status_code == done
    client.force_login(bob)
    response = client.post(REGISTRY, {"only": membership.collection_id}, follow=True)
    assert "The collection c is back. So is 1 link." in response.content.decode()
    assert client.get(membership.get_absolute_url()).status_code == 200
    assert REGISTRY in client.get("/orgs/Acme/registry/model/settings/keeping").content.decode()
