"""Pages of what was deleted, and those that point at it; hidden is said only of a right."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from artifacts.models import Download, RunInput, RunOutput, Version
from artifacts.services.aliases.aliases import add_aliases
from artifacts.services.collections.collections import delete_collection
from artifacts.services.collections.links import link_version, unlink_version
from artifacts.services.projects import delete_project
from artifacts.services.runs.control import delete_run
from artifacts.services.sweep.sweep import sweep
from artifacts.services.trash.trash import delete_version
from artifacts.services.usage.usage import record_download
from registries.services.registry.creation import create_registry
from registries.services.registry.deletion import delete_registry
from tests import factories

PAGE = "/vision/iris/artifacts/model/iris-model/v0"
RUN = "/vision/iris/runs/r1"
CANNOT_OPEN = "cannot open"


@pytest.fixture
def run(project, bob):
    return factories.make_run(project, bob, name="r1", display_name="brave")


@pytest.fixture
def hidden(acme, alice):
    """A version and a run of another team, which Bob can't open."""
    project = factories.make_project(factories.make_team("nlp", acme, alice="admin"), "secret")
    return factories.make_version(factories.make_collection(project, "hush"))


def swept(by, version):
    delete_version(by=by, version=version, with_aliases=True)
    past = timezone.now() - timedelta(days=30)
    Version.objects.filter(pk=version.pk).update(deleted_at=past)
    sweep()


def text_of(client, url, status=200):
    response = client.get(url)
    assert response.status_code == status, url
    return response.content.decode()


# ------------------------------------------------------------------ its own addresses


@pytest.mark.parametrize("tab", ["", "/metadata", "/usage", "/files", "/lineage", "/files/a"])
def test_the_page_of_a_deleted_version(client, bob, charlie, version, tab):
    delete_version(by=bob, version=version, with_aliases=True)
    client.force_login(bob)
    text = text_of(client, f"{PAGE}{tab}", 410)
    assert "vision/iris/iris-model:v0 was deleted." in text
    assert "by bob" in text
    assert f'href="{version.sequence.project.trash_url}"' in text
    assert '<a href="/vision/iris/artifacts/model/iris-model">Go to iris-model</a>' in text
    client.force_login(charlie)
    assert "iris-model:v0 was" not in text_of(client, f"{PAGE}{tab}", 404)


def test_the_page_of_a_swept_version(client, bob, version):
    swept(bob, version)
    client.force_login(bob)
    text = text_of(client, PAGE, 410)
    assert "gone for good" in text
    assert "/-/trash" not in text


def test_the_address_of_an_alias_that_went_with_its_version(client, bob, version):
    add_aliases(by=bob, membership=version.memberships.get(), names=["best"])
    delete_version(by=bob, version=version, with_aliases=True)
    client.force_login(bob)
    assert "iris-model:v0 was deleted" in text_of(client, PAGE.replace("v0", "best"), 410)
    text_of(client, PAGE.replace("v0", "other"), 404)
    text_of(client, PAGE.replace("v0", "v1"), 404)


@pytest.mark.slow
def test_the_pages_of_a_deleted_run_collection_and_project(
    client, alice, bob, charlie, project, run, sequence, version
):
    client.force_login(bob)
    delete_run(by=bob, run=run)
    text = text_of(client, RUN, 410)
    assert "vision/iris/r1 was deleted" in text
    assert '<a href="/vision/iris">Go to vision/iris</a>' in text
    delete_collection(by=bob, collection=sequence)
    assert "iris-model was deleted" in text_of(client, PAGE.removesuffix("/v0"), 410)
    assert "iris-model:v0 was deleted" in text_of(client, PAGE, 410)
    delete_project(by=alice, project=project)
    for url in ("/vision/iris", RUN, PAGE):
        text = text_of(client, url, 410)
        assert "by alice" in text
        assert '<a href="/vision">Go to vision</a>' in text, "what it was in is gone, too"
    client.force_login(charlie)
    for url in ("/vision/iris", RUN, PAGE):
        text_of(client, url, 404)


@pytest.mark.usefixtures("letting_go")
def test_linked_pages_of_what_was_deleted_or_unlinked(client, bob, sequence, version, registry):
    other = factories.make_version(sequence)
    membership = link_version(
        by=bob, version=version, project=registry.project, collection_name="c", aliases=["a"]
    )[0]
    second = link_version(by=bob, version=other, project=registry.project, collection_name="c")[0]
    addresses = membership.get_absolute_url(), second.get_absolute_url()
    unlink_version(by=bob, membership=second)
    delete_version(by=bob, version=version, with_aliases=True)
    client.force_login(bob)
    assert "c:v0 was deleted" in text_of(client, addresses[0], 410)
    assert "c:v0 was deleted" in text_of(client, addresses[0].replace("v0", "a"), 410)
    text = text_of(client, addresses[1], 410)
    assert "c:v1 was unlinked. The version itself stays where it was logged." in text
    assert PAGE.replace("v0", "v1") in text
    delete_collection(by=bob, collection=membership.collection)
    text = text_of(client, membership.collection.get_absolute_url(), 410)
    assert "/c was deleted" in text
    assert '<a href="/orgs/Acme/registry/model">Go to the registry model</a>' in text


def test_the_pages_of_a_deleted_registry(client, bob, charlie, acme, version):
    registry = create_registry(by=bob, organization=acme, name="fraud", access="restricted")
    membership = link_version(
        by=bob, version=version, project=registry.project, collection_name="detector"
    )[0]
    urls = [registry.get_absolute_url(), membership.get_absolute_url()]
    delete_registry(by=bob, registry=registry)
    client.force_login(bob)
    for url in urls:
        text = text_of(client, url, 410)
        assert "wandb-registry-fraud was deleted" in text
        assert '<a href="/acme">Go to acme</a>' in text
    client.force_login(charlie)
    for url in urls:
        text_of(client, url, 404)


def test_comparing_with_a_deleted_version(client, bob, sequence, version):
    factories.make_version(sequence)
    delete_version(by=bob, version=version, with_aliases=True)
    client.force_login(bob)
    name = "vision/iris/iris-model"
    for page in ("compare", "histories"):
        url = f"{reverse(f'artifacts:{page}')}?version={name}:v0&version={name}:v1"
        text = text_of(client, url, 410)
        assert "iris-model:v0 was deleted" in text
        assert "by bob" in text


# ------------------------------------------------------------------ what points at it


@pytest.mark.parametrize("gone", [delete_version, swept])
def test_a_run_tells_deleted_artifacts_from_hidden_ones(client, bob, run, version, hidden, gone):
    for each in (version, hidden):
        RunInput.objects.create(run=run, version=each)
    client.force_login(bob)
    options = {"with_aliases": True} if gone is delete_version else {}
    gone(by=bob, version=version, **options)
    response = client.get(RUN)
    inputs, text = response.context["page"].inputs, response.content.decode()
    assert [each.deletion.name for each in inputs.rows] == ["iris-model:v0"]
    assert inputs.hidden == 1
    assert "1 artifact lies in a project that you cannot open." in text
    assert "hush" not in text
    RunInput.objects.filter(version=hidden).delete()
    assert CANNOT_OPEN not in text_of(client, RUN)


@pytest.mark.slow
def test_used_by_counts_a_deleted_run_and_says_so(client, bob, run, version, hidden):
    foreign = factories.make_run(hidden.sequence.project)
    for each in (run, foreign):
        RunInput.objects.create(run=each, version=version)
    delete_run(by=bob, run=run)
    client.force_login(bob)
    response = client.get(f"{PAGE}/usage")
    runs, text = response.context["usage"].runs, response.content.decode()
    assert [use.deletion.name for use in runs.table.rows] == ["brave"]
    assert runs.hidden == 1
    assert [kind["count"] for kind in response.context["usage"].kinds] == [None, 1, 0]
    assert "1 run in a project that you cannot open used it too." in text
    assert RUN not in text
    exported = client.get(f"{PAGE}/usage/-/runs.json").getvalue().decode()
    assert '"run_deleted_at":"20' in exported
    foreign.inputs.all().delete()
    assert CANNOT_OPEN not in text_of(client, f"{PAGE}/usage")


def test_reached_through_what_was_deleted(client, bob, run, version, registry):
    membership = link_version(
        by=bob, version=version, project=registry.project, collection_name="c"
    )[0]
    RunInput.objects.create(
        run=run,
        version=version,
        project=registry.project,
        collection=membership.collection,
        reference="v0",
    )
    delete_collection(by=bob, collection=membership.collection)
    client.force_login(bob)
    text = text_of(client, f"{PAGE}/usage")
    assert CANNOT_OPEN not in text
    assert membership.collection.get_absolute_url() not in text


@pytest.mark.parametrize("is_known", [True, False])
def test_downloads_through_a_deleted_registry_are_not_hidden(client, bob, acme, version, is_known):
    registry = create_registry(by=bob, organization=acme, name="fraud")
    membership = link_version(
        by=bob, version=version, project=registry.project, collection_name="detector"
    )[0]
    record_download(by=bob, membership=membership, reference="v0")
    delete_registry(by=bob, registry=registry)
    if not is_known:  # as registries were deleted once
        Download.objects.update(collection=None)
    client.force_login(bob)
    downloads = client.get(f"{PAGE}/usage").context["usage"].downloads
    assert (len(downloads.table.rows), downloads.hidden) == (1, 0)


def test_logged_by_a_deleted_run(client, bob, run, sequence):
    version = factories.make_version(sequence, by=bob, run=run)
    RunOutput.objects.create(run=run, version=version)
    delete_run(by=bob, run=run)
    client.force_login(bob)
    for tab in ("", "/metadata"):
        text = text_of(client, f"{PAGE}{tab}")
        assert "brave" in text
        assert "by bob" in text
        assert CANNOT_OPEN not in text


@pytest.mark.parametrize("view", ["graph", "table"])
def test_the_lineage_counts_deleted_and_hidden_apart(
    client, bob, run, project, version, hidden, view
):
    model = factories.make_version(factories.make_collection(project, "out"))
    RunOutput.objects.create(run=run, version=model)
    for each in (version, hidden):
        RunInput.objects.create(run=run, version=each)
    delete_version(by=bob, version=version, with_aliases=True)
    client.force_login(bob)
    url = f"/vision/iris/artifacts/model/out/v0/lineage?view={view}"
    text = text_of(client, url)
    counts = "Artifacts: 1. Runs: 1. Deleted: 1. In projects that you cannot open: 1."
    assert counts in text
    assert "hush" not in text
    text = text_of(client, f"{url}&node=version-{version.pk}")
    assert "vision/iris/iris-model:v0" in text
    assert version.sequence.project.trash_url in text


@pytest.mark.usefixtures("letting_go")
def test_restoring_says_what_came_back_and_what_cannot(client, bob, sequence, version, registry):
    kept, lost = (
        link_version(by=bob, version=version, project=registry.project, collection_name=name)[0]
        for name in ("kept", "lost")
    )
    delete_version(by=bob, version=version, with_aliases=True)
    client.force_login(bob)
    dialog = text_of(client, f"{lost.collection.get_absolute_url()}/-/delete")
    assert "1 version that was linked here is in the trash." in dialog
    delete_collection(by=bob, collection=lost.collection)
    trash = version.sequence.project.trash_url
    text = client.post(trash, {"version": version.pk}, follow=True).content.decode()
    assert "iris-model:v0 is back. So are its links: acme/wandb-registry-model/kept:v0." in text
    assert "can&#x27;t come back" in text
    assert "acme/wandb-registry-model/lost:v0" in text
    assert kept.collection.memberships.live().get() == kept
