"""How many statements the SDK's most frequent changes take, however much there is already."""

import itertools

import pytest
from django.db import connection

from registry_site.texts.ids import encode_id
from tests import factories
from tests.helpers.graphql import sdk_document
from tests.helpers.queries import cost_of

pytestmark = pytest.mark.on_postgres

# BEGIN and COMMIT aren't counted, nor what stands for them inside a test's own transaction
_FRAME = "SAVEPOINT", "RELEASE SAVEPOINT"
# statements of a link without and with an alias, and of aliases: SQLite has only the plain way
LINK, GIVE = {"postgresql": ((4, 6), 2), "sqlite": ((14, 18), 9)}[connection.vendor]


def statements(call):
    _own_key, *asked = cost_of(call).statements  # the helper looks up the person's key first
    counted = [sql for sql in asked if not sql.startswith(_FRAME)]
    return len(counted), "\n".join(counted)


def crowd(sequence, collection, registry):
    """More of everything that must not make a change dearer."""
    for number in range(5):
        other = factories.make_version(sequence)
        factories.make_membership(collection, other, aliases=[f"a{number}"])
        registry.project.protected_aliases.create(name=f"protected-{number}")
        registry.project.accepted_types.create(name=f"type-{number}")


def linking(api, user, sequence, aliases):
    """A function that links another version each time."""
    versions = iter([factories.make_version(sequence) for _ in range(2)])

    def link():
        name = "iris-classifier"
        values = {
            "entityName": "acme",
            "projectName": "wandb-registry-model",
            "artifactPortfolioName": name,
            "artifactID": encode_id("Artifact", next(versions).pk),
            "aliases": [{"artifactCollectionName": name, "alias": alias} for alias in aliases],
        }
        assert api(user, sdk_document("LinkArtifact"), input=values)["result"]

    return link


@pytest.mark.slow
@pytest.mark.parametrize(
    ("aliases", "most"), [([], LINK[0]), (["best"], LINK[1])], ids=["plain", "with an alias"]
)
@pytest.mark.parametrize("name", ["alice", "bob"])
def test_a_link(api, request, sequence, collection, registry, name, aliases, most):
    user = request.getfixturevalue(name)
    few, listed = statements(linking(api, user, sequence, aliases))
    assert few <= most, listed
    crowd(sequence, collection, registry)
    assert statements(linking(api, user, sequence, aliases))[0] == few


def changing(api, user, version, document, names):
    def change():
        values = {
            "artifactID": encode_id("Artifact", version.pk),
            "aliases": [
                {
                    "entityName": "acme",
                    "projectName": "wandb-registry-model",
                    "artifactCollectionName": "iris-classifier",
                    "alias": name,
                }
                for name in next(names)
            ],
        }
        assert api(user, sdk_document(document), input=values)["result"]["success"]

    return change


@pytest.mark.parametrize("name", ["alice", "bob"])
@pytest.mark.parametrize("many", [1, 5])
def test_aliases_that_are_given(api, request, sequence, collection, registry, version, name, many):
    user = request.getfixturevalue(name)
    factories.make_membership(collection, version)
    names = ([f"x{turn}-{each}" for each in range(many)] for turn in itertools.count())
    give = changing(api, user, version, "AddAliases", names)
    few, listed = statements(give)
    assert few <= GIVE, listed
    crowd(sequence, collection, registry)
    assert statements(give)[0] == few


@pytest.mark.parametrize("many", [1, 5])
def test_aliases_that_are_removed(api, bob, collection, version, many):
    every = [f"x{each}" for each in range(2 * many)]
    factories.make_membership(collection, version, aliases=every)
    names = iter([every[:many], every[many:]])
    few, listed = statements(changing(api, bob, version, "DeleteAliases", names))
    assert few <= 8, listed
