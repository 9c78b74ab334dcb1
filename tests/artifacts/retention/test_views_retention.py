import pytest
from django.urls import reverse

from artifacts.models import RetentionRule, Version
from tests import factories
from tests.helpers.forms import opened
from tests.helpers.htmx import HTMX
from tests.helpers.queries import count_queries

PAGE = "/vision/iris/artifacts/model/iris-model"
URL = f"{PAGE}/-/retention"


@pytest.fixture
def versions(sequence):
    return [factories.make_version(sequence) for _number in range(14)]


def text_of(response):
    return response.content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_previews_saves_and_removes(client, bob, versions, headers):
    assert (
        reverse("artifacts:retention_edit", args=["vision", "iris", "model", "iris-model"]) == URL
    )
    client.force_login(bob)
    assert URL in client.get(PAGE).content.decode()
    text = text_of(client.get(URL, headers=headers))
    assert "4 versions, " in text
    assert "iris-model:v0 ·" in text
    sent = opened(client, URL, keep_newest="2")
    response = client.post(URL, sent | {"preview": "1"}, headers=headers)
    assert response.status_code == 200
    text = text_of(response)
    assert "12 versions, " in text
    assert "and 2 more" in text
    assert not RetentionRule.objects.exists()
    response = client.post(URL, sent, headers=headers)
    assert response.status_code == (200 if headers else 302)
    text = text_of(client.get(PAGE))
    assert "Rule saved: 12 versions go to the trash with the next daily sweep." in text
    assert "Retention rule: the newest 2 versions stay, and what has an alias," in text
    assert Version.objects.committed().count() == 14
    client.post(URL, {"remove": "1"}, headers=headers)
    assert "All versions are kept" in text_of(client.get(PAGE))


@pytest.mark.slow
def test_what_is_no_rule(client, bob, sequence):
    client.force_login(bob)
    for values in ({"keep_newest": "0"}, {"keep_newest": ""}, {"older_than_days": "x"}):
        for extra in ({}, {"preview": "1"}):
            response = client.post(URL, opened(client, URL, **values) | extra)
            assert response.status_code == 422, values
    assert "Nothing." in text_of(client.get(URL))


def test_who_may(client, bob, victor, charlie, project, sequence):
    client.force_login(victor)
    assert client.get(URL).status_code == client.post(URL).status_code == 403
    assert URL not in client.get(PAGE).content.decode()
    client.force_login(charlie)
    assert client.get(URL).status_code == client.post(URL).status_code == 404
    factories.make_collection(project, "chosen", kind="portfolio")
    client.force_login(bob)
    assert client.get(URL.replace("iris-model", "chosen")).status_code == 404
    assert client.get(PAGE.replace("iris-model", "chosen")).status_code == 200


@pytest.mark.slow
def test_as_many_queries_for_any_number(client, bob, sequence):
    client.force_login(bob)
    for _number in range(11):
        factories.make_version(sequence)
    for_one = count_queries(client, URL)  # one would go
    for _number in range(20):
        factories.make_version(sequence)
    assert count_queries(client, URL) == for_one
