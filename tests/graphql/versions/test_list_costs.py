import json

import pytest

from artifacts.models import Membership, Version
from registry_site.graphql.connections import MAX_PAGE
from tests import factories
from tests.graphql.versions.test_lists import WHERE, collections, registries
from tests.graphql.versions.test_version_lists import artifacts, versions
from tests.helpers.graphql import sdk_document


@pytest.mark.slow
def test_lists_cost_the_same_for_1_and_50(
    api, alice, acme, project, sequence, django_assert_max_num_queries
):
    from registries.models import Registry

    version = factories.make_version(sequence, by=alice, metadata={"x": 1})
    users = [factories.make_user(f"user{number}") for number in range(50)]
    # numbered apart from the versions, so that nothing is found by chance
    shelf = factories.make_registry_project(acme, "shelf")
    Registry.objects.create(organization=acme, project=shelf, name="shelf")

    def add(number):
        registry = factories.make_registry_project(acme, f"r{number}", types=[f"type{number}"])
        Registry.objects.create(organization=acme, project=registry, name=f"r{number}")
        made = factories.make_collection(shelf, f"c{number}")
        made.tags.create(name="t")
        added = version if number == 0 else factories.make_version(sequence, by=users[number])
        added.tags.create(name="t")
        factories.make_membership(made, added, aliases=["p"])
        factories.make_project(project.entity.team, f"p{number}", created_by=users[number])
        factories.make_collection(project, f"d{number}", next_index=1).tags.create(name="t")

    rule = {"$or": [{"metadata.x": 1}, {"tag": "t"}]}
    calls = {
        "registries": lambda: registries(api, alice, filters={"name": {"$regex": "r"}}),
        "collections": lambda: collections(api, alice, registryFilter={"id": shelf.pk}),
        "versions": lambda: versions(api, alice, artifactFilter=rule, order="-artifact_size"),
        "versions with all aliases": lambda: versions(api, alice, includeAliases=True),
        "artifacts": lambda: artifacts(api, alice),
        "projects": lambda: api(alice, sdk_document("GetProjects"), entity="vision"),
        "project's": lambda: api(alice, sdk_document("ProjectArtifactCollections"), **WHERE),
    }

    def count(call):
        with django_assert_max_num_queries(1000) as captured:
            answer = call()
        return len(captured), json.dumps(answer).count('"__typename"')

    add(0)
    registries(api, alice)  # the first request of a key notes when it was used
    ones = {name: count(call) for name, call in calls.items()}
    for number in range(1, 50):
        add(number)
    for name, call in calls.items():
        queries, nodes = count(call)
        assert queries <= ones[name][0], name
        assert nodes - ones[name][1] >= 48, name
    assert max(queries for queries, _nodes in ones.values()) < 20


@pytest.mark.slow
def test_the_longest_page_costs_as_many_queries(
    api, alice, acme, sequence, shelf, django_assert_num_queries
):
    def ask(size):
        found = artifacts(api, alice, perPage=size)
        linked = versions(api, alice, perPage=size, includeAliases=True, order="+artifact_size")
        return len(found["edges"]), len(linked["edges"]), found["pageInfo"]["hasNextPage"]

    ask(1)
    with django_assert_num_queries(1000, exact=False) as few:
        ask(1)
    made = Version.objects.bulk_create(
        Version(sequence=sequence, state="COMMITTED", version_index=index, digest=str(index))
        for index in range(3, 1000)
    )
    for collection in (sequence, shelf["a0"]):
        Membership.objects.bulk_create(
            Membership(collection=collection, version=version, index=version.version_index)
            for version in made
        )
    with django_assert_num_queries(len(few)):
        assert ask(5000) == (MAX_PAGE, MAX_PAGE, True)
