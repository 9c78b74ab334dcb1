"""Request access: where it is offered, asked and answered, and that both ways look alike."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registries.models import AccessRequest
from registries.services.access.requests import request_registry_access
from registries.services.registry.creation import create_registry
from registries.views.access.requests import own_requests, requests_waiting_for
from tests import factories
from tests.helpers.htmx import HTMX
from tests.helpers.queries import count_queries

ASK = reverse("registries:access_request", args=["Acme"])


@pytest.fixture
def zoo(acme, alice):
    return create_registry(by=alice, organization=acme, name="Zoo")


@pytest.fixture
def vault(acme, alice):
    return create_registry(by=alice, organization=acme, name="Vault", access="restricted")


@pytest.fixture
def asked(bob, acme, zoo):
    return request_registry_access(
        by=bob, organization=acme, name="Zoo", role="member", note="<b>For the release</b>"
    )


@pytest.mark.slow
def test_a_refused_page_offers_to_ask(client, bob, zoo, vision):
    client.force_login(bob)
    refused = client.get("/orgs/Acme/registry/Zoo/-/new-collection")
    assert refused.status_code == 403
    url = f"{ASK}?registry=Zoo&amp;role=member"
    assert f'href="{url}"' in refused.text
    refused = client.get("/vision/settings")
    assert 'href="/vision/-/request-access?role=admin"' in refused.text
    for page in ("/orgs/Acme/registry/Zoo", "/orgs/Acme/registry/Zoo/settings"):
        assert "Request access" in client.get(page).text
    dialog = client.get(f"{ASK}?registry=Zoo&role=member", headers=HTMX)
    assert "You have the role Viewer in Zoo" in dialog.text
    assert '<option value="member" selected>' in dialog.text
    assert 'value="restricted_viewer"' not in dialog.text


@pytest.mark.slow
def test_asking_leads_home_where_it_waits(client, bob, zoo):
    client.force_login(bob)
    sent = {"role": "member", "note": "For the release"}
    assert client.post(f"{ASK}?registry=Zoo", sent)["Location"] == "/"
    page = client.get("/")
    assert "You asked for access" in page.text
    assert "waiting" in page.text
    assert client.post(f"{ASK}?registry=Zoo", sent, headers=HTMX)["HX-Redirect"] == "/"
    assert AccessRequest.objects.count() == 1
    assert client.post(f"{ASK}?registry=Zoo", {"role": "viewer"}).status_code == 422
    assert (
        client.post(f"{ASK}?registry=Zoo", {"role": "member", "note": "x" * 501}).status_code == 422
    )
    assert client.get(ASK).status_code == 400


def text_of(response, name):
    """A page without what differs anyway: the name that was asked for, and tokens."""
    text = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"\w+"', "", response.text)
    text = re.sub(r"access-requests/\d+|<time.*?</time>", "", text)
    return text.replace(name, "X").replace(name.lower(), "x")


@pytest.mark.slow
def test_a_hidden_registry_looks_like_none(client, bob, vault):
    client.force_login(bob)
    looks = {}
    for name in ("Vault", "Never"):
        url = f"{ASK}?registry={name}&role=member"
        pages = [
            client.get(f"/orgs/Acme/registry/{name}"),
            client.get(f"/orgs/Acme/registry/{name}/settings/members"),
            client.get(url),
            client.get(url, headers=HTMX),
            client.post(url, {"role": "member"}, follow=True),
            client.post(url, {"role": "admin"}, follow=True),
            client.post(url, {"role": "owner"}),
        ]
        looks[name] = [(page.status_code, text_of(page, name)) for page in pages]
        made = AccessRequest.objects.get(name=name)
        client.post(reverse("registries:access_request_withdraw", args=[made.pk]), follow=True)
    for hidden, none in zip(looks["Vault"], looks["Never"], strict=True):
        assert hidden[0] == none[0]
        assert hidden[1].splitlines() == none[1].splitlines()
    assert "Request access" in looks["Never"][0][1]


def test_a_stranger_is_offered_nothing(client, charlie, zoo, vault):
    client.force_login(charlie)
    refused = client.get("/orgs/Acme/registry/Vault")
    assert refused.status_code == 404
    assert "Request access" not in refused.text
    assert client.get(f"{ASK}?registry=Zoo").status_code == 404
    assert client.post(f"{ASK}?registry=Zoo", {"role": "member"}).status_code == 404
    client.logout()
    assert client.get(f"{ASK}?registry=Zoo").status_code == 302


def test_who_sees_everything_is_offered_nothing(client, alice, vault):
    client.force_login(alice)
    assert "Request access" not in client.get("/orgs/Acme/registry/Never").text


@pytest.mark.slow
def test_admins_grant_in_one_click(client, alice, bob, zoo, asked):
    client.force_login(alice)
    members = "/orgs/Acme/registry/Zoo/settings/members"
    for page in ("/", members):
        text = client.get(page).text
        assert "Access requests" in text
        assert "&lt;b&gt;For the release" in text
    grant = reverse("registries:access_request_grant", args=[asked.pk])
    assert client.post(grant, {"next": members})["Location"] == members
    assert zoo.project.role_of(factories.fresh(bob)) == "member"
    assert client.post(grant)["Location"] == "/"  # a second click
    assert "Access requests" not in client.get("/").text
    client.force_login(bob)
    assert "granted: Member" in client.get("/").text


@pytest.mark.slow
def test_admins_answer_otherwise(client, alice, bob, zoo, asked):
    client.force_login(alice)
    url = reverse("registries:access_request_answer", args=[asked.pk])
    assert "bob asks for the role Member in Zoo" in client.get(url, headers=HTMX).text
    assert client.post(url, {"role": "owner", "grant": "1"}).status_code == 422
    sent = {"role": "member", "decline": "1", "answer": "Not before May"}
    assert client.post(url, sent)["Location"] == "/"
    refused = client.post(url, {"role": "admin", "grant": "1"})
    assert refused.status_code == 422
    assert "already been answered" in refused.text
    client.force_login(bob)
    assert "alice: Not before May" in client.get("/").text


@pytest.mark.parametrize(
    ("person", "status"), [("bob", 403), ("victor", 403), ("charlie", 404), (None, 302)]
)
def test_answering_is_for_admins(client, request, asked, zoo, person, status):
    if person:
        client.force_login(request.getfixturevalue(person))
    for name in ("access_request_answer", "access_request_grant"):
        url = reverse(f"registries:{name}", args=[asked.pk])
        assert client.post(url, {"role": "admin", "grant": "1"}).status_code == status
    assert not zoo.project.members.filter(role="member").exists()


def test_a_request_is_withdrawn_on_the_home_page(client, bob, victor, asked):
    url = reverse("registries:access_request_withdraw", args=[asked.pk])
    client.force_login(victor)
    assert client.post(url).status_code == 404
    client.force_login(bob)
    assert client.get(url).status_code == 405
    assert client.post(url)["Location"] == "/"
    assert "You asked for access" not in client.get("/").text


@pytest.mark.slow
def test_a_role_in_a_team(client, alice, victor, vision):
    url = reverse("registries:team_access_request", args=["vision"])
    client.force_login(victor)
    assert "You have the role Viewer in vision" in client.get(f"{url}?role=member").text
    assert client.post(url, {"role": "member"})["Location"] == "/"
    client.force_login(alice)
    assert "asks for the role Member in <strong>vision" in client.get("/").text


@pytest.mark.slow
def test_requests_in_as_many_queries(client, alice, acme, zoo):
    def ask(numbers):
        for number in numbers:
            person = factories.make_user(f"p{number}")
            acme.members.create(user=person, role="member")
            request_registry_access(
                by=factories.fresh(person), organization=acme, name="Zoo", role="member"
            )
            mine = {"organization": acme, "name": f"n{number}", "role": "member"}
            AccessRequest.objects.create(user=alice, is_blind=True, **mine)

    def read():
        with CaptureQueriesContext(connection) as queries:
            person = factories.fresh(alice)
            rows = len(requests_waiting_for(person)), len(own_requests(person))
        return len(queries), rows

    client.force_login(alice)
    members = "/orgs/Acme/registry/Zoo/settings/members"
    ask(range(1))
    before, (queries, rows) = count_queries(client, members), read()
    assert rows == (1, 1)
    ask(range(1, 15))
    assert count_queries(client, members) == before
    assert read() == (queries, (15, 15))
