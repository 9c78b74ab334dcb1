import pytest

from artifacts.models import Collection
from tests import factories
from tests.helpers.htmx import HTMX
from tests.registries.collection.test_views_collections import CREATE, REGISTRY


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


def test_collection_create_suggests_types_from_where_one_may_look(client, bob, registry, acme):
    registry.project.accepts_all_types = True
    registry.project.save(update_fields=["accepts_all_types"])
    for team, members in (("lab", {"bob": "viewer"}), ("secret", {"alice": "admin"})):
        project = factories.make_project(factories.make_team(team, acme, **members))
        factories.make_collection(project, type_name=f"{team}-type")
    client.force_login(bob)
    url = f"{registry.get_absolute_url()}/-/new-collection"
    assert client.get(url).context["form"].suggestions == ["lab-type"]
