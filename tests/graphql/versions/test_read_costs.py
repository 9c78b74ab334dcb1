"""How many statements, joins and objects the SDK's most frequent reads take."""

import pytest

from artifacts.models import Alias, Membership, Version, VersionTag
from registry_site.accounts.services.keys.api_keys import set_api_key
from tests import factories
from tests.helpers.graphql import auth_of, key_of, sdk_document
from tests.helpers.queries import budget

pytestmark = pytest.mark.on_postgres

SOURCE = {"entity": "vision", "project": "iris"}
REGISTRY = {"entity": "acme", "project": "wandb-registry-model"}


@pytest.fixture
def asking(client, cast):
    """A function that makes the call of a person who sends one of the SDK's documents."""

    def asking(user, document, expected, **values):
        set_api_key(by=None, user=user, name="test", text=key_of(user))
        body = {"query": sdk_document(document), "variables": values, "operationName": ""}

        def call():
            response = client.post("/graphql", body, "application/json", **auth_of(user))
            assert response.content.count(b'"__typename":"Artifact"') == expected, response.content

        return call

    return asking


@pytest.fixture
def linked(sequence, collection, version):
    """The version stands in a registry, too, with tags and aliases in both."""
    factories.make_membership(collection, version, aliases=["production"])
    source = version.memberships.get(collection=sequence)
    source.aliases.create(collection=sequence, name="best")
    version.tags.create(name="t")


def crowd(sequence, collection, version, acme):
    """More of everything that must not make a read dearer."""
    for number in range(5):
        version.tags.create(name=f"t{number}")
        other = factories.make_version(sequence, aliases=[f"a{number}"])
        factories.make_membership(collection, other, aliases=[f"b{number}"])
        shelf = factories.make_collection(
            factories.make_registry_project(acme, f"r{number}"), "shelf"
        )
        factories.make_membership(shelf, version, aliases=[f"c{number}", "production"])


def hold(call, **most):
    """Hold a call to `budget`; the statement of who asks has nine joins, others up to seven."""
    cost = budget(call, joins=9, **most)
    assert all(sql.count(" JOIN ") <= 7 for sql in cost.statements[1:]), cost
    return cost


@pytest.mark.slow
@pytest.mark.parametrize("who", ["alice", "bob"])
@pytest.mark.parametrize(
    ("path", "name"),
    [
        (SOURCE, "iris-model:best"),
        (REGISTRY, "iris-classifier:production"),
        (REGISTRY, "iris-classifier"),
    ],
)
def test_a_version_by_its_name(
    asking, request, acme, sequence, collection, version, linked, who, path, name
):
    user, values = request.getfixturevalue(who), {**path, "name": name, "includeAliases": True}
    ask = asking(user, "ArtifactMembershipByName", 1, **values)
    one = hold(ask, statements=2, instances=12)
    crowd(sequence, collection, version, acme)
    many = hold(ask, statements=2, instances=12 + 5 * 3)  # of each other registry
    assert many.figures == one.figures


def fill(sequence, collection, count):
    """Log so many versions, and link each of them, with tags and aliases."""
    versions = Version.objects.bulk_create(
        Version(sequence=sequence, state="COMMITTED", version_index=number, digest=str(number))
        for number in range(1, count)
    )
    VersionTag.objects.bulk_create(VersionTag(version=version, name="t") for version in versions)
    for place in (sequence, collection):
        memberships = Membership.objects.bulk_create(
            Membership(collection=place, version=version, index=version.version_index)
            for version in versions
        )
        Alias.objects.bulk_create(
            Alias(collection=place, membership=membership, name=f"x{membership.index}")
            for membership in memberships
        )


@pytest.mark.slow
@pytest.mark.parametrize("who", ["alice", "bob"])
@pytest.mark.parametrize(("path", "name"), [(SOURCE, "iris-model"), (REGISTRY, "iris-classifier")])
@pytest.mark.parametrize("order", [None, "-size"])
def test_a_list_of_versions(
    asking, request, sequence, collection, version, linked, who, path, name, order
):
    user = request.getfixturevalue(who)
    values = {**path, "type": "model", "collection": name, "order": order}
    # names have a statement of their own: as JSON of each row, 50 rows took 8 ms in place of 4
    one = hold(asking(user, "ProjectArtifacts", 1, **values), statements=4, instances=20)
    fill(sequence, collection, 60)
    fifty = asking(user, "ProjectArtifacts", 50, **values, perPage=50)
    many = hold(fifty, statements=4, instances=150)
    assert many.figures == one.figures
