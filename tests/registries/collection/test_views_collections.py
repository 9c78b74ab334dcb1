import pytest
from django.urls import reverse

from artifacts.models import Collection
from artifacts.services.collections.links import link_version
from artifacts.services.usage.usage import record_download
from tests import factories
from tests.helpers.forms import opened
from tests.helpers.htmx import HTMX, assert_swap_equals_reload, htmx
from tests.helpers.queries import count_queries, page_budget

REGISTRY = "/orgs/Acme/registry/model"
URL = f"{REGISTRY}/iris-classifier"
CREATE = f"{REGISTRY}/-/new-collection"
UPDATE, DELETE, HISTORY = f"{URL}/-/edit", f"{URL}/-/delete", f"{URL}/-/history"
TAG_ADD, TAG_REMOVE = f"{URL}/-/tags/add", f"{URL}/-/tags/remove"
BEHIND = htmx(current_url=f"http://testserver{URL}")


def test_addresses():
    membership = ["Acme", "model", "iris-classifier"]
    assert reverse("registries:collection_create", args=membership[:2]) == CREATE
    assert reverse("registries:collection_detail", args=membership) == URL
    assert reverse("registries:collection_update", args=membership) == UPDATE
    assert reverse("registries:collection_delete", args=membership) == DELETE
    assert reverse("registries:collection_history", args=membership) == HISTORY
    assert reverse("registries:collection_tag_add", args=membership) == TAG_ADD
    assert reverse("registries:collection_tag_remove", args=membership) == TAG_REMOVE


# ------------------------------------------------------------------ rights, for all of them


@pytest.mark.slow
@pytest.mark.parametrize("address", [URL, HISTORY])
def test_reading(client, victor, charlie, collection, address):
    assert client.get(address)["Location"] == f"/login?next={address}"
    client.force_login(victor)
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 405
    client.force_login(charlie)
    assert client.get(address).status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize("address", [CREATE, UPDATE, DELETE, TAG_ADD])
def test_changing(client, bob, victor, charlie, collection, address):
    assert client.get(address)["Location"] == f"/login?next={address}"
    client.force_login(bob)
    assert client.get(address).status_code == 200
    assert client.put(address).status_code == 405
    client.force_login(victor)
    response = client.get(address)
    assert response.status_code == 403
    assert "needs the role Member or above; yours is Viewer" in response.content.decode()
    client.force_login(charlie)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("address", "data"),
    [
        (CREATE, {"name": "new", "type_name": "model"}),
        (UPDATE, {"name": "other"}),
        (DELETE, {}),
        (TAG_ADD, {"names": "x"}),
        (TAG_REMOVE, {"tag": "old"}),
    ],
)
def test_changing_by_post(client, victor, charlie, collection, address, data):
    collection.tags.create(name="old")
    assert client.post(address, data)["Location"] == f"/login?next={address}"
    client.force_login(victor)
    assert client.post(address, data).status_code == 403
    client.force_login(charlie)
    assert client.post(address, data).status_code == 404
    assert [tag.name for tag in collection.tags.all()] == ["old"]
    assert Collection.objects.get().name == "iris-classifier"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a b?#50%&\"<i>'+", "日本語 モデル", "-v1.0_~", "%2F", "a\\b"])
def test_hostile_names(client, bob, registry, version, name):
    collection = factories.make_collection(registry.project, name)
    client.force_login(bob)
    client.post(f"{collection.get_absolute_url()}/-/tags/add", {"names": "x"})
    link = link_version(by=bob, version=version, project=registry.project, collection_name=name)[0]
    address = collection.get_absolute_url()
    for page in ("", "/-/link", "/-/edit", "/-/delete", "/-/history", "/v0", "/v0/-/unlink"):
        response = client.get(address + page)
        assert response.status_code == 200
        assert "<i>" not in response.content.decode()
    assert name in client.get(link.get_absolute_url()).context["page"].full_name
    assert (
        client.get(REGISTRY).context["table"].page.rows[0].newest.names.get_absolute_url()
        == link.get_absolute_url()
    )
    assert client.post(f"{address}/v0/-/unlink")["Location"] == address


@pytest.mark.parametrize("address", [URL, UPDATE, DELETE, HISTORY, TAG_ADD])
def test_no_such_collection(client, bob, registry, address):
    client.force_login(bob)
    assert client.get(address).status_code == 404


# ------------------------------------------------------------------ create


def test_collection_create_works(client, bob, registry):
    client.force_login(bob)
    data = {"name": "my model", "type_name": "model", "description": "# Hi", "tags": "a, b,,a"}
    response = client.post(CREATE, data, follow=True)
    assert response.redirect_chain[-1][0] == f"{REGISTRY}/my%20model"
    assert "Collection my model created." in response.content.decode()
    collection = Collection.objects.get()
    assert (collection.description, collection.created_by) == ("# Hi", bob)
    assert sorted(tag.name for tag in collection.tags.all()) == ["a", "b"]


def test_collection_create_goes_on_to_linking_when_asked(client, bob, registry):
    client.force_login(bob)
    response = client.post(CREATE, {"name": "fresh", "type_name": "model", "next": "link"})
    assert response.status_code == 302
    assert response["Location"] == "/orgs/Acme/registry/model/fresh/-/link"


def test_collection_create_by_htmx(client, bob, registry):
    client.force_login(bob)
    assert "<dialog" in client.get(CREATE, headers=HTMX).content.decode()
    response = client.post(CREATE, {"name": "new", "type_name": "model"}, headers=HTMX)
    assert response["HX-Redirect"] == f"{REGISTRY}/new"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "", "type_name": "model"}, "required"),
        ({"name": "a/b", "type_name": "model"}, "leave out"),
        ({"name": "settings", "type_name": "model"}, "reserved"),
        ({"name": "iris-classifier", "type_name": "model"}, "already is a collection"),
        ({"name": "new", "type_name": "dataset"}, "Select a valid choice"),
        ({"name": "new", "type_name": "model", "tags": "no/slash"}, "Invalid tag"),
    ],
)
def test_collection_create_of_bad_input(client, bob, collection, data, words):
    client.force_login(bob)
    for headers in ({}, HTMX):
        response = client.post(CREATE, data, headers=headers)
        assert response.status_code == 422
        assert words in response.content.decode()
    assert Collection.objects.count() == 1


def test_collection_create_where_all_types_are_accepted(client, alice, acme, project, sequence):
    from registries.services.registry.creation import create_registry

    create_registry(by=alice, organization=acme, name="any")
    client.force_login(alice)
    address = "/orgs/Acme/registry/any/-/new-collection"
    assert '<option value="model">' in client.get(address).content.decode()
    assert client.post(address, {"name": "new", "type_name": "evals"}).status_code == 302
    assert Collection.objects.get(name="new").artifact_type.name == "evals"


# ------------------------------------------------------------------ detail


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
    assert unlink["url"] == reverse("registries:unlink", args=["Acme", "model", collection, "v0"])


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


# ------------------------------------------------------------------ edit


@pytest.mark.slow
def test_collection_update_works(client, bob, collection):
    client.force_login(bob)
    response = client.post(UPDATE, opened(client, UPDATE, name="iris-2", description="New *card*"))
    assert response["Location"] == f"{REGISTRY}/iris-2"
    assert "<em>card</em>" in client.get(f"{REGISTRY}/iris-2").content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["", "a:b", "other"])
def test_collection_update_of_bad_input(client, bob, registry, collection, name):
    factories.make_collection(registry.project, "other")
    client.force_login(bob)
    assert client.post(UPDATE, opened(client, UPDATE, name=name)).status_code == 422
    assert client.get(URL).status_code == 200


# ------------------------------------------------------------------ delete


def test_collection_delete_works(client, bob, collection):
    client.force_login(bob)
    assert "can be deleted" not in client.get(DELETE, headers=HTMX).content.decode()
    assert Collection.objects.exists()
    response = client.post(DELETE, follow=True)
    assert response.redirect_chain[-1][0] == REGISTRY
    assert "Collection iris-classifier deleted." in response.content.decode()
    assert not Collection.objects.exists()


def test_collection_delete_by_htmx(client, bob, collection):
    client.force_login(bob)
    assert client.post(DELETE, headers=HTMX)["HX-Redirect"] == REGISTRY


def test_collection_delete_says_what_goes(client, bob, collection, version):
    names = [f"a{number:02}" for number in range(22)]
    membership = factories.make_membership(collection, version, aliases=names)
    record_download(by=bob, membership=membership)
    client.force_login(bob)
    text = client.get(DELETE).content.decode()
    for words in ("1 version is unlinked", "<code>a00</code>", "and 2 more", "by 1 person: bob"):
        assert words in text
    assert "Got from here in the last 30 days:" in text
    assert "For 7 days it can be restored" in text
    assert "a20" not in text
    assert client.post(DELETE)["Location"] == REGISTRY
    assert [str(membership) for membership in version.memberships.live()] == ["iris-model:v0"]


@pytest.mark.slow
def test_collection_delete_with_a_protected_alias(client, alice, bob, collection, version):
    factories.make_membership(collection, version, aliases=["production"])
    client.force_login(bob)
    text = client.get(DELETE).content.decode()
    assert "It carries a protected alias. Needs the role Admin; yours is Member." in text
    assert client.post(DELETE).status_code == 403
    assert client.get(URL).status_code == 200
    client.force_login(alice)
    assert "It carries" not in client.get(DELETE).content.decode()
    assert client.post(DELETE).status_code == 302


# ------------------------------------------------------------------ tags


def test_collection_tag_add_works(client, bob, collection):
    client.force_login(bob)
    assert client.post(TAG_ADD, {"names": "a, b c"})["Location"] == URL
    assert sorted(tag.name for tag in collection.tags.all()) == ["a", "b c"]


def test_collection_tag_add_swap_equals_reload(client, bob, collection):
    client.force_login(bob)
    swapped = client.post(TAG_ADD, {"names": "a"}, headers=BEHIND)
    assert swapped["HX-Retarget"] == "#tags"
    assert "closeOverlay" in swapped["HX-Trigger"]
    assert_swap_equals_reload(swapped, client.get(URL), "tags")


@pytest.mark.parametrize("tags", ["", " , ", "a/b"])
def test_collection_tag_add_of_bad_input(client, bob, collection, tags):
    client.force_login(bob)
    assert client.post(TAG_ADD, {"names": tags}).status_code == 422


@pytest.mark.slow
def test_collection_tag_remove_works(client, bob, collection):
    collection.tags.create(name="a")
    collection.tags.create(name="b")
    client.force_login(bob)
    assert client.post(TAG_REMOVE, {"tag": "a"})["Location"] == URL
    swapped = client.post(TAG_REMOVE, {"tag": "b"}, headers=BEHIND)
    assert_swap_equals_reload(swapped, client.get(URL), "tags")
    assert not collection.tags.exists()
    assert client.get(TAG_REMOVE).status_code == 405


# ------------------------------------------------------------------ history


def test_collection_history_works(client, bob, collection, version):
    link_version(
        by=bob,
        version=version,
        project=collection.project,
        collection_name=collection.name,
        aliases=["staging"],
    )
    client.force_login(bob)
    page = client.get(HISTORY)
    text = page.content.decode()
    for words in ("gave the alias", "</a>linked<a", "bob", "2 events · newest first"):
        assert words in text
    assert_swap_equals_reload(client.get(HISTORY, headers=HTMX), page, "events")


@pytest.mark.slow
def test_collection_history_takes_as_many_queries_for_50_rows(client, bob, collection, version):
    from registry_site.accounts.services.events import record_event

    client.force_login(bob)
    membership = {"kind": "collection", "subject": "x", "subject_id": collection.pk}
    record_event(by=bob, verb="update", **membership)
    one = count_queries(client, HISTORY)
    for _number in range(50):
        record_event(by=bob, verb="update", **membership)
    assert count_queries(client, HISTORY) == one


def test_collection_create_suggests_types_from_where_one_may_look(client, bob, registry, acme):
    registry.project.accepts_all_types = True
    registry.project.save(update_fields=["accepts_all_types"])
    for team, members in (("lab", {"bob": "viewer"}), ("secret", {"alice": "admin"})):
        project = factories.make_project(factories.make_team(team, acme, **members))
        factories.make_collection(project, type_name=f"{team}-type")
    client.force_login(bob)
    url = f"{registry.get_absolute_url()}/-/new-collection"
    assert client.get(url).context["form"].suggestions == ["lab-type"]


def test_who_may_not_move_its_protected_alias_keeps_the_text(client, bob, collection, version):
    factories.make_membership(collection, version, aliases=["production"])
    client.force_login(bob)
    address = f"{collection.get_absolute_url()}/-/edit"
    given = opened(client, address, name="other", description="a long card")
    response = client.post(address, given)
    assert response.status_code == 422
    assert "can be moved only by the role Admin; yours is Member" in response.content.decode()
    assert "a long card" in response.content.decode()
    collection.refresh_from_db()
    assert collection.name == "iris-classifier"
