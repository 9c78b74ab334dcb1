"""The dialogs that delete: what they show, what they send, and where one comes out."""

import pytest
from django.urls import reverse

from artifacts.models import Alias, Collection, Job, Run, RunOutput, Version
from artifacts.services.deletion import consequences
from artifacts.views.deletion import dialog
from tests import factories
from tests.helpers.htmx import HTMX, htmx
from tests.helpers.jobs import work
from tests.helpers.queries import count_queries


@pytest.fixture
def versions(sequence, alice):
    return [factories.make_version(sequence, by=alice, files={}) for _number in range(12)]


@pytest.fixture
def url(sequence):
    return reverse("artifacts:versions_delete", args=[sequence.pk])


def text_of(response):
    return response.content.decode()


def full(*indexes):
    return [f"vision/iris/iris-model:v{index}" for index in indexes]


def sent(seen, **fields):
    return {"asked": "1", "seen": str(seen), **fields}


def test_who_deletes_versions(client, bob, victor, charlie, url, versions):
    assert client.get(url)["Location"] == f"/login?next={url}"
    for person, status in ((charlie, 404), (victor, 403), (bob, 200)):
        client.force_login(person)
        assert client.get(url).status_code == status
    assert client.put(url).status_code == 405
    client.force_login(victor)
    assert client.post(url, sent(2, which="all")).status_code == 403
    assert Version.objects.committed().count() == 12


@pytest.mark.slow
def test_all_but_the_newest_ten(client, bob, sequence, url, versions):
    client.force_login(bob)
    page = text_of(client.get(url))
    assert 'name="newest" min="0" max="100000" value="10"' in page
    assert "Delete 2 versions<" in page
    assert "2 go to the trash." in page
    response = client.post(url, sent(2, which="old", newest="10", keep=["tags"]), follow=True)
    assert response.redirect_chain == [(sequence.get_absolute_url(), 302)]
    assert "2 versions deleted." in text_of(response)
    assert "Undo" in text_of(response)
    left = Version.objects.committed().values_list("version_index", flat=True)
    assert sorted(left) == list(range(2, 12))


@pytest.mark.slow
def test_what_has_a_name_stays_unless_asked_for(client, bob, sequence, url, versions):
    Alias.objects.create(collection=sequence, membership=versions[0].memberships.get(), name="best")
    client.force_login(bob)
    page = text_of(client.get(url))
    assert "1 of them is kept for that." in page
    assert "Delete 1 version<" in page
    page = text_of(client.get(url, {"asked": 1, "which": "old", "newest": 10, "keep": "tags"}))
    assert "iris-model:best" in page
    client.post(url, sent(2, which="old", newest="10", keep="tags"))
    assert not Alias.objects.exists()


def test_ticked_ones(client, bob, url, versions):
    client.force_login(bob)
    page = text_of(client.get(url, {"version": full(3, 5)}))
    assert "The 2 that are ticked" in page
    assert "<code>iris-model:v3</code><code>iris-model:v5</code>" in page
    client.post(url, sent(2, which="ticked", version=full(3, 5)))
    assert Version.objects.committed().count() == 10


def test_all_that_fit_the_filter(client, bob, sequence, url, versions):
    for version in versions[2:5]:
        version.tags.create(name="weak")
    client.force_login(bob)
    page = text_of(client.get(url, {"v": "weak"}))
    assert "All that match “weak”" in page
    assert "3 of them are kept for that." in page  # for their tag
    response = client.post(url, sent(3, which="all", v="weak", keep="aliases"))
    assert response.status_code == 302
    assert Version.objects.committed().count() == 9


def test_what_was_logged_since_is_not_deleted(client, bob, sequence, url, versions):
    client.force_login(bob)
    until = versions[-1].pk
    newer = factories.make_version(sequence, files={})
    client.post(url, sent(12, which="all", until=until))
    assert Version.objects.committed().get() == newer


def test_a_choice_that_has_changed_is_shown_again(client, bob, url, versions):
    client.force_login(bob)
    response = client.post(url, sent(3, which="old", newest="10"))
    assert response.status_code == 422
    assert "The selection has changed" in text_of(response)
    response = client.post(url, sent(0, which="ticked"))
    assert response.status_code == 422
    assert "nothing was deleted" in text_of(response)
    assert Version.objects.committed().count() == 12


@pytest.mark.parametrize("field", ["newest", "until"])
def test_a_number_of_thousands_of_digits_counts_as_none(client, bob, url, versions, field):
    client.force_login(bob)
    assert client.get(url, {"asked": 1, "which": "old", field: "9" * 5000}).status_code == 200


def test_refusals_are_told_before(client, bob, sequence, url, versions):
    client.force_login(bob)
    page = text_of(client.get(url, {"version": full(11), "only": 1}))
    assert "1 will be refused:" in page
    assert "has the aliases latest" in page
    assert "disabled" in page[page.index("button-danger") :][:60]
    assert "All but the newest" not in page
    page = text_of(client.get(url, {"version": full(11), "asked": 1, "aliases_too": "on"}))
    assert "refused" not in page


def test_refused_ones_lead_to_the_report(client, bob, url, versions):
    client.force_login(bob)
    response = client.post(url, sent(2, which="ticked", version=full(3, 11)), follow=True)
    assert response.redirect_chain[0][0] == Job.objects.get().get_absolute_url()
    assert "has the aliases latest" in text_of(response)


@pytest.mark.slow
def test_by_htmx(client, bob, sequence, url, versions):
    client.force_login(bob)
    dialog = client.get(url, headers=HTMX)
    assert text_of(dialog).startswith("<dialog")
    part = client.get(url, {"asked": 1, "which": "all"}, headers=htmx(target="deletion"))
    assert text_of(part).startswith('<div id="deletion"')
    response = client.post(url, sent(2, which="old", newest="10"), headers=HTMX)
    assert response["HX-Redirect"] == sequence.get_absolute_url()


@pytest.mark.slow
def test_many_become_a_job(client, bob, sequence, url, versions, monkeypatch):
    for _number in range(20):
        factories.make_version(sequence, files={})
    client.force_login(bob)
    page = text_of(client.get(url))
    assert "Delete 22" in page
    assert "goes on in the background" in page
    response = client.post(url, sent(22, which="old", newest="10"))
    assert response["Location"] == Job.objects.get().get_absolute_url()
    work()
    assert Version.objects.committed().count() == 10


@pytest.mark.slow
def test_no_query_for_each_version(client, bob, url, versions, monkeypatch):
    for module in (dialog, consequences):
        monkeypatch.setattr(module, "AT_ONCE", 4)
    client.force_login(bob)
    few = count_queries(client, f"{url}?asked=1&which=old&newest=10")  # 2, rehearsed
    many = count_queries(client, f"{url}?asked=1&which=old&newest=8")  # 4, rehearsed
    more = count_queries(client, f"{url}?asked=1&which=old&newest=2")  # 10, of which 4
    assert more <= many + 2
    assert few < many


def test_links_are_unlinked_instead(client, bob, collection):
    client.force_login(bob)
    response = client.get(reverse("artifacts:versions_delete", args=[collection.pk]))
    assert response.status_code == 409
    assert "unlink them instead" in text_of(response)


NINES = "9" * 30
ODD = [
    "newest=x",
    "newest=-1",
    "until=z",
    f"newest={NINES}",
    "which=x&version=y",
    f"version=vision/iris/iris-model:v{NINES}",
]


@pytest.mark.parametrize("query", ODD)
def test_odd_queries(client, bob, url, versions, query):
    client.force_login(bob)
    assert client.get(f"{url}?asked=1&which=old&{query}").status_code == 200
    assert client.get(f"{url}?{query}").status_code == 200


# ------------------------------------------------------------------ runs


@pytest.fixture
def runs(project, bob):
    return [
        factories.make_run(project, bob, name=f"r{n}", display_name=f"run {n}") for n in range(4)
    ]


@pytest.fixture
def runs_url(project):
    return reverse("artifacts:runs_delete", args=[project.pk])


def test_who_deletes_runs(client, bob, victor, charlie, runs_url, runs):
    for person, status in ((charlie, 404), (victor, 403), (bob, 200)):
        client.force_login(person)
        assert client.get(runs_url, {"run": "r0"}).status_code == status


def test_ticked_runs(client, bob, project, runs_url, runs, sequence):
    RunOutput.objects.create(run=runs[1], version=factories.make_version(sequence))
    client.force_login(bob)
    page = text_of(client.get(runs_url, {"run": ["r1", "r2"]}))
    assert "The 2 that are ticked" in page
    assert "the 1 version that no other run logged" in page
    response = client.post(runs_url, sent(2, which="ticked", run=["r1", "r2"]))
    assert response["Location"] == project.get_absolute_url()
    assert set(Run.objects.all()) == {runs[0], runs[3]}
    assert Version.objects.committed().exists()


def test_all_runs_that_fit_the_filter(client, bob, runs_url, runs):
    client.force_login(bob)
    assert "Delete 1 run<" in text_of(client.get(runs_url, {"q": "run 3"}))
    client.post(runs_url, sent(1, which="all", q="run 3"))
    assert set(Run.objects.all()) == set(runs[:3])


@pytest.mark.slow
def test_nothing_is_chosen_by_itself(client, bob, project, runs_url, runs, sequence):
    client.force_login(bob)
    for url in (runs_url, reverse("artifacts:collections_delete", args=[project.pk])):
        page = text_of(client.get(url))
        assert "Nothing is chosen." in page
        assert "checked" not in page
        assert client.post(url, sent(0)).status_code == 422
        assert "Delete 0" not in text_of(client.get(url, {"which": "all"}))


# ------------------------------------------------------------------ collections


def test_who_deletes_collections(client, bob, victor, charlie, project, sequence):
    url = reverse("artifacts:collections_delete", args=[project.pk])
    for person, status in ((charlie, 404), (victor, 403), (bob, 200)):
        client.force_login(person)
        assert client.get(url, {"collection": sequence.pk}).status_code == status


def test_collections_of_a_project(client, bob, project, sequence, version):
    other = factories.make_collection(project, "data", type_name="dataset")
    url = reverse("artifacts:collections_delete", args=[project.pk])
    client.force_login(bob)
    assert "1 goes to the trash." in text_of(client.get(url, {"collection": sequence.pk}))
    client.post(url, sent(1, which="all", type="model"))
    assert Collection.objects.get() == other


def test_collections_of_a_registry(client, bob, registry, collection, version):
    factories.make_membership(collection, version)
    url = reverse("artifacts:collections_delete", args=[registry.project.pk])
    client.force_login(bob)
    assert "1 version is unlinked." in text_of(client.get(url, {"q": "iris"}))
    response = client.post(url, sent(1, which="all", q="iris"))
    assert response["Location"] == registry.get_absolute_url()
    assert Version.objects.committed().get() == version


# ------------------------------------------------------------------ the ways there


@pytest.mark.slow
def test_ways_to_the_dialogs(client, bob, victor, project, registry, collection, version, runs):
    sequence = version.sequence
    pages = {
        sequence.get_absolute_url(): ["versions_delete", "collections_delete"],
        f"{sequence.get_absolute_url()}/v0": ["versions_delete"],
        runs[0].get_absolute_url(): ["runs_delete"],
        project.get_absolute_url(): ["runs_delete"],
        "/vision/iris/artifacts": ["collections_delete"],
        registry.get_absolute_url(): ["collections_delete"],
    }
    keys = {"versions_delete": sequence.pk, "runs_delete": project.pk}
    for person in (bob, victor):
        client.force_login(person)
        for page, names in pages.items():
            is_registry = page == registry.get_absolute_url()
            key = registry.project.pk if is_registry else project.pk
            html = client.get(page).content.decode()
            for name in names:
                address = reverse(f"artifacts:{name}", args=[keys.get(name, key)])
                assert (f'"{address}' in html) == (person is bob), (page, address)
