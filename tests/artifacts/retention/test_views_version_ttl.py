from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from artifacts.models import Version
from artifacts.services.collections.links import link_version
from artifacts.services.retention.default_ttl import set_default_ttl
from artifacts.services.versions.ttl import set_version_ttl
from registry_site.accounts.models import Event
from registry_site.errors import Conflict, Denied, Invalid, NotFound
from tests.helpers.forms import opened
from tests.helpers.htmx import HTMX

DAY = 86_400
PAGE = "/vision/iris/artifacts/model/iris-model/v0"


@pytest.fixture
def url(version):
    pk = version.memberships.get().pk
    assert reverse("artifacts:ttl_edit", args=[pk]) == f"/-/memberships/{pk}/ttl"
    return f"/-/memberships/{pk}/ttl"


def ttl():
    return Version.objects.get().ttl_seconds


@pytest.mark.slow
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_saves_and_says_what_it_means(client, bob, version, url, headers):
    client.force_login(bob)
    assert "Now it does not expire." in client.get(url, headers=headers).content.decode()
    response = client.post(url, opened(client, url, days="10"), headers=headers)
    assert response.status_code == (200 if headers else 302)
    assert ttl() == 10 * DAY
    day = (version.created_at + timedelta(days=10)).date().isoformat()
    assert f"iris-model:v0 goes to the trash on {day}." in client.get(PAGE).content.decode()
    event = Event.objects.get(kind="version", verb="update")
    assert (event.before, event.after) == ({"ttl_seconds": None}, {"ttl_seconds": 10 * DAY})
    client.post(url, opened(client, url, days="0"), headers=headers)
    assert ttl() == 0
    assert "does not expire" in client.get(PAGE).content.decode()
    client.post(url, opened(client, url, days=""), headers=headers)
    assert ttl() is None


def test_what_is_untouched_stays_to_the_second(client, bob, version, url):
    Version.objects.update(ttl_seconds=100_000)
    client.force_login(bob)
    assert client.post(url, opened(client, url)).status_code == 302
    assert ttl() == 100_000


@pytest.mark.slow
def test_who_may(client, bob, victor, charlie, version, url):
    client.force_login(victor)
    assert client.get(url).status_code == client.post(url).status_code == 403
    assert "Change TTL" not in client.get(PAGE).content.decode()
    client.force_login(charlie)
    assert client.get(url).status_code == 404
    for person, refusal in ((victor, Denied), (charlie, NotFound)):
        with pytest.raises(refusal):
            set_version_ttl(by=person, version=version, ttl_seconds=60)
    client.force_login(bob)
    assert url in client.get(PAGE).content.decode()


def test_what_can_not_be(client, bob, version, url, registry):
    Version.objects.update(created_at=timezone.now() - timedelta(days=9))
    client.force_login(bob)
    for days, words in (("-1", "greater than or equal"), ("x", "whole number"), ("8", "over")):
        response = client.post(url, opened(client, url, days=days))
        assert response.status_code == 422
        assert words in response.content.decode()
    with pytest.raises(Invalid, match="its time would be over already"):
        set_version_ttl(by=bob, version=version, ttl_seconds=8 * DAY)
    link_version(by=bob, version=version, project=registry.project, collection_name="c")
    text = client.get(url).content.decode()
    assert "what is linked does not expire" in text
    assert "Save TTL" not in text
    with pytest.raises(Conflict, match="what is linked has no TTL"):
        set_version_ttl(by=bob, version=version, ttl_seconds=60 * DAY)
    assert client.post(url, {"days": "60"}).status_code in {409, 422}


def test_the_default_of_the_team_is_named(client, alice, version, url, vision):
    set_default_ttl(by=alice, entity=vision.entity, seconds=30 * DAY)
    client.force_login(alice)
    text = client.get(url).content.decode()
    assert "The default of its team is 30 days." in text
    assert "Now it goes to the trash" in text
