import pytest
from django.urls import reverse

from artifacts.models import CollectionTag, VersionTag
from tests import factories
from tests.helpers.htmx import assert_swap_equals_reload, htmx
from tests.helpers.queries import page_budget

PLACE = ["vision", "iris"]


@pytest.fixture
def url(project):
    return reverse("artifacts:browser", args=PLACE)


@pytest.fixture
def collection_url(sequence):
    return reverse("artifacts:collection_detail", args=[*PLACE, "model", "iris-model"])


def test_browser(client, victor, url, project, version):
    factories.make_version(factories.make_collection(project, "flowers", "dataset"))
    factories.make_collection(project, "failed-log", "dataset")  # nothing was ever committed
    client.force_login(victor)
    text = client.get(url).content.decode()
    assert "/vision/iris/artifacts/dataset/flowers" in text
    assert "/vision/iris/artifacts/model/iris-model/v0" in text
    assert "failed-log" not in text
    assert "2 collections · last changed first" in text


def test_browser_when_empty_shows_how_to_log(client, alice, victor, url):
    client.force_login(alice)
    text = client.get(url).content.decode()
    assert "Log the first one" in text
    assert "run.log_artifact(artifact)" in text
    client.force_login(victor)
    assert "Members of the team log to it" in client.get(url).content.decode()


def test_type_detail(client, victor, project, version):
    factories.make_version(factories.make_collection(project, "flowers", "dataset"))
    client.force_login(victor)
    type_url = reverse("artifacts:type_detail", args=[*PLACE, "dataset"])
    response = client.get(type_url)
    assert [row.names.name for row in response.context["page"].collections.rows] == ["flowers"]
    assert client.get(type_url.replace("dataset", "nothing")).status_code == 404


def test_browser_filters_its_tree(client, victor, url, project, version):
    factories.make_version(factories.make_collection(project, "flowers", "dataset"))
    client.force_login(victor)
    reloaded = client.get(url, {"q": "FLOW"})
    assert [row.name for row in reloaded.context["browser"].table.rows] == ["flowers"]
    swapped = client.get(url, {"q": "FLOW"}, headers=htmx(target="tree"))
    assert_swap_equals_reload(swapped, reloaded, "tree")
    text = client.get(url, {"q": "<nothing>"}).content.decode()
    assert "No collection has “&lt;nothing&gt;” in its name." in text


@pytest.mark.slow
def test_tree_pages_and_keeps_what_is_open(client, victor, project, version, collection_url):
    for number in range(101):
        factories.make_version(
            factories.make_collection(project, f"c{number:03}", "dataset"), files={}
        )
    client.force_login(victor)
    response = client.get(collection_url)
    tree = response.context["browser"].table
    assert len(tree.rows) == 101  # a page of 100, and the one that is open
    assert tree.rows[-1].name == "iris-model"
    second = client.get(tree.next_url)
    assert [row.name for row in second.context["browser"].table.rows] == ["c100", "iris-model"]
    swapped = client.get(tree.next_url, headers=htmx(target="tree"))
    assert_swap_equals_reload(swapped, second, "tree")


def test_collection_tree_gives_versions_with_aliases(client, victor, sequence, bob):
    for number in range(25):
        factories.make_version(sequence, by=bob, files={}, aliases=["best"] if number == 20 else [])
    client.force_login(victor)
    response = client.get(
        reverse("artifacts:collection_tree", args=[*PLACE, "model", "iris-model"])
    )
    text = response.content.decode()
    assert "<html" not in text
    assert text.count("/iris-model/v") == 20
    assert text.index("v24") < text.index("latest") < text.index("v20") < text.index("best")


@pytest.mark.parametrize("rows", [1, 50])
def test_browser_queries(client, victor, url, project, rows, django_assert_num_queries):
    for number in range(rows):
        sequence = factories.make_collection(project, f"c{number}", f"t{number}")
        factories.make_version(sequence, files={}, aliases=["a", "b"])
    client.force_login(victor)
    with django_assert_num_queries(10):
        client.get(url)


# ------------------------------------------------------------------ one collection


def test_collection_detail(client, victor, sequence, bob, collection_url):
    run = factories.make_run(sequence.project, bob)
    version = factories.make_version(sequence, by=bob, run=run, aliases=["best"])
    VersionTag.objects.create(version=version, name="tabular")
    CollectionTag.objects.create(collection=sequence, name="core")
    sequence.description = "# Card"
    sequence.save(update_fields=["description"])
    client.force_login(victor)
    text = client.get(collection_url).content.decode()
    for shown in ["best", "latest", "tabular", "core", run.display_name, ">Card</h3>"]:
        assert shown in text
    assert "1 version · newest first" in text


def test_collection_detail_filters(client, victor, sequence, collection_url):
    for number in range(3):
        factories.make_version(sequence, aliases=["best"] if number == 1 else [])
    client.force_login(victor)
    reloaded = client.get(collection_url, {"v": "bes"})
    assert [row.names.index for row in reloaded.context["table"].page.rows] == [1]
    swapped = client.get(collection_url, {"v": "bes"}, headers=htmx(target="versions"))
    assert_swap_equals_reload(swapped, reloaded, "versions")
    assert "No version has" in client.get(collection_url, {"v": "zzz"}).content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, 50])
def test_collection_detail_costs_the_same_for_many(client, bob, sequence, collection_url, rows):
    for number in range(rows):
        run = factories.make_run(sequence.project, bob)
        version = factories.make_version(
            sequence, by=bob, files={}, run=run, aliases=[f"a{number}"]
        )
        VersionTag.objects.create(version=version, name="tabular")
    client.force_login(bob)
    page_budget(client, collection_url, statements=14, joins=8, instances=12)


def test_portfolio_tells_sources_that_one_may_see(client, bob, alice, project, version, acme):
    secret = factories.make_project(factories.make_team("nlp", acme), "secret")
    hidden = factories.make_version(factories.make_collection(secret, "hidden-model"))
    portfolio = factories.make_collection(project, "picked", kind="portfolio")
    factories.make_membership(portfolio, version)
    factories.make_membership(portfolio, hidden)
    client.force_login(bob)
    text = client.get(portfolio.get_absolute_url()).content.decode()
    assert "vision/iris/iris-model:v0" in text
    assert "a project that you cannot open" in text
    assert "hidden-model" not in text


def test_empty_portfolio_shows_how_to_link(client, bob, project):
    portfolio = factories.make_collection(project, "picked", kind="portfolio")
    client.force_login(bob)
    text = client.get(portfolio.get_absolute_url()).content.decode()
    assert "target_path = &quot;vision/iris/picked&quot;" in text


def test_browser_for_others(client, bob, charlie, registry, collection, url, collection_url):
    client.force_login(bob)
    assert client.get(f"{url}/dataset/iris-model").status_code == 404  # another type
    registry_browser = reverse("artifacts:browser", args=["acme", "wandb-registry-model"])
    assert client.get(registry_browser)["Location"] == registry.get_absolute_url()
    in_browser = f"{registry_browser}/model/{collection.name}"
    assert client.get(in_browser)["Location"] == collection.get_absolute_url()
    client.force_login(charlie)
    for address in (url, collection_url, f"{collection_url}/-/tree", registry_browser):
        assert client.get(address).status_code == 404
    client.logout()
    assert client.get(collection_url).status_code == 302


@pytest.mark.parametrize(
    "name", ["a b", "naïve", "日本語", "100%", "a?b", "a#b", "<b>", 'q"q', "a+b"]
)
def test_hostile_names_have_addresses(client, bob, project, name):
    sequence = factories.make_collection(project, name, type_name=name)
    factories.make_version(sequence, aliases=[name])
    client.force_login(bob)
    for address in (sequence.get_absolute_url(), sequence.memberships.get().tab_url("files")):
        response = client.get(address)
        assert response.status_code == 200
        assert "<b>" not in response.content.decode()
