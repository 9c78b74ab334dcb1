import json
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.utils import timezone

from artifacts.models import Download, RunInput
from artifacts.services.paths.placeholders import hidden_path
from artifacts.services.usage.usage import record_download, use_version
from registry_site.accounts.services.keys.api_keys import create_api_key
from tests import factories
from tests.helpers.htmx import assert_swap_equals_reload, htmx

URL = "/vision/iris/artifacts/model/iris-model/v0/usage"


@pytest.fixture
def membership(version):
    return version.memberships.get()


@pytest.fixture
def secret(charlie):
    """A project that nobody of Acme sees."""
    return factories.make_project(charlie, "secret")


def page(client, user, url=URL, **query):
    client.force_login(user)
    return client.get(url, query)


def text_of(response):
    return response.content.decode()


# ------------------------------------------------------------------ runs
def test_runs_with_the_name_by_which_they_reached_it(client, bob, version, project, linked):
    known = factories.make_run(project, bob, display_name="known")
    use_version(by=bob, version=version, run=known, project=linked.collection.project)
    RunInput.objects.filter(run=known).update(reference="production")
    unknown = factories.make_run(project, bob, display_name="unknown")
    use_version(by=bob, version=version, run=unknown, project=project)
    old = factories.make_run(project, bob, display_name="old")
    RunInput.objects.create(run=old, version=version)
    text = text_of(page(client, bob))
    assert '>iris-classifier</a>:production <span class="muted">then v0</span>' in text
    unrecorded = '>iris-model</a>:v0 <span class="muted">by a name that was not recorded</span>'
    assert unrecorded in text
    assert '<span class="muted">not known</span>' in text


def test_runs_that_one_may_not_see_are_counted(client, bob, version, project, secret):
    RunInput.objects.create(run=factories.make_run(project, display_name="seen"), version=version)
    RunInput.objects.create(run=factories.make_run(secret, display_name="unseen"), version=version)
    text = text_of(page(client, bob))
    assert "seen" in text
    assert "unseen" not in text
    assert "1 run in a project that you cannot open used it too." in text


def test_a_place_that_one_may_not_see_has_no_name(client, bob, version, project, acme):
    hidden = factories.make_registry_project(acme, "hidden", access="restricted")
    cellar = factories.make_collection(hidden, "cellar")
    run = factories.make_run(project, bob)
    RunInput.objects.create(
        run=run, version=version, project=hidden, collection=cellar, reference="wine"
    )
    text = text_of(page(client, bob))
    assert "a place that you cannot open" in text
    assert "cellar" not in text
    assert "wine" not in text


# ------------------------------------------------------------------ downloads
def test_downloads_with_person_key_name_and_times(client, alice, bob, membership):
    key = create_api_key(by=alice, user=alice, name="nightly <job>")[0]
    record_download(by=alice, membership=membership, reference="best", api_key=key)
    Download.objects.update(count=1234, first_at=timezone.now() - timedelta(days=3))
    record_download(by=bob, membership=membership, reference="v0")
    text = text_of(page(client, bob))
    assert "nightly &lt;job&gt;" in text
    assert key.hint not in text
    assert ">iris-model</a>:best" in text
    assert "1,234" in text
    assert "3 d ago" in text
    assert "in the browser" in text


def test_people_and_places_that_one_may_not_see_are_counted(
    client, bob, victor, root, version, membership, acme
):
    hidden = factories.make_registry_project(acme, "hidden", access="restricted")
    cellar = factories.make_membership(factories.make_collection(hidden, "cellar"), version)
    record_download(by=root, membership=cellar, reference="wine")
    record_download(by=root, membership=membership, reference="v0")
    record_download(by=victor, membership=membership, reference="v0")
    text = text_of(page(client, bob))
    assert "victor" in text
    assert "2 lines of people or places that you cannot see are left out." in text
    for word in (">root<", "cellar", "wine"):
        assert word not in text
    all_of_it = text_of(page(client, root))
    assert ">cellar</a>:wine" in all_of_it


def test_somebody_who_was_removed_has_no_name(client, bob, victor, membership):
    record_download(by=victor, membership=membership)
    victor.delete()
    text = text_of(page(client, bob))
    assert "somebody who was removed" in text
    assert "victor" not in text


def test_who_may_not_see_the_version_sees_nothing(client, charlie, membership):
    assert page(client, charlie).status_code == 404


# ------------------------------------------------------------------ the list
@pytest.mark.slow
def test_kinds_have_addresses_and_keep_the_name(client, bob, project, version, membership):
    RunInput.objects.create(run=factories.make_run(project, bob), version=version)
    record_download(by=bob, membership=membership)
    both = page(client, bob, **{"as": "latest"})
    urls = {kind["label"]: kind["url"] for kind in both.context["usage"].kinds}
    runs = client.get(URL + urls["Runs"])
    assert runs.context["usage"].chosen == "latest"
    assert "Runs that used it" in text_of(runs)
    assert "<h3 id=" in text_of(runs)
    assert 'id="used-by-downloads"' not in text_of(runs)
    downloads = client.get(URL + urls["Downloads"])
    assert 'id="used-by-runs"' not in text_of(downloads)
    swapped = client.get(URL + urls["Downloads"], headers=htmx(target="consumers"))
    assert_swap_equals_reload(swapped, downloads, "consumers")
    assert 'id="used-by-runs"' in text_of(page(client, bob, kind="nonsense"))


@pytest.mark.slow
def test_runs_and_downloads_page_by_themselves(client, bob, project, version, membership):
    now = timezone.now()
    for number in range(51):
        RunInput.objects.create(run=factories.make_run(project, bob), version=version)
        Download.objects.create(
            version=version,
            collection=membership.collection,
            user=bob,
            reference=f"a{number}",
            first_at=now,
            last_at=now - timedelta(minutes=number),
        )
    first = page(client, bob)
    second = client.get(first.context["usage"].runs.table.next_url)
    assert len(second.context["usage"].runs.table.rows) == 1
    assert len(second.context["usage"].downloads.table.rows) == 50
    swapped = client.get(
        first.context["usage"].runs.table.next_url, headers=htmx(target="consumers")
    )
    assert_swap_equals_reload(swapped, second, "consumers")
    third = client.get(first.context["usage"].downloads.table.next_url)
    assert [row.place.reference for row in third.context["usage"].downloads.table.rows] == ["a50"]


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, 40])
def test_usage_queries(client, bob, acme, project, version, rows, django_assert_num_queries):
    now = timezone.now()
    for number in range(rows):
        person = factories.make_user(f"person{number}")
        acme.members.create(user=person, role="member")
        registry = factories.make_registry_project(acme, f"r{number}")
        target = factories.make_collection(registry, "c")
        RunInput.objects.create(
            run=factories.make_run(project, person),
            version=version,
            project=registry,
            collection=target,
            reference="x",
        )
        Download.objects.create(
            version=version, collection=target, user=person, first_at=now, last_at=now
        )
    client.force_login(bob)
    with django_assert_num_queries(22):
        response = client.get(URL)
    assert len(response.context["usage"].downloads.table.rows) == rows


def test_the_lists_are_files_too_and_say_no_more_than_the_page(
    client, bob, root, version, project, membership, acme
):
    hidden = factories.make_registry_project(acme, "hidden", access="restricted")
    cellar = factories.make_membership(factories.make_collection(hidden, "cellar"), version)
    run = factories.make_run(project, bob)
    RunInput.objects.create(run=run, version=version, collection=cellar.collection, reference="x")
    record_download(by=root, membership=cellar, reference="wine")
    record_download(by=bob, membership=membership, reference="v0")
    client.force_login(bob)
    (used,) = json.loads(client.get(f"{URL}/-/runs.json").getvalue())
    assert (used["run"], used["by"]) == (f"vision/iris/{run.name}", "bob")
    assert (used["collection"], used["reached_as"]) == (hidden_path(cellar.collection), None)
    assert used["version"] is None
    assert "cellar" not in used["collection"]
    (row,) = json.loads(client.get(f"{URL}/-/downloads.json").getvalue())
    assert (row["person"], row["collection"]) == ("bob", "vision/iris/iris-model")
    assert (row["version"], row["reached_as"], row["times"]) == ("v0", "v0", 1)
    assert client.get(f"{URL}/-/nothing.json").status_code == 404


# ------------------------------------------------------------------ drift
def test_a_collection_says_who_is_on_another_version(client, bob, project, sequence, collection):
    memberships = [
        factories.make_membership(collection, factories.make_version(sequence)) for _ in range(3)
    ]
    collection.aliases.create(membership=memberships[1], name="production")
    registry = collection.project
    for membership, n in ((memberships[0], 2), (memberships[1], 3), (memberships[2], 1)):
        for _number in range(n):
            run = factories.make_run(project, bob)
            use_version(by=bob, version=membership.version, run=run, project=registry)
    record_download(by=bob, membership=memberships[0])
    text = text_of(page(client, bob, collection.get_absolute_url()))
    assert "production is v1; in the last 30 days:" in text
    still, already = memberships[0].tab_url("usage"), memberships[2].tab_url("usage")
    assert f'<a href="{still}">2 runs · 1 person still on v0</a>,' in text
    assert f'<a href="{already}">1 run already on v2</a></p>' in text


def test_no_drift_without_production_or_other_consumers(client, bob, project, version):
    membership = version.memberships.get()
    run = factories.make_run(project, bob)
    use_version(by=bob, version=version, run=run, project=project)
    url = membership.collection.get_absolute_url()
    assert "in the last 30 days" not in text_of(page(client, bob, url))
    membership.aliases.create(collection=membership.collection, name="production")
    assert "in the last 30 days" not in text_of(page(client, bob, url))


def test_an_ordinary_collection_says_it_too(client, bob, project, sequence, version):
    newer = factories.make_version(sequence, aliases=["production"])
    use_version(by=bob, version=version, run=factories.make_run(project, bob), project=project)
    text = text_of(page(client, bob, newer.sequence.get_absolute_url()))
    assert "production is v1; in the last 30 days:" in text
    assert "1 run still on v0" in unquote(text)
