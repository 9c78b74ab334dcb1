from dataclasses import fields, is_dataclass

import pytest
from django.db.models import Model
from django.urls import reverse

from artifacts.models import Membership, RunInput
from artifacts.services.usage.usage import record_download
from tests import factories
from tests.helpers.htmx import HTMX
from tests.helpers.queries import count_queries, page_budget

COLLECTION = "/orgs/Acme/registry/model/iris-classifier"
URL = f"{COLLECTION}/v0"
UNLINK = f"{URL}/-/unlink"
TABS = ["", "metadata", "usage", "files", "lineage"]


@pytest.fixture
def link(collection, version, alice):
    return factories.make_membership(collection, version, by=alice, aliases=["staging"])


@pytest.mark.parametrize("tab", TABS)
def test_version_detail_works(client, bob, link, tab):
    client.force_login(bob)
    address = link.tab_url(tab)
    assert address == (f"{URL}/{tab}" if tab else URL)
    response = client.get(address)
    assert response.status_code == 200
    assert "acme/wandb-registry-model/iris-classifier:v0" in response.content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("reference", ["v0", "latest", "staging"])
def test_version_detail_by_alias(client, bob, link, reference):
    client.force_login(bob)
    response = client.get(
        reverse("registries:version_detail", args=["Acme", "model", "iris-classifier", reference])
    )
    assert response.context["page"].key == link.pk


@pytest.mark.parametrize("reference", ["v1", "nothing", "v00", "-1"])
def test_version_detail_of_nothing(client, bob, link, reference):
    client.force_login(bob)
    assert client.get(f"{COLLECTION}/{reference}").status_code == 404


def test_version_tab_of_nothing(client, bob, link):
    client.force_login(bob)
    address = reverse(
        "registries:version_tab", args=["Acme", "model", "iris-classifier", "v0", "x"]
    )
    assert client.get(address).status_code == 404


def test_version_detail_hides_a_trashed_version(client, bob, link):
    Membership.objects.update(hidden_at="2026-01-01T00:00:00Z")
    client.force_login(bob)
    assert client.get(URL).status_code == 404


def test_version_detail_to_a_viewer(client, victor, link):
    client.force_login(victor)
    text = client.get(URL).content.decode()
    assert UNLINK not in text
    assert "Needs the role Member; yours is Viewer." in text


def test_version_detail_hides_a_source_that_is_not_for_all(client, link, acme, registry):
    eve = factories.make_user("eve")
    factories.set_organization_member(by=None, organization=acme, user=eve, role="member")
    client.force_login(eve)
    text = client.get(URL).content.decode()
    assert "you cannot open" in text
    assert "vision/iris" not in text


@pytest.mark.parametrize("tab", TABS)
def test_version_detail_to_others(client, charlie, link, tab):
    assert client.get(link.tab_url(tab)).status_code == 302
    client.force_login(charlie)
    assert client.get(link.tab_url(tab)).status_code == 404


def test_version_detail_by_wrong_method(client, bob, link):
    client.force_login(bob)
    assert client.post(URL).status_code == 405


@pytest.mark.slow
def test_version_detail_takes_as_many_queries_for_50_aliases(client, bob, link):
    client.force_login(bob)
    one = count_queries(client, URL)
    for number in range(49):
        link.aliases.create(collection=link.collection, name=f"a{number}")
    assert count_queries(client, URL) == one


# ------------------------------------------------------------------ unlink


def test_unlink_asks_first(client, bob, link):
    client.force_login(bob)
    address = reverse("registries:unlink", args=["Acme", "model", "iris-classifier", "v0"])
    assert address == UNLINK
    page, dialog = client.get(UNLINK), client.get(UNLINK, headers=HTMX)
    for text in (page.content.decode(), dialog.content.decode()):
        assert "staging" in text
        assert "no run and nobody got anything from here" in text
    assert "<dialog" in dialog.content.decode()
    assert Membership.objects.filter(pk=link.pk).exists()


def test_unlink_names_who_uses_it(client, bob, alice, victor, charlie, project, link):
    run = factories.make_run(project, alice)
    secret = factories.make_run(factories.make_project(charlie, "secret"))
    for each in (run, secret):
        RunInput.objects.create(run=each, version=link.version, collection=link.collection)
    for person in (alice, victor):
        record_download(by=person, membership=link)
    client.force_login(bob)
    text = client.get(UNLINK).content.decode()
    named = (
        f'by 2 runs: <a href="{run.get_absolute_url()}">{run}</a> (alice) and 1 more; last: <time'
    )
    assert named in text
    assert "by 2 people: alice, victor; last: <time" in text


@pytest.mark.slow
def test_unlink_works(client, bob, link):
    client.force_login(bob)
    response = client.post(UNLINK, follow=True)
    assert response.redirect_chain[-1][0] == COLLECTION
    assert "iris-classifier:v0 unlinked." in response.content.decode()
    assert link.version.memberships.count() == 1


def test_unlink_by_htmx(client, bob, link):
    client.force_login(bob)
    assert client.post(UNLINK, headers=HTMX)["HX-Redirect"] == COLLECTION


@pytest.mark.slow
def test_unlink_of_a_protected_alias(client, bob, alice, link):
    link.aliases.create(collection=link.collection, name="production")
    client.force_login(bob)
    assert "Needs the role Admin; yours is Member." in client.get(UNLINK).content.decode()
    assert client.post(UNLINK).status_code == 403
    client.force_login(alice)
    assert client.post(UNLINK).status_code == 302


def test_unlink_refused_to_a_viewer(client, victor, link):
    client.force_login(victor)
    assert client.get(UNLINK).status_code == 403
    assert client.post(UNLINK).status_code == 403


def test_unlink_to_others(client, charlie, link):
    assert client.post(UNLINK)["Location"] == f"/login?next={UNLINK}"
    client.force_login(charlie)
    assert client.post(UNLINK).status_code == 404
    assert client.delete(UNLINK).status_code == 405


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tab", "statements"), [("", 17), ("metadata", 11), ("usage", 20), ("files", 13)]
)
@pytest.mark.parametrize("rows", [1, 50])
def test_a_page_costs_the_same_among_many(client, bob, version, link, rows, tab, statements):
    for number in range(rows):
        other = factories.make_version(version.sequence, files={f"f{number}": b"x"})
        factories.make_membership(link.collection, other, aliases=[f"a{number}"])
    client.force_login(bob)
    page_budget(client, link.tab_url(tab), statements=statements, joins=14, instances=45)


def rows_in(value):
    """Yield all rows of the database that a template reaches from this object of its context."""
    if isinstance(value, Model):
        yield value
    elif is_dataclass(value):
        for each in fields(value):
            yield from rows_in(getattr(value, each.name))
    elif isinstance(value, dict):
        yield from rows_in([*value, *value.values()])
    elif isinstance(value, list | tuple | set):
        for each in value:
            yield from rows_in(each)


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("", "overview"),
        ("/metadata", "metadata"),
        ("/usage", "usage"),
        ("/files", "files"),
        ("/files?file=weights.txt", "files"),
        ("/lineage?node=version-{version.pk}", "lineage"),
    ],
)
def test_no_row_leads_a_template_to_a_hidden_source(client, acme, link, version, query, key):
    eve = factories.make_user("eve")
    factories.set_organization_member(by=None, organization=acme, user=eve, role="member")
    client.force_login(eve)
    context = client.get(URL + query.format(version=version)).context
    assert not [*rows_in(context["page"]), *rows_in(context[key])]
