import pytest
from django.urls import reverse

from registries.services.registry.creation import create_registry
from tests import factories

URL = reverse("registries:search", args=["Acme"])


@pytest.fixture
def linked(registry, collection, version, alice):
    """`iris-classifier:v0`, with an alias and a tag; its collection has a tag."""
    collection.tags.create(name="tabular")
    version.tags.create(name="quantized")
    return factories.make_membership(collection, version, by=alice, aliases=["staging"])


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("MODE", "registries"),
        ("classif", "collections"),
        ("tabul", "collections"),
        ("quantiz", "versions"),
        ("stag", "versions"),
        ("v0", "versions"),
    ],
)
def test_search_finds_by(client, bob, linked, text, group):
    client.force_login(bob)

    response = client.get(URL, {"q": text})
    found = [each.name for each in response.context["page"].groups if each.rows]
    assert found == [group]


def test_search_stays_in_registries_that_one_sees(client, bob, alice, acme, project, linked):
    secret = create_registry(by=alice, organization=acme, name="hidden-x", access="restricted")
    factories.make_collection(secret.project, "hidden-y")
    factories.make_collection(project, "hidden-z")  # of a team, in no registry
    client.force_login(bob)

    assert "Nothing has “hidden” in it" in client.get(URL, {"q": "hidden"}).text


def test_search_stays_in_the_organization(client, bob, linked):
    other = factories.make_organization("Other", bob="member")
    create_registry(by=None, organization=other, name="models of others")
    client.force_login(bob)

    assert "models of others" not in client.get(URL, {"q": "model"}).text


@pytest.mark.parametrize("text", ["", "   ", "%", "_", "'\"<script>", "x" * 5000])
def test_search_takes_any_text(client, bob, linked, text):
    client.force_login(bob)

    response = client.get(URL, {"q": text})
    assert response.status_code == 200
    assert "<script>" not in response.text.partition("<main")[2]
    assert not any(group.rows for group in response.context["page"].groups)


@pytest.mark.slow
def test_search_shows_few_of_each_and_pages_the_rest(client, bob, registry):
    for number in range(60):
        factories.make_collection(registry.project, f"net-{number:02d}")
    client.force_login(bob)

    (group,) = [each for each in client.get(URL, {"q": "net-"}).context["page"].groups if each.rows]
    assert len(group.rows) == 10
    alone = client.get(URL + group.more_url)
    (group,) = alone.context["page"].groups
    assert len(group.rows) == 50
    (rest,) = client.get(URL + group.page["next_url"]).context["page"].groups
    assert len(rest.rows) == 10


def test_search_refuses_a_made_up_cursor(client, bob, linked):
    client.force_login(bob)

    response = client.get(URL, {"q": "v0", "in": "versions", "after": "nonsense"})
    assert response.status_code == 400


def test_search_ignores_an_unknown_kind(client, bob, linked):
    client.force_login(bob)

    assert len(client.get(URL, {"q": "v0", "in": "people"}).context["page"].groups) == 3


@pytest.mark.slow
def test_search_costs_the_same_for_many(client, bob, registry, django_assert_num_queries):
    def add(number):
        sequence = factories.make_collection(registry.project, f"match-{number}")
        sequence.tags.create(name=f"match-{number}")
        factories.make_version(sequence, aliases=[f"match-{number}", "other"])

    add(0)
    client.force_login(bob)
    client.get(URL, {"q": "match"})
    with django_assert_num_queries(11) as few:
        client.get(URL, {"q": "match"})
    for number in range(1, 10):
        add(number)
    with django_assert_num_queries(len(few)):
        client.get(URL, {"q": "match"})
