import json
from datetime import timedelta

import pytest
from django.utils import timezone

from artifacts.models import FormerPathUse
from artifacts.services.usage.usage import record_download
from registries.models import Registry
from registries.services.registry.creation import create_registry
from registries.services.registry.former_names import read_former_names
from registries.services.registry.renaming import rename_registry
from registry_site.errors import NotFound
from tests import factories
from tests.factories import fresh
from tests.helpers.forms import fields_of, opened
from tests.helpers.htmx import HTMX
from tests.helpers.queries import count_queries

URL = "/orgs/Acme/registry/fraud/settings/-/rename"  # settings_rename
AFTER = "/orgs/Acme/registry/cards/settings"


@pytest.fixture
def custom(bob, acme):
    return create_registry(by=bob, organization=acme, name="fraud")


@pytest.mark.slow
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_a_registry_gets_another_name(client, bob, custom, headers):
    client.force_login(bob)
    response = client.post(URL, opened(client, URL, name="cards"), headers=headers)
    assert response.get("HX-Redirect", response.get("Location")) == AFTER
    page = client.get(AFTER).text
    assert "The registry fraud is called cards now." in page
    assert "<code>fraud</code>" in page
    assert "not since it is counted" in page
    assert client.get("/orgs/Acme/registry/fraud")["Location"] == "/orgs/Acme/registry/cards"


def test_it_says_before_who_uses_the_path_and_how_long_it_leads_on(
    client, bob, alice, custom, version
):
    collection = factories.make_collection(custom.project, "detector")
    membership = factories.make_membership(collection, version)
    record_download(by=alice, membership=membership, reference="v0")
    client.force_login(bob)
    page = client.get(URL).text
    assert "Got from here in the last 30 days:</p><p>by 1 person: alice; last:" in page
    assert "Got from here in the last 90 days:</p><p>by 1 person: alice; last:" in page
    assert "until somebody in Acme makes a registry of that name" in page


@pytest.mark.slow
def test_afterwards_the_settings_say_who_still_comes_by_the_old_name(
    client, bob, victor, custom, version
):
    collection = factories.make_collection(custom.project, "detector")
    factories.make_membership(collection, version)
    rename_registry(by=bob, registry=custom, name="cards")
    client.force_login(victor)
    client.get("/orgs/Acme/registry/fraud/detector", follow=True)
    client.get("/orgs/Acme/registry/Fraud", follow=True)
    client.force_login(bob)
    [row] = client.get(AFTER).context["page"].names.rows
    uses = row.uses
    assert (row.name, row.actor_name) == ("fraud", "bob")
    assert (uses.people_90, uses.people) == (2, ["victor"])  # under two spellings


def test_a_name_that_was_made_anew_leads_no_more(client, bob, acme, custom):
    rename_registry(by=bob, registry=custom, name="cards")
    create_registry(by=fresh(bob), organization=acme, name="fraud")
    client.force_login(bob)
    page = client.get(AFTER).text
    assert "The registry has had no other name." not in page or "former-names" in page
    assert client.get(AFTER).context["page"].names.rows == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "This field is required"),
        ("model", "already has a registry"),
        ("a/b", "a/b"),
        ("settings", "settings"),
    ],
)
def test_names_that_cannot_be_come_back(client, bob, registry, custom, name, sentence):
    client.force_login(bob)
    response = client.post(URL, opened(client, URL, name=name))
    assert response.status_code == 422
    assert sentence in response.text
    assert fields_of(response, URL)["name"] == name
    assert Registry.objects.get(pk=custom.pk).name == "fraud"


@pytest.mark.slow
def test_the_same_name_is_no_change(client, bob, custom):
    client.force_login(bob)
    client.post(URL, opened(client, URL))
    assert "still called fraud" in client.get("/orgs/Acme/registry/fraud/settings").text


def test_a_core_registry_keeps_its_name(client, alice, registry):
    client.force_login(alice)
    core = "/orgs/Acme/registry/model/settings"
    assert "A core registry keeps its name" in client.get(core).text
    rename = f"{core}/-/rename"
    for answer in (client.get(rename), client.post(rename, {"name": "models"})):
        assert answer.status_code == 409
        assert "A core registry keeps its name" in answer.text


def test_who_may_not_rename(client, victor, charlie, custom):
    for user, status in ((victor, 403), (charlie, 404)):
        client.force_login(user)
        assert client.get(URL).status_code == status
        assert client.post(URL, {"name": "cards"}).status_code == status
    with pytest.raises(NotFound):
        read_former_names(by=charlie, registry=custom, paths=[])


def test_former_names_as_files(client, bob, custom):
    rename_registry(by=bob, registry=custom, name="cards")
    client.force_login(bob)
    [row] = json.loads(client.get(f"{AFTER}/-/former-names.json").getvalue())
    assert (row["name"], row["renamed_by"], row["people_30_days"]) == ("fraud", "bob", 0)


@pytest.mark.slow
def test_the_number_of_queries_stays(client, bob, custom):
    client.force_login(bob)

    def rename(count):
        for number in range(count):
            registry = rename_registry(by=bob, registry=custom, name=f"name{number}of{count}")
            at = timezone.now() - timedelta(days=number)
            FormerPathUse.objects.create(
                project=registry.project,
                project_name=f"wandb-registry-name{number}of{count}",
                path=f"{number}",
                user=factories.make_user(f"u{number}of{count}"),
                day=at,
                at=at,
            )
        return registry.get_absolute_url() + "/settings"

    one = count_queries(client, rename(1))
    assert count_queries(client, rename(20)) == one


@pytest.mark.slow
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_two_who_rename_are_asked(client, alice, bob, custom, headers):
    client.force_login(bob)
    sent = opened(client, URL, name="mine")
    rename_registry(by=alice, registry=custom, name="cards")
    moved = client.post(URL, sent, headers=headers)
    assert (moved.status_code, moved["Location"]) == (307, f"{AFTER}/-/rename")
    refused = client.post(moved["Location"], sent, headers=headers)
    assert refused.status_code == 409
    assert "alice changed this at " in refused.text
    assert Registry.objects.get(pk=custom.pk).name == "cards"
    client.post(moved["Location"], fields_of(refused, moved["Location"]))
    assert Registry.objects.get(pk=custom.pk).name == "mine"
