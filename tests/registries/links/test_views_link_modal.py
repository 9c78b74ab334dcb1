import pytest
from django.urls import reverse

from artifacts.models import Collection, Membership
from registries.services.registry.creation import create_registry
from registry_site.accounts.services import members
from tests import factories
from tests.helpers.htmx import HTMX, element, htmx
from tests.helpers.queries import count_queries

URL = "/registry/-/link"
SOURCE = "/vision/iris/artifacts/model/iris-model/v0"


@pytest.fixture
def chosen(version, collection):
    """The second step's choice, as its form carries it."""
    return {"version": version.pk, "collection": collection.pk}


def groups(response):
    return {
        group.project.registry_name: [row.name for row in group.collections]
        for group in response.context["page"].choice.groups
    }


# ------------------------------------------------------------------ the first step


def test_link_to_registry_offers_collections_by_registry(
    client, alice, bob, acme, registry, collection, version
):
    factories.make_membership(collection, version)
    lab = create_registry(by=alice, organization=acme, name="lab")
    factories.make_collection(lab.project, "not for bob")
    own = create_registry(by=bob, organization=acme, name="own")
    factories.make_collection(own.project, "trials")
    factories.make_collection(own.project, "data", type_name="dataset")
    create_registry(by=bob, organization=acme, name="sets", accepted_types=["dataset"])
    client.force_login(bob)
    response = client.get(URL, {"version": version.pk})
    assert reverse("registries:link_to_registry") == URL
    assert groups(response) == {"model": ["iris-classifier"], "own": ["trials"]}
    assert [p.registry_name for p in response.context["page"].choice.registries] == ["model", "own"]
    text = response.content.decode()
    assert "newest v0" in text
    assert "has this version as v0" in text


def test_link_to_registry_opens_as_page_and_as_dialog(client, bob, collection, version):
    client.force_login(bob)
    page = client.get(URL, {"version": version.pk})
    dialog = client.get(URL, {"version": version.pk}, headers=HTMX)
    assert '<dialog id="dialog" class="dialog"' in dialog.content.decode()
    assert element(page, "collection-choices") == element(dialog, "collection-choices")


def test_link_to_registry_searches(client, bob, registry, collection, version):
    factories.make_collection(registry.project, "resnet").tags.create(name="image")
    client.force_login(bob)
    for query, names in {"iris": ["iris-classifier"], "imag": ["resnet"]}.items():
        response = client.get(URL, {"version": version.pk, "q": query})
        assert groups(response) == {"model": names}
    assert (
        "No collection fits"
        in client.get(URL, {"version": version.pk, "q": "nothing"}).content.decode()
    )


def test_link_to_registry_keeps_the_choice_in_sight_of_a_search(
    client, bob, registry, collection, version
):
    factories.make_collection(registry.project, "resnet")
    client.force_login(bob)
    query = {"version": version.pk, "q": "resnet", "collection": collection.pk}
    response = client.get(URL, query)
    assert groups(response) == {"model": ["iris-classifier", "resnet"]}
    choices = element(response, "collection-choices")
    assert f'id="id_collection_{collection.pk}" checked' in choices
    assert 'name="name"' not in choices  # which the search renews


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose a collection, or name a new one."),
        ({"collection": "999999"}, "Choose a collection, or name a new one."),
        ({"collection": "x"}, "Choose a collection, or name a new one."),
        ({"collection": "new", "name": "n"}, "Choose the registry of the new collection."),
        ({"collection": "new", "registry": "model", "name": ""}, "1 to 128 characters"),
        ({"collection": "new", "registry": "model", "name": "a/b"}, "leave out"),
        ({"name": "iris-classifier", "registry": "model"}, "choose it in the list"),
    ],
)
def test_link_to_registry_needs_a_choice(client, bob, registry, collection, version, data, words):
    if data.get("registry"):
        data = data | {"registry": registry.project.pk}
    client.force_login(bob)
    for headers in ({}, HTMX):
        query = {"version": version.pk, "step": "aliases", **data}
        response = client.get(URL, query, headers=headers)
        assert response.status_code == 422
        assert words in response.content.decode()


@pytest.mark.slow
def test_link_to_registry_takes_as_many_queries_for_50_rows(client, bob, registry, version):
    client.force_login(bob)
    address = f"{URL}?version={version.pk}"

    def add(number):
        row = factories.make_collection(registry.project, f"c{number}")
        factories.make_membership(row, version)

    add(0)
    one = count_queries(client, address)
    for number in range(1, 50):
        add(number)
    assert count_queries(client, address) == one


# ------------------------------------------------------------------ where nothing can be chosen


def refusal(client, version):
    response = client.get(URL, {"version": version.pk})
    assert response.status_code == 200
    assert "Next step" not in response.content.decode()
    return response.context["page"].choice.refusal


def test_link_to_registry_of_a_personal_artifact(client, bob, registry):
    sequence = factories.make_collection(factories.make_project(bob, "own"))
    client.force_login(bob)
    text = refusal(client, factories.make_version(sequence))
    assert "personal account 'bob'" in text
    assert "your teams: vision" in text
    page = client.get(URL, {"version": sequence.memberships.get().version_id}).content.decode()
    assert "Log it again with <code>entity=&#x27;vision&#x27;</code>" in page


def test_link_to_registry_by_a_server_admin_is_about_where_they_belong(client, root, registry):
    factories.make_registry_project(factories.make_organization("Lab", root="member"))
    sequence = factories.make_collection(factories.make_project(root, "own"))
    client.force_login(root)
    response = client.get(URL, {"version": factories.make_version(sequence).pk})
    choice = response.context["page"].choice
    assert choice.organization.name == "Lab"


def test_link_to_registry_without_a_team(client, charlie, registry):
    sequence = factories.make_collection(factories.make_project(charlie, "own"))
    client.force_login(charlie)
    assert "no registry that you may see" in refusal(client, factories.make_version(sequence))


def test_link_to_registry_where_none_accepts_the_type(client, bob, registry, project):
    sequence = factories.make_collection(project, "data", type_name="dataset")
    client.force_login(bob)
    text = refusal(client, factories.make_version(sequence))
    assert "doesn't accept the type “dataset”. It accepts: model." in text


def test_link_to_registry_where_the_role_is_too_low(client, bob, registry, version):
    registry.project.default_role = "viewer"
    registry.project.save(update_fields=["default_role"])
    client.force_login(bob)
    text = refusal(client, version)
    assert "needs the role Member or above; yours is Viewer." in text
    assert "alice" in text


def test_link_to_registry_by_who_only_views_the_team(client, victor, registry, version):
    registry.project.members.create(user=victor, role="member")
    client.force_login(victor)
    assert "yours is Viewer" in refusal(client, version)


# ------------------------------------------------------------------ the second step


def test_link_to_registry_asks_for_aliases(client, bob, collection, chosen):
    client.force_login(bob)
    response = client.get(URL, {**chosen, "step": "aliases"})
    text = response.content.decode()
    assert "Protected: only the role Admin may move it; yours is Member." in text
    assert "to <code>model/iris-classifier</code> as the next version (now v0)" in text
    assert not collection.memberships.exists()


@pytest.mark.slow
def test_link_to_registry_works(client, bob, collection, chosen):
    client.force_login(bob)
    response = client.post(URL, {**chosen, "new_aliases": "staging"}, follow=True)
    assert response.redirect_chain[-1][0] == SOURCE
    link = '<a href="/orgs/Acme/registry/model/iris-classifier/v0">'
    assert f"{link}acme/wandb-registry-model/iris-classifier:v0</a>" in response.content.decode()
    assert Membership.objects.get(collection=collection).aliases.get().name == "staging"


def test_link_to_registry_again_says_truthfully_what_happened(
    client, bob, collection, version, chosen
):
    factories.make_membership(collection, version, aliases=["staging"])
    client.force_login(bob)
    page = client.post(URL, {**chosen, "new_aliases": "staging"}, follow=True).content.decode()
    assert "iris-model:v0 is linked already, as <a" in page
    assert "No alias was added." in page


@pytest.mark.slow
def test_link_to_registry_asks_before_a_protected_alias_moves(
    client, alice, collection, sequence, chosen
):
    other = factories.make_membership(collection, factories.make_version(sequence))
    collection.aliases.create(membership=other, name="production")
    client.force_login(alice)
    data = {**chosen, "alias": ["production"]}
    step = client.get(URL, {**data, "step": "aliases"})
    assert "with alias <code>production</code> (moves from v0)." in step.content.decode()
    asked = client.post(URL, data, headers=HTMX)
    assert asked.status_code == 422
    assert "<code>production</code> names v0 now." in asked.content.decode()
    page = client.post(URL, data | {"confirmed": "production:v0"}, follow=True).content.decode()
    assert "<code>production</code> moved from v0 to v1." in page


@pytest.mark.slow
def test_link_to_registry_makes_a_new_collection(client, bob, registry, version):
    client.force_login(bob)
    data = {"version": version.pk, "collection": "new", "registry": registry.project.pk}
    data |= {"name": "fresh <b>"}
    step = client.get(URL, {**data, "step": "aliases"})
    assert "model/fresh &lt;b&gt;" in step.content.decode()
    assert not Collection.objects.filter(name="fresh <b>").exists()
    response = client.post(URL, data, follow=True)
    assert "fresh &lt;b&gt;:v0" in response.content.decode()
    assert Collection.objects.get(name="fresh <b>").version_count == 1


def test_link_to_registry_by_htmx_returns_to_the_page_behind(client, bob, chosen):
    client.force_login(bob)
    headers = htmx(current_url=f"http://testserver{SOURCE}/files?page=2")
    assert client.post(URL, chosen, headers=headers)["HX-Redirect"] == f"{SOURCE}/files?page=2"
    for elsewhere in ("https://elsewhere.example/x", f"http://testserver{URL}?version=1"):
        response = client.post(URL, chosen, headers=htmx(current_url=elsewhere))
        assert response["HX-Redirect"] == SOURCE


@pytest.mark.parametrize("aliases", ["latest", "v3", "a:b", "production"])
def test_link_to_registry_of_bad_aliases(client, bob, collection, chosen, aliases):
    client.force_login(bob)
    response = client.post(URL, {**chosen, "new_aliases": aliases}, headers=HTMX)
    assert response.status_code == 422
    assert f'value="{aliases}"' in response.content.decode()
    assert not collection.memberships.exists()


def test_link_to_registry_of_another_type(client, bob, acme, version):
    own = create_registry(by=bob, organization=acme, name="own")
    data = factories.make_collection(own.project, "data", type_name="dataset")
    client.force_login(bob)
    response = client.post(URL, {"version": version.pk, "collection": data.pk})
    assert response.status_code == 422
    assert "has the type “model”" in response.content.decode()


def test_link_to_registry_refused_to_a_viewer(client, victor, collection, chosen):
    client.force_login(victor)
    text = client.post(URL, chosen).content.decode()
    assert "needs the role Member or above; yours is Viewer." in text
    assert not collection.memberships.exists()


def test_link_to_registry_to_others(client, charlie, chosen, collection):
    assert client.post(URL, chosen)["Location"] == f"/login?next={URL}"
    client.force_login(charlie)
    assert client.get(URL, chosen).status_code == 404
    assert client.post(URL, chosen).status_code == 404
    assert client.delete(URL).status_code == 405
    assert not collection.memberships.exists()


@pytest.mark.parametrize("pk", ["", "x", "0", "99999999999999999999"])
def test_link_to_registry_of_nothing(client, bob, pk):
    client.force_login(bob)
    assert client.get(URL, {"version": pk}).status_code == 404


def test_link_to_registry_of_a_version_that_one_sees_in_a_registry_only(
    client, acme, collection, version
):
    factories.make_membership(collection, version)
    eve = factories.make_user("eve")
    members.set_organization_member(by=None, organization=acme, user=eve, role="member")
    client.force_login(eve)
    text = client.get(URL, {"version": version.pk}).content.decode()
    assert "/orgs/Acme/registry/model/iris-classifier/v0" in text
    assert "vision/iris" not in text


@pytest.mark.slow
def test_link_to_registry_does_not_name_a_hidden_source(client, acme, version, collection, chosen):
    rita = factories.make_user("rita")
    members.set_organization_member(by=None, organization=acme, user=rita, role="member")
    factories.make_membership(collection, version)
    client.force_login(rita)
    for data in ({"version": version.pk}, {**chosen, "step": "aliases"}):
        text = client.get(URL, data).content.decode()
        assert "Link iris-classifier:v0 to a registry" in text
        assert "iris-model" not in text
    assert "iris-model" not in client.post(URL, chosen, follow=True).content.decode()


@pytest.mark.slow
def test_link_to_registry_compares_without_naming_a_hidden_source(
    client, alice, bob, acme, registry, collection
):
    secret = factories.make_project(factories.make_team("secret", acme, alice="admin"), "plans")
    sequence = factories.make_collection(secret, "hush")
    version, other = factories.make_version(sequence), factories.make_version(sequence)
    membership = factories.make_membership(collection, version)
    own = create_registry(by=bob, organization=acme, name="own")
    own.project.protected_aliases.create(name="best")
    target = factories.make_collection(own.project)
    factories.make_membership(target, other, aliases=["best"])
    data = {"version": version.pk, "collection": target.pk, "alias": ["best"]}
    for person, name in ((bob, membership.full_name), (alice, "secret/plans/hush:v0")):
        own.project.members.get_or_create(user=person, defaults={"role": "admin"})
        client.force_login(person)
        asked = client.post(URL, data, headers=HTMX)
        assert asked.status_code == 422
        (move,) = asked.context["moves"]
        assert move.compare_url.endswith(f"version={name}")
        assert ("secret/plans" in asked.content.decode()) is (person == alice)
