"""An older alias that the SDK takes for a number is in no answer; pages show it to take it off."""

import pytest
from django.urls import reverse

from artifacts.models import Alias
from tests import factories
from tests.helpers.graphql import sdk_document
from tests.site.test_names_of_the_client import NUMBERS

OLD = NUMBERS[2:]  # v0 and v3 never were aliases
_ALIASES = """
query All($name: String!) {
  project(name: "iris", entityName: "vision") {
    artifactCollectionMembership(name: $name) {
      aliases { alias }
      artifact { aliases { alias } artifactMemberships { edges { node { aliases { alias } } } } }
      artifactCollection { aliases { edges { node { alias } } } }
    }
  }
}
"""


@pytest.fixture
def source(version, sequence):
    place = version.memberships.get()
    for name in [*OLD, "best", "vbest"]:
        Alias.objects.create(collection=sequence, membership=place, name=name)
    return place


def told(answer):
    """Every alias anywhere in an answer."""
    if isinstance(answer, dict):
        own = [answer["alias"]] if isinstance(answer.get("alias"), str) else []
        return own + [name for each in answer.values() for name in told(each)]
    return [name for each in answer for name in told(each)] if isinstance(answer, list) else []


@pytest.mark.slow
def test_every_answer_leaves_it_out_and_knows_it_by_name(api, alice, source):
    for asked in ("latest", "v0", *OLD):
        answer = api(alice, _ALIASES, name=f"iris-model:{asked}")
        assert set(told(answer)) == {"best", "vbest", "latest", "v0"}, asked


def test_lists_of_the_sdk_leave_it_out(api, alice, source, collection, version, acme):
    linked = factories.make_membership(collection, version)
    Alias.objects.create(collection=collection, membership=linked, name="v01")
    where = {"entity": "vision", "project": "iris", "type": "model", "collection": "iris-model"}
    listed = api(alice, sdk_document("ProjectArtifacts"), includeAliases=True, **where)
    assert set(told(listed)) == {"best", "vbest", "latest", "v0"}
    registries = api(alice, sdk_document("RegistryVersions"), organization="Acme", perPage=9)
    assert set(told(registries)) >= {"latest", "v0"}
    assert "v01" not in told(registries)


@pytest.mark.slow
def test_a_page_shows_it_and_takes_it_off(client, bob, source):
    client.force_login(bob)
    page = client.get(source.get_absolute_url()).content.decode()
    assert page.count("data-unreadable") == len(OLD)
    by_name = reverse(
        "artifacts:version_detail", args=["vision", "iris", "model", "iris-model", "v²"]
    )
    assert client.get(by_name).status_code == 200
    for name in OLD:
        remove = reverse("artifacts:alias_remove", args=[source.pk])
        assert client.post(remove, {"alias": name}).status_code == 302
    assert set(source.aliases.values_list("name", flat=True)) == {"best", "vbest"}
    page = client.get(source.get_absolute_url()).content.decode()
    assert "data-unreadable" not in page


def test_forms_offer_it_nowhere(client, alice, source, registry, collection, version):
    linked = factories.make_membership(collection, version)
    for name in ("v01", "..", "best"):
        Alias.objects.create(collection=collection, membership=linked, name=name)
    client.force_login(alice)
    usage = client.get(linked.tab_url("usage")).content.decode()
    assert f'href="{linked.url_as("best", "usage")}"' in usage
    assert "v01/usage" not in usage
    form = client.get(f"{collection.get_absolute_url()}/-/link").content.decode()
    assert 'value="best"' in form
    assert 'value="v01"' not in form
    given = client.post(reverse("artifacts:alias_add", args=[linked.pk]), {"new_aliases": "v01"})
    assert given.status_code == 422
    assert "v and a number name versions" in given.content.decode()


def test_a_protected_alias_has_its_lock_whatever_its_capitals(
    client, bob, registry, collection, version
):
    linked = factories.make_membership(collection, version, aliases=["Production"])
    client.force_login(bob)
    page = client.get(linked.get_absolute_url()).content.decode()
    assert "Protected alias" in page
    assert 'value="Production"' not in page  # no button that removes it
    answer = client.post(
        reverse("artifacts:alias_remove", args=[linked.pk]), {"alias": "Production"}
    )
    assert answer.status_code == 403
