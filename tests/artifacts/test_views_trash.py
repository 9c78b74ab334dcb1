from django.urls import reverse

from artifacts.models import Version
from artifacts.services.trash import delete_version
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
    assert "Members of vision/iris restore them." in text
    assert "<form" not in text[text.index('id="trash"') : text.index("</main>")]
    response = client.post(URL, {"version": version.pk})
    assert response.status_code == 403
    assert "yours is Viewer" in response.content.decode()
    assert client.put(URL).status_code == 405
    assert Version.objects.get().deleted_at


def test_the_trash_says_what_when_who_and_until_when(client, bob, version):
    delete(bob, version)
    client.force_login(bob)
    text = " ".join(client.get(URL).content.decode().split())
    assert "restored for 7 days" in text
    for fact in ("iris-model:v0", "<td>bob</td>", "just now", "in 6 d", "Restore iris-model:v0"):
        assert fact in text


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
    from artifacts.services.collections import delete_collection

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


def test_pages_by_key_with_as_many_queries(client, bob, sequence):
    versions = [factories.make_version(sequence) for _number in range(52)]
    delete(bob, versions[0])
    client.force_login(bob)
    for_one = count_queries(client, URL)
    delete(bob, *versions[1:])
    assert count_queries(client, URL) == for_one
    first = client.get(URL).context["versions"]
    assert [str(version) for version in first.rows][:2] == ["iris-model:v51", "iris-model:v50"]
    assert first.summary == "52 deleted versions · last deleted first"
    second = client.get(first.next_url)
    assert [str(version) for version in second.context["versions"].rows] == [
        "iris-model:v1", "iris-model:v0",
    ]  # fmt: skip
    assert_swap_equals_reload(client.get(first.next_url, headers=HTMX), second, "trash")


def test_the_browser_leads_there_and_shows_none_of_it(client, bob, version):
    client.force_login(bob)
    page = "/vision/iris/artifacts"
    assert URL in client.get(page).content.decode()
    delete(bob, version)
    text = client.get(page).content.decode()
    assert URL in text
    assert "iris-model:v0" not in text


def test_a_registry_has_no_trash(client, bob, registry):
    client.force_login(bob)
    response = client.get("/acme/wandb-registry-model/-/trash")
    assert response["Location"] == "/orgs/Acme/registry/model"
