import pytest
from django.urls import reverse

from artifacts.models import LegalHold
from artifacts.services.collections.links import link_version
from artifacts.services.retention.holds import lift_hold, place_hold
from registry_site.accounts.services.members import set_organization_member
from tests import factories
from tests.helpers.htmx import HTMX, assert_swap_equals_reload
from tests.helpers.queries import count_queries

URL = "/orgs/Acme/registry/-/holds"
KEEPING = "/orgs/Acme/registry/model/settings/keeping"
SOURCE = "/vision/iris/artifacts/model/iris-model"


@pytest.fixture
def place(bob, version, registry):
    return link_version(
        by=bob, version=version, project=registry.project, collection_name="c"
    ).membership


def page(client, url, **options):
    return client.get(url, **options).content.decode()


def test_addresses(version):
    assert reverse("registries:hold_list", args=["Acme"]) == URL
    assert reverse("registries:hold_place", args=["Acme"]) == f"{URL}/new"
    assert reverse("registries:hold_lift", args=["Acme", 7]) == f"{URL}/7/lift"
    assert reverse("registries:holds_export", args=["Acme", "csv"]) == f"{URL}/-/holds.csv"


@pytest.mark.slow
def test_who_sees_and_places(client, alice, bob, victor, charlie, version):
    new = f"{URL}/new?version={version.pk}"
    for url in (URL, new, f"{URL}/-/holds.csv"):
        client.logout()
        assert client.get(url).status_code in {302, 401}
        for person, status in ((alice, 200), (bob, 403), (victor, 403), (charlie, 404)):
            client.force_login(person)
            assert client.get(url).status_code == status, (url, person)
    client.force_login(bob)
    assert client.post(new, {"reason": "x"}).status_code == 403
    assert not LegalHold.objects.exists()
    client.force_login(alice)
    for query in ("", "?version=999", "?version=x", "?collection=999", "?version=" + "9" * 30):
        assert client.get(f"{URL}/new{query}").status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_places_and_lifts(client, alice, version, headers):
    client.force_login(alice)
    new = f"{URL}/new?version={version.pk}"
    assert "Only an admin of Acme can lift it" in page(client, new, headers=headers)
    assert client.post(new, {"reason": " "}, headers=headers).status_code == 422
    response = client.post(new, {"reason": "audit"}, headers=headers)
    goal = response.get("HX-Redirect") or response["Location"]
    assert goal == f"{SOURCE}/v0"
    text = page(client, goal)
    assert "Legal hold" in text
    assert "“audit”" in text
    assert "by alice" in text
    again = client.post(new, {"reason": "audit"}, headers=headers)
    assert again.status_code == 422
    assert "on legal hold already" in again.content.decode()
    hold = LegalHold.objects.get()
    lift = f"{URL}/{hold.pk}/lift"
    assert lift in text
    assert "audit" in page(client, lift, headers=headers)
    assert client.post(lift, {"reason": ""}, headers=headers).status_code == 422
    response = client.post(lift, {"reason": "over"}, headers=headers)
    assert (response.get("HX-Redirect") or response["Location"]) == URL
    assert "Legal hold</span>" not in page(client, goal)
    assert client.get(f"{URL}/999/lift").status_code == 404


def test_the_dialog_leads_back_to_the_page_behind(client, alice, version, place):
    client.force_login(alice)
    behind = place.get_absolute_url()
    text = page(
        client,
        f"{URL}/new?version={version.pk}",
        headers=HTMX | {"HX-Current-URL": f"http://testserver{behind}"},
    )
    assert f'name="next" value="{behind}"' in text
    response = client.post(
        f"{URL}/new?version={version.pk}", {"reason": "audit", "next": behind}, headers=HTMX
    )
    assert response["HX-Redirect"] == behind


@pytest.mark.slow
def test_it_shows_wherever_the_version_is(client, alice, victor, sequence, place):
    place_hold(by=alice, thing=sequence, reason="audit 2026")
    client.force_login(victor)
    for url in (SOURCE, f"{SOURCE}/v0", place.get_absolute_url()):
        text = page(client, url)
        assert "audit 2026" in text, url
        assert "Lift hold" not in text
    assert "audit 2026" not in page(client, place.collection.get_absolute_url())
    assert "audit 2026" in page(client, KEEPING)


def test_the_history_tells(client, alice, place):
    hold = place_hold(by=alice, thing=place.collection, reason="audit 2026")
    lift_hold(by=alice, hold=hold, reason="it is over")
    client.force_login(alice)
    text = page(client, f"{place.collection.get_absolute_url()}/-/history")
    for words in ("on legal hold", "lifted the legal hold", "audit 2026", "it is over"):
        assert words in text


@pytest.mark.slow
def test_whoever_may_not_hold_reads_why(client, bob, place):
    client.force_login(bob)
    for url in (place.get_absolute_url(), place.collection.get_absolute_url()):
        text = page(client, url)
        assert "Place legal hold" in text
        assert "Needs the role Admin; yours is Member." in text


def test_a_hold_out_of_sight_says_only_that_it_is(client, alice, bob, version, acme):
    vault = factories.make_registry_project(acme, "vault", access="restricted")
    hidden = link_version(by=alice, version=version, project=vault, collection_name="secret")
    place_hold(by=alice, thing=hidden.membership.collection, reason="not theirs")
    client.force_login(bob)
    text = page(client, f"{SOURCE}/v0")
    assert "through a collection that you cannot open" in text
    assert not any(word in text for word in ("vault", "secret", "not theirs"))


def test_the_registry_shows_holds_that_one_may_see(client, alice, version, registry, acme, place):
    """A version by the name that it has there, though its source is hidden from the person."""
    vault = factories.make_registry_project(acme, "vault", access="restricted")
    hidden = link_version(by=alice, version=version, project=vault, collection_name="secret")
    place_hold(by=alice, thing=hidden.membership.collection, reason="not theirs")
    place_hold(by=alice, thing=version, reason="audit 2026")
    client.force_login(_eve(acme))
    text = page(client, KEEPING)
    assert "audit 2026" in text
    assert place.get_absolute_url() in text
    assert "1 of 2 holds are shown" in text
    held = text[text.index('<section class="stack"><div class="section-head">') :]
    assert not any(word in held for word in ("vision", "vault", "secret", "not theirs"))


def _eve(acme):
    """In the organization, and in no team of it."""
    eve = factories.make_user("eve")
    set_organization_member(by=None, organization=acme, user=eve, role="member")
    return eve


@pytest.mark.slow
def test_the_list_says_what_who_why_and_what_was_lifted(client, alice, version, sequence):
    lift_hold(by=alice, hold=place_hold(by=alice, thing=version, reason="old"), reason="it ended")
    place_hold(by=alice, thing=sequence, reason="audit 2026")
    client.force_login(alice)
    text = page(client, URL)
    assert "vision/iris/iris-model" in text
    assert "audit 2026" in text
    assert "it ended" not in text
    text = page(client, f"{URL}?lifted=1")
    assert "it ended" in text
    rows = client.get(f"{URL}/-/holds.json?lifted=1").getvalue()
    assert b"it ended" in rows
    assert_swap_equals_reload(client.get(URL, headers=HTMX), client.get(URL), "holds")


@pytest.mark.slow
def test_as_many_queries_for_any_number(client, alice, sequence, registry):
    versions = [factories.make_version(sequence) for _number in range(20)]
    for version in versions:
        link_version(by=alice, version=version, project=registry.project, collection_name="c")
    pages = {alice: (URL, KEEPING, f"{SOURCE}/v0", SOURCE), _eve(registry.organization): (KEEPING,)}

    def count_all():
        for person, urls in pages.items():
            client.force_login(person)
            yield from [count_queries(client, url) for url in urls]

    place_hold(by=alice, thing=versions[0], reason="audit")
    for_one = list(count_all())
    for version in versions[1:]:
        place_hold(by=alice, thing=version, reason="audit")
    assert list(count_all()) == for_one


@pytest.mark.slow
def test_the_dialog_of_a_deletion_says_who_holds(client, alice, bob, place):
    client.force_login(bob)
    url = f"{place.collection.get_absolute_url()}/-/delete"
    assert "it can be restored with its card, tags, aliases and links" in page(client, url)
    place_hold(by=alice, thing=place.version, reason="audit 2026")
    text = page(client, url)
    assert "can't be deleted: iris-model:v0 is on legal hold" in text.replace("&#x27;", "'")
    assert "audit 2026" in text
    assert '<button class="button button-danger"' not in text
    assert client.post(url).status_code == 409
