import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from registry_site.accounts.models import User
from registry_site.middleware import server_timing
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address", ["/vision/iris%00", "/vision/iris?q=%00", "/orgs/Acme/registry/model?after=a%00b"]
)
def test_nul_in_an_address_is_refused(client, alice, project, registry, address):
    client.force_login(alice)
    response = client.get(address)
    assert response.status_code == 400
    assert "no NUL character" in response.content.decode()


def test_what_the_database_refuses_is_no_bug(client, alice, project):
    client.force_login(alice)
    factories.make_run(project)
    response = client.get("/vision/iris", {"q": "x" * 60_000})
    assert response.status_code == (200 if connection.vendor == "postgresql" else 400)


def test_server_timing_counts_queries(settings, client, alice):
    settings.SERVER_TIMING = True
    timed = server_timing(lambda request: HttpResponse(str(User.objects.count())))
    response = timed(RequestFactory().get("/"))
    assert 'desc="1 queries"' in response["Server-Timing"]


def test_language_of_the_person_beats_the_browser(client, alice):
    alice.language = "ja"
    alice.save(update_fields=["language"])
    client.force_login(alice)
    assert '<html lang="ja"' in client.get("/").content.decode()


def test_https_is_asked_for_over_https(client, db):
    assert "max-age=31536000" in client.get("/login", secure=True)["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in client.get("/login")
