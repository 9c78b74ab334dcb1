import pytest
from django.urls import reverse

from artifacts.models import ManifestEntry, RunInput, RunOutput, VersionTag
from tests import factories

TABS = ["version", "metadata", "usage", "files", "lineage"]
PLACE = ["vision", "iris", "model", "iris-model", "v0"]


@pytest.fixture
def url(version):
    return reverse("artifacts:version_detail", args=PLACE)


def tab(name):
    return reverse("artifacts:version_tab", args=[*PLACE, name])


@pytest.fixture
def run(project, bob, version):
    run = factories.make_run(
        project, bob, config={"lr": {"value": 0.1}}, summary={"accuracy": 0.967}
    )
    RunOutput.objects.create(run=run, version=version)
    version.run = run
    version.save(update_fields=["run"])
    return run


@pytest.fixture
def secret(acme):
    """A project of a team that only Alice, who administers the organization, can open."""
    return factories.make_project(factories.make_team("nlp", acme), "secret")


def test_version_detail(client, victor, url, version, run):
    VersionTag.objects.create(version=version, name="tabular")
    client.force_login(victor)
    text = client.get(url).content.decode()
    assert "Full Name" in text
    assert 'data-copy="vision/iris/iris-model:v0"' in text
    for shown in ["latest", "tabular", run.display_name, f'data-copy="{version.digest}"']:
        assert shown in text
    assert "Link to registry" in text
    assert f"/registry/-/link?version={version.pk}" in text


@pytest.mark.parametrize("name", TABS)
def test_tabs_are_addresses(client, victor, url, run, name):
    client.force_login(victor)
    response = client.get(tab(name))
    assert response.status_code == 200
    current = [item["url"] for item in response.context["page"].tabs if item["current"]]
    assert current == [url if name == "version" else tab(name)]


@pytest.mark.slow
def test_version_by_alias(client, victor, sequence, version, bob):
    factories.make_version(sequence, by=bob, aliases=["best"])
    client.force_login(victor)
    base = "/vision/iris/artifacts/model/iris-model/"
    for reference, index in [("latest", 1), ("best", 1), ("v0", 0)]:
        assert client.get(base + reference).context["page"].number == f"v{index}"
    for reference in ["v2", "worst", "v01"]:
        assert client.get(base + reference).status_code == 404


@pytest.mark.slow
def test_version_detail_for_others(client, charlie, url, registry, collection, version, bob):
    assert client.get(url).status_code == 302
    client.force_login(charlie)
    for name in TABS:
        assert client.get(tab(name)).status_code == 404
    client.force_login(bob)
    assert client.get(tab("nothing")).status_code == 404
    assert client.get(url.replace("/model/", "/dataset/")).status_code == 404
    assert client.post(url).status_code == 405
    membership = factories.make_membership(collection, version)
    in_browser = "/acme/wandb-registry-model/artifacts/model/iris-classifier/v0/files"
    assert client.get(in_browser)["Location"] == membership.tab_url("files")


def test_deleted_version_is_gone(client, bob, url, version):
    version.memberships.update(hidden_at=version.created_at)
    client.force_login(bob)
    assert client.get(url).status_code == 404


def test_source_shows_links_that_one_may_see(client, bob, url, version, collection, secret):
    factories.make_membership(collection, version, aliases=["production"])
    hidden = factories.make_collection(secret, "hidden-pick", kind="portfolio")
    factories.make_membership(hidden, version)
    client.force_login(bob)
    text = client.get(url).content.decode()
    assert "acme/wandb-registry-model/iris-classifier:v0" in text
    assert "Protected alias" in text
    assert "hidden-pick" not in text


@pytest.mark.slow
def test_link_tells_a_source_only_to_who_may_see_it(client, bob, alice, project, secret):
    hidden = factories.make_version(factories.make_collection(secret, "hidden-model"))
    hidden.run = factories.make_run(secret, alice, display_name="hidden-run")
    hidden.save(update_fields=["run"])
    picked = factories.make_collection(project, "picked", kind="portfolio")
    membership = factories.make_membership(picked, hidden)
    client.force_login(bob)
    for name in ["", "metadata", "usage", "lineage"]:
        text = client.get(membership.tab_url(name)).content.decode()
        assert "hidden-model" not in text
        assert "hidden-run" not in text
        assert "nlp" not in text
    text = client.get(membership.get_absolute_url()).content.decode()
    assert "It lies in a project that you cannot open." in text
    assert "a run that you cannot open" in text
    client.force_login(alice)
    assert (
        "nlp/secret/hidden-model:v0" in client.get(membership.get_absolute_url()).content.decode()
    )


def test_description_is_safe_markdown(client, bob, url, version):
    version.description = "**bold** <img src=x onerror=alert(1)> [x](javascript:alert(1))"
    version.save(update_fields=["description"])
    client.force_login(bob)
    text = client.get(url).content.decode()
    assert "<strong>bold</strong>" in text
    assert "<img" not in text
    assert "javascript:alert(1)&quot;" not in text
    assert 'href="javascript' not in text


# ------------------------------------------------------------------ metadata, usage, lineage


def test_metadata(client, victor, version, run):
    version.metadata = {"rows": 150, "shape": {"in": 4}, "list": [1, 2], "html": "<b>x</b>"}
    version.save(update_fields=["metadata"])
    client.force_login(victor)
    text = client.get(tab("metadata")).content.decode()
    assert '<span class="key">rows</span> <span class="mono">150</span>' in text
    assert '<span class="mono">[1, 2]</span>' in text
    assert "&lt;b&gt;x&lt;/b&gt;" in text
    assert "0.967" in text
    assert run.get_absolute_url() in text


def test_metadata_when_empty_shows_how_to_give_it(client, victor, version):
    client.force_login(victor)
    text = client.get(tab("metadata")).content.decode()
    assert "No metadata" in text
    assert "No run logged this version." in text


def test_lineage_alone(client, bob, version):
    client.force_login(bob)
    assert "No run has made or used this version." in client.get(tab("lineage")).content.decode()


# ------------------------------------------------------------------ constant work


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "queries"),
    [("version", 21), ("metadata", 14), ("usage", 22), ("files", 16)],
)
@pytest.mark.parametrize("rows", [1, 50])
def test_tab_queries(
    client, bob, sequence, version, run, project, name, queries, rows, django_assert_num_queries
):
    for number in range(rows):
        picked = factories.make_collection(project, f"p{number}", kind="portfolio")
        factories.make_membership(picked, version, aliases=["a", "b"])
        RunInput.objects.create(run=factories.make_run(project, bob), version=version)
        VersionTag.objects.create(version=version, name=f"tag{number}")
        ManifestEntry.objects.create(version=version, path=f"f{number}", digest="x", size=1)
    client.force_login(bob)
    with django_assert_num_queries(queries):
        client.get(tab(name))
