"""Ticked versions stay so through filters and pages, because the address has them."""

import re

import pytest
from django.urls import reverse

from artifacts.services.saved_views import normal_query
from registry_site.queries.keyset import PAGE_SIZE
from tests import factories

PLACES = {
    "linked": ("/orgs/Acme/registry/model/iris-classifier", "acme/wandb-registry-model"),
    "logged": ("/vision/iris/artifacts/model/iris-model", "vision/iris"),
}


@pytest.fixture(params=list(PLACES))
def page(request, collection, sequence):
    """Address and path of a collection with two pages of versions."""
    for _number in range(PAGE_SIZE + 5):
        factories.make_membership(collection, factories.make_version(sequence, files={}))
    url, path = PLACES[request.param]
    return url, f"{path}/{url.rpartition('/')[2]}"


def ticked(text):
    boxes = re.findall(r'<input type="checkbox"[^>]*name="version"[^>]*>', text)
    return [re.search(r':(v\d+)"', box)[1] for box in boxes if " checked" in box]


@pytest.mark.slow
def test_ticks_stay_through_filter_and_pages(client, bob, page):
    url, path = page
    client.force_login(bob)
    asked = f"version={path}:v3&version={path}:v{PAGE_SIZE}"
    first = client.get(f"{url}?{asked}").text
    assert sorted(ticked(first)) == ["v3", f"v{PAGE_SIZE}"]
    kept = re.findall(
        r'<input type="hidden" form="(\S+)" name="version" value="\S+:(v\d+)">', first
    )
    assert sorted(number for _form, number in kept) == ["v3", f"v{PAGE_SIZE}"], "for the filter"
    following = re.search(r'id="page-next"[^>]*href="([^"]+)"', first)[1].replace("&amp;", "&")
    assert following.count("version=") == 2
    second = client.get(following).text
    assert sorted(ticked(second)) == ["v3", f"v{PAGE_SIZE}"]
    metrics = re.search(r'id="show-metrics" href="([^"]+)"', first)[1].replace("&amp;", "&")
    assert sorted(ticked(client.get(metrics).text)) == ["v3", f"v{PAGE_SIZE}"]
    name = "v" if "vision" in url else "q"
    filtered = client.get(f"{url}?{name}=nothing-at-all&{asked}").text
    assert len(ticked(filtered)) == 2, "also where no row is left"


@pytest.mark.slow
def test_only_versions_of_the_collection_are_ticked(client, bob, page):
    url, path = page
    client.force_login(bob)
    for name in ("x/y/z:v1", f"{path}:latest", f"{path}:v01", f"{path}x:v1", "<b>", ""):
        assert ticked(client.get(url, {"version": name}).text) == []
    many = {"version": [f"{path}:v{900 + number}" for number in range(50)]}
    assert len(ticked(client.get(url, many).text)) == 10


def test_a_comparison_begins_with_the_older_however_they_were_ticked(client, bob, page):
    _url, path = page
    client.force_login(bob)
    compare = reverse("artifacts:compare")
    for pair in ([f"{path}:v2", f"{path}:v10"], [f"{path}:v10", f"{path}:v2"]):
        answer = client.get(compare, {"base": "last", "version": pair})
        assert answer["Location"] == f"{compare}?version={path}:v2&version={path}:v10"


def test_a_saved_view_keeps_no_ticks():
    assert normal_query("q=a&version=x/y/z:v1&metrics=1") == "q=a&metrics=1"
