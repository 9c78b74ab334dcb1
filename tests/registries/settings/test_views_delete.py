import html

import pytest

from artifacts.models import Version
from artifacts.services.retention.holds import place_hold
from artifacts.services.usage.usage import record_download
from registries.models import Registry
from registries.services.registry.creation import create_registry
from registries.services.registry.deletion import registry_contents
from registry_site.errors import Denied, NotFound
from tests import factories
from tests.helpers.forms import fields_of
from tests.helpers.htmx import HTMX
from tests.helpers.queries import count_queries

URL = "/orgs/Acme/registry/fraud/settings/delete"  # settings_delete
HOME = "/orgs/Acme/registry/"


@pytest.fixture
def custom(bob, acme):
    return create_registry(by=bob, organization=acme, name="fraud")


@pytest.fixture
def linked(custom, version):
    custom.project.protected_aliases.create(name="prod*")
    collection = factories.make_collection(custom.project, "detector")
    return factories.make_membership(collection, version, aliases=["production", "best"])


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_a_registry_goes_when_its_name_was_typed(client, bob, custom, linked, headers):
    client.force_login(bob)
    response = client.post(URL, {"name": "fraud"}, headers=headers)
    assert response.get("HX-Redirect", response.get("Location")) == HOME
    assert not Registry.objects.filter(pk=custom.pk).exists()
    assert Version.objects.get(pk=linked.version_id).deleted_at is None
    assert "Registry fraud deleted." in client.get(HOME).text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("typed", ["", "Fraud", "model"])
def test_another_name_deletes_nothing(client, bob, custom, headers, typed):
    client.force_login(bob)
    response = client.post(URL, {"name": typed}, headers=headers)
    assert response.status_code == 422
    assert fields_of(response, URL) == {"name": typed}
    assert ("<html" in response.text) is not headers
    assert Registry.objects.filter(pk=custom.pk).exists()


def test_it_says_before_what_goes_and_what_stays(client, bob, alice, custom, linked):
    record_download(by=alice, membership=linked, reference="production")
    client.force_login(bob)
    page = client.get(URL).text
    for text in (
        "1 collection, with its card and tags",
        "1 link to a version",
        "2 aliases, 1 of them protected:",
        "Got from here in the last 30 days:</p><p>by 1 person: alice; last:",
        "wandb-registry-fraud/…",
        "Every linked version and its files stay where they were logged",
    ):
        assert text in page, text


def test_an_unused_empty_one_says_so(client, bob, custom):
    client.force_login(bob)
    page = client.get(URL).text
    assert "0 collections" in page
    assert "In the last 30 days no run and nobody got anything from here." in page


def test_a_core_registry_says_why_it_stays(client, alice, registry):
    client.force_login(alice)
    url = "/orgs/Acme/registry/model/settings/delete"
    page = html.unescape(client.get(url).text)
    assert "The registry model can't be deleted: it is a core registry of Acme." in page
    assert '<form class="stack"' not in page
    response = client.post(url, {"name": "model"})
    assert response.status_code == 422
    assert Registry.objects.filter(name="model").exists()


def test_who_may_not_delete(client, victor, charlie, custom):
    for user, status in ((victor, 403), (charlie, 404)):
        client.force_login(user)
        assert client.post(URL, {"name": "fraud"}).status_code == status
    client.force_login(victor)
    assert "Name of the registry" not in client.get(URL).text
    for user, refusal in ((victor, Denied), (charlie, NotFound)):
        with pytest.raises(refusal):
            registry_contents(by=user, registry=custom)


@pytest.mark.slow
def test_the_number_of_queries_stays(client, bob, custom, linked):
    client.force_login(bob)
    one = count_queries(client, URL)
    for number in range(20):
        collection = factories.make_collection(custom.project, f"detector{number}")
        factories.make_membership(collection, linked.version, aliases=["production", f"a{number}"])
    assert count_queries(client, URL) == one
    contents = registry_contents(by=factories.fresh(bob), registry=custom)
    assert (contents.collection_count, contents.link_count, contents.alias_count) == (21, 21, 42)
    assert contents.protected == {"production": 21}


@pytest.mark.slow
def test_what_is_on_legal_hold_keeps_the_registry(client, alice, custom, linked):
    place_hold(by=alice, thing=linked.collection, reason="Case 7")
    client.force_login(alice)
    page = client.get(URL).text
    assert "legal hold" in page
    assert 'name="name"' not in page
    response = client.post(URL, {"name": "fraud"})
    assert response.status_code == 422
    assert "legal hold" in response.text
    assert Registry.objects.filter(pk=custom.pk).exists()
