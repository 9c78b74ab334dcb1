import pytest

from registries.models import Registry
from registries.services.registry.creation import create_registry
from registries.services.registry.settings import update_registry
from registry_site.accounts.models import Event
from tests import factories
from tests.helpers.forms import fields_of, opened
from tests.helpers.htmx import HTMX
from tests.helpers.queries import count_queries

URL = "/orgs/Acme/registry/fraud/settings"
RESTRICT = f"{URL}/-/restrict"  # settings_restrict
CORE = "/orgs/Acme/registry/model/settings"


@pytest.fixture
def custom(bob, acme):
    return create_registry(
        by=bob, organization=acme, name="fraud", description="Cards", accepted_types=["model"]
    )


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_settings_are_saved(client, bob, custom, headers):
    client.force_login(bob)
    sent = opened(
        client,
        URL,
        description="Fraud",
        default_role="member",
        type_names="eval set, dataset",
        owner="victor",
        icon="shield",
        colour="rose",
    )
    response = client.post(URL, sent, headers=headers)
    assert (response.status_code, response.get("HX-Redirect", response.get("Location"))) == (
        (200, URL) if headers else (302, URL)
    )
    found = Registry.objects.get(pk=custom.pk)
    assert found.project.accepted_type_names == ["dataset", "eval set", "model"]
    assert (found.owner.username, found.icon, found.colour) == ("victor", "shield", "rose")
    page = client.get(URL).text
    assert "Settings of fraud saved." in page
    assert "look-rose" in page


def test_what_was_only_looked_at_changes_nothing(client, bob, custom):
    client.force_login(bob)
    events = Event.objects.count()
    client.post(URL, opened(client, URL))
    assert Event.objects.count() == events


@pytest.mark.slow
def test_all_types_can_be_chosen_and_left(client, bob, custom):
    client.force_login(bob)
    client.post(URL, opened(client, URL, types="all"))
    assert Registry.objects.get(pk=custom.pk).project.accepts_all_types
    client.post(URL, opened(client, URL, types="some"))
    found = Registry.objects.get(pk=custom.pk).project
    assert (found.accepts_all_types, found.accepted_type_names) == (False, ["model"])


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"owner": "nobody"}, "a registry&#x27;s owner is a person of Acme"),
        ({"colour": "pink"}, "Select a valid choice"),
        ({"default_role": "admin"}, "Select a valid choice"),
        ({"type_names": "a/b"}, "a/b"),
    ],
)
def test_what_cannot_be_saved_comes_back(client, bob, custom, typed, sentence):
    client.force_login(bob)
    response = client.post(URL, opened(client, URL, description="typed") | typed)
    assert response.status_code == 422
    assert sentence in response.text
    assert fields_of(response, URL)["description"] == "typed"
    assert Registry.objects.get(pk=custom.pk).project.description == "Cards"


@pytest.mark.slow
def test_who_may_not_manage_reads_facts_and_posts_in_vain(client, victor, charlie, custom):
    client.force_login(victor)
    page = client.get(URL).text
    assert "Managing the registry fraud needs the role Admin; yours is Viewer." in page
    assert "Cards" in page
    assert "Save settings" not in page
    assert client.post(URL, {"description": "x"}).status_code == 403
    assert client.post(RESTRICT).status_code == 403
    assert client.get(RESTRICT).status_code == 403
    client.force_login(charlie)
    assert client.post(URL, {"description": "x"}).status_code == 404
    assert client.post(RESTRICT).status_code == 404


def test_a_core_registry_says_what_is_fixed_and_why(client, alice, registry):
    client.force_login(alice)
    page = client.get(CORE).text
    assert "Everyone in Acme sees a core registry" in page
    assert f'href="{CORE}/-/restrict"' not in page
    for answer in (client.get(f"{CORE}/-/restrict"), client.post(f"{CORE}/-/restrict")):
        assert answer.status_code == 409
        assert "Everyone in Acme sees a core registry" in answer.text


# ------------------------------------------------------------------ visibility


@pytest.mark.slow
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_restricting_names_who_loses_access(client, bob, victor, custom, headers):
    client.force_login(bob)
    page = client.get(RESTRICT, headers=headers).text
    assert "1 person loses access: victor" in " ".join(page.split())
    assert "can't be opened to the whole organization again" in page.replace("&#x27;", "'")
    response = client.post(RESTRICT, headers=headers)
    assert response.get("HX-Redirect", response.get("Location")) == URL
    assert Registry.objects.get(pk=custom.pk).project.access == "restricted"
    page = client.get(URL).text
    assert "Only members of fraud see it from now on." in page
    assert f'href="{RESTRICT}"' not in page
    client.force_login(victor)
    assert client.get(URL).status_code == 404


def test_restricted_twice_is_no_error(client, bob, custom):
    client.force_login(bob)
    client.post(RESTRICT)
    events = Event.objects.count()
    assert client.post(RESTRICT).status_code == 302
    assert Event.objects.count() == events
    assert client.get(RESTRICT).status_code == 409


def test_a_restricted_registry_offers_no_default_role(client, bob, custom):
    update_registry(by=bob, registry=custom, access="restricted")
    client.force_login(bob)
    page = client.get(URL).text
    assert "A restricted registry has none" in page
    sent = opened(client, URL, description="x", default_role="member")
    assert client.post(URL, sent).status_code == 302
    assert Registry.objects.get(pk=custom.pk).project.default_role == "viewer"


@pytest.mark.slow
def test_the_number_of_queries_stays(client, bob, acme, custom):
    client.force_login(bob)

    def add(count):
        for number in range(count):
            user = factories.make_user(f"person{number}of{count}")
            acme.members.create(user=user, role="member")
            custom.project.accepted_types.create(name=f"type{number}of{count}")

    add(1)
    one = count_queries(client, URL), count_queries(client, RESTRICT)
    add(19)
    assert (count_queries(client, URL), count_queries(client, RESTRICT)) == one


def test_owner_and_look_are_on_the_registry_page(client, bob, victor, custom):
    update_registry(by=bob, registry=custom, owner="victor", colour="teal", icon="star")
    client.force_login(victor)
    page = client.get("/orgs/Acme/registry/fraud").text
    assert "Owner: victor" in page
    assert "look-teal" in page
    cards = client.get("/orgs/Acme/registry/").text
    assert "look-teal" in cards
    assert "#star" in cards
