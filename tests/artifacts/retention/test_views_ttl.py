import pytest
from django.urls import reverse

from registry_site.accounts.models import Entity
from tests.helpers.forms import opened
from tests.helpers.htmx import HTMX

URL, SETTINGS = "/vision/-/default-ttl", "/vision/settings"


def seconds():
    return Entity.objects.get(name="vision").default_ttl_seconds


def test_who_may_set_it(client, bob, victor, charlie, cast):
    assert reverse("artifacts:default_ttl", args=["vision"]) == URL
    assert client.get(URL)["Location"] == f"/login?next={URL}"
    for person, status in ((bob, 403), (victor, 403), (charlie, 404)):
        client.force_login(person)
        assert client.get(URL).status_code == client.post(URL).status_code == status
    assert client.put(URL).status_code == 405


def test_sets_it_and_takes_it_away(client, alice):
    client.force_login(alice)
    assert "kept for ever" in client.get(SETTINGS).content.decode()
    assert client.post(URL, opened(client, URL, days="30"))["Location"] == SETTINGS
    assert seconds() == 30 * 86_400
    assert "go to the trash 30 days after" in client.get(SETTINGS).content.decode()
    assert 'value="30"' in client.get(URL).content.decode()
    assert client.post(URL, opened(client, URL, days=""), headers=HTMX)["HX-Redirect"] == SETTINGS
    assert seconds() is None


@pytest.mark.parametrize("days", ["0", "-1", "x", "36501", "1.5", "9" * 30])
def test_bad_days(client, alice, days):
    client.force_login(alice)
    assert client.post(URL, {"days": days}).status_code == 422
    assert seconds() is None


def test_only_teams_have_a_page_for_it(client, alice):
    client.force_login(alice)
    for entity in ("alice", "acme", "nobody"):
        assert client.get(f"/{entity}/-/default-ttl").status_code == 404


def test_the_version_says_when_it_runs_out(client, alice, version):
    page = "/vision/iris/artifacts/model/iris-model/v0"
    client.force_login(alice)
    assert "runs out" not in client.get(page).content.decode()
    client.post(URL, opened(client, URL, days="30"))
    text = client.get(page).content.decode()
    assert "in 29 d" in text
    assert "(the team's default)" in text
