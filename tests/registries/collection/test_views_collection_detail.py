import pytest
from django.urls import reverse

from artifacts.models import Collection
from artifacts.services.collections.links import link_version
from tests import factories
from tests.helpers.htmx import HTMX, assert_swap_equals_reload
from tests.helpers.queries import page_budget
from tests.registries.collection.test_views_collections import (
    DELETE,
    URL,
)


def test_collection_detail_when_empty_shows_the_code(client, bob, collection):
    client.force_login(bob)
    text = client.get(URL).content.decode()
    path = "acme/wandb-registry-model/iris-classifier"
    assert f'data-copy="{path}"' in text
    assert f"target_path = &quot;{path}&quot;" in text
    assert "entity=&quot;vision&quot;" in text
    assert "What the path is made of" in text
    for part in path.split("/"):
        assert f"<dt>{part}</dt>" in text
    assert DELETE in text


def test_collection_detail_code_runs(client, bob, registry):
    """Names with quotes and backslashes stay one Python string."""
    name = 'a "quoted" \\ name'
    factories.make_collection(registry.project, name)
    client.force_login(bob)
    collection = Collection.objects.get()
    snippet = client.get(collection.get_absolute_url()).context["page"].snippet
    compile(snippet, "snippet", "exec")
    names = {}
    exec(snippet.split("with ")[0].replace("import wandb", ""), names)  # noqa: S102 - our own
    assert names["target_path"] == f"acme/wandb-registry-model/{name}"


def test_collection_detail_works(client, bob, collection, version):
    collection.description = "A *card* <script>"
    collection.save(update_fields=["description"])
    collection.tags.create(name="tabular")
    link_version(
        by=bob,
        version=version,
        project=collection.project,
        collection_name=collection.name,
        aliases=["staging"],
    )
    client.force_login(bob)
    text = client.get(URL).content.decode()
    assert "<em>card</em>" in text
    assert "<script>" not in text.replace('<script type="module"', "")
    for words in ("tabular", "staging", "latest", "vision/iris-model:v0", f"{URL}/v0"):
        assert words in text
    assert "1 version · newest first" in text
    assert "What the path is made of" not in text


def test_collection_detail_shows_a_viewer_why_not(client, victor, collection, version):
    factories.make_membership(collection, version)
    collection.tags.create(name="tabular")
    client.force_login(victor)
    text = client.get(URL).content.decode()
    assert "/-/link" not in text
    assert "/-/tags" not in text
    assert "Needs the role Member; yours is Viewer." in text


def test_collection_detail_hides_a_source_that_is_not_for_all(client, acme, collection, version):
    factories.make_membership(collection, version)
    eve = factories.make_user("eve")
    factories.set_organization_member(by=None, organization=acme, user=eve, role="member")
    client.force_login(eve)
    text = client.get(URL).content.decode()
    assert "a project that you cannot open" in text
    assert "vision" not in text


def test_collection_detail_locks_protected_aliases(client, bob, collection, version):
    factories.make_membership(collection, version, aliases=["production"])
    client.force_login(bob)
    text = client.get(URL).content.decode()
    assert "chip-protected" in text
    assert "Needs the role Admin; yours is Member." in text  # beside Unlink


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("v1", [1]),
        ("stag", [0]),
        ("best", [1]),
        ("latest", [1]),
        ("t", [1, 0]),
        ("v7", []),
        ("", [1, 0]),
    ],
)
def test_collection_detail_filters(client, bob, collection, sequence, query, found):
    first, second = factories.make_version(sequence), factories.make_version(sequence)
    factories.make_membership(collection, first, aliases=["staging"])
    factories.make_membership(collection, second)
    second.tags.create(name="best")
    client.force_login(bob)
    rows = client.get(URL, {"q": query}).context["table"].rows
    assert [row.names.index for row in rows] == found


@pytest.mark.slow
def test_collection_detail_swap_equals_reload(client, bob, collection, version):
    factories.make_membership(collection, version, aliases=["staging"])
    client.force_login(bob)
    address = f"{URL}?q=stag"
    swapped = client.get(address, headers=HTMX)
    assert_swap_equals_reload(swapped, client.get(address), "versions")


@pytest.mark.slow
def test_collection_detail_pages_by_key(client, bob, collection, sequence):
    for _number in range(51):
        factories.make_membership(collection, factories.make_version(sequence, files={}))
    client.force_login(bob)
    first = client.get(URL).context
    assert [row.names.index for row in first["table"].rows] == list(range(50, 0, -1))
    assert [row.is_latest for row in first["table"].rows] == [True] + 49 * [False]
    second = client.get(first["table"].page.next_url).context
    assert [row.names.index for row in second["table"].rows] == [0]
    assert not second["table"].rows[0].is_latest


def test_each_row_leads_to_its_unlinking(client, bob, collection, version):
    factories.make_membership(collection, version)
    client.force_login(bob)
    (row,) = client.get(URL).context["table"].rows
    _copy, unlink = row.menu
    assert unlink.url == reverse("registries:unlink", args=["Acme", "model", collection, "v0"])


@pytest.mark.slow
def test_collection_detail_takes_as_many_queries_for_50_rows(client, bob, collection, project):
    def link_one():
        sequence = factories.make_collection(project, f"s{Collection.objects.count()}")
        run = factories.make_run(project, bob)
        version = factories.make_version(sequence, by=bob, run=run, files={})
        version.tags.create(name="best")
        factories.make_membership(collection, version, by=bob, aliases=[sequence.name])

    client.force_login(bob)
    link_one()
    most = {"statements": 13, "joins": 8, "instances": 12}
    one = page_budget(client, URL, **most)
    for _number in range(49):
        link_one()
    assert page_budget(client, URL, **most).figures == one.figures
