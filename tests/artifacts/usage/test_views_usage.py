import json
import re
import shlex
from datetime import timedelta
from urllib.parse import quote, unquote

import pytest
from django.utils import timezone

from artifacts.models import Download, RunInput
from artifacts.services.paths.placeholders import hidden_path
from artifacts.services.usage.usage import record_download, use_version
from registry_site.accounts.services.keys.api_keys import create_api_key
from registry_site.accounts.services.people import set_default_entity
from tests import factories
from tests.helpers.htmx import assert_swap_equals_reload, htmx

URL = "/vision/iris/artifacts/model/iris-model/v0/usage"


@pytest.fixture
def membership(version):
    return version.memberships.get()


@pytest.fixture
def linked(version, collection):
    return factories.make_membership(collection, version, aliases=["production"])


@pytest.fixture
def secret(charlie):
    """A project that nobody of Acme sees."""
    return factories.make_project(charlie, "secret")


def page(client, user, url=URL, **query):
    client.force_login(user)
    return client.get(url, query)


def text_of(response):
    return response.content.decode()


def code_of(response):
    return {block["label"]: block["code"] for block in response.context["usage"].code}


# ------------------------------------------------------------------ the code
def test_code_has_the_full_name_and_this_server(client, bob, linked):
    code = list(code_of(page(client, bob, linked.tab_url("usage"))).values())
    assert code[0] == "export WANDB_BASE_URL=http://testserver\n"
    name = '"acme/wandb-registry-model/iris-classifier:v0"'
    assert f'run.use_artifact({name}, type="model")' in code[1]
    assert 'wandb.init(entity="vision"' in code[1]
    assert f'wandb.Api().artifact({name}, type="model")' in code[2]
    assert "wandb artifact get acme/wandb-registry-model/iris-classifier:v0" in code[3]


@pytest.mark.slow
def test_code_logs_where_the_persons_scripts_do(client, bob, root, linked):
    set_default_entity(by=bob, name="bob")
    for user in (bob, root):  # a server admin may log to every team, and belongs to none
        code = list(code_of(page(client, user, linked.tab_url("usage"))).values())
        assert f'wandb.init(entity="{user}"' in code[1]


@pytest.mark.slow
def test_the_name_is_a_choice_with_an_address(client, bob, linked):
    url = linked.tab_url("usage")
    pinned = page(client, bob, url)
    names = {each.name: each.url for each in pinned.context["usage"].names}
    assert list(names) == ["v0", "production", "latest"]
    assert "The number always means this version." in text_of(pinned)
    assert names["production"] == url.replace("/v0/", "/production/")
    moving = client.get(names["production"])
    assert all("iris-classifier:v0" not in code for code in code_of(moving).values())
    assert "wandb-registry-model/iris-classifier:production" in text_of(moving)
    assert "the code reads whatever is production when it runs, now v0." in text_of(moving)
    assert code_of(client.get(url, {"as": "production"})) == code_of(moving)
    assert code_of(client.get(names["production"], {"as": "v0"})) == code_of(pinned)


def test_an_alias_that_moved_away_is_said_to_be_gone(client, bob, linked):
    response = page(client, bob, linked.tab_url("usage"), **{"as": "<i>old"})
    assert "This version isn't called “&lt;i&gt;old” now" in text_of(response)
    assert response.context["usage"].chosen == "v0"


def test_code_is_python_and_shell_whatever_the_names(client, bob, project):
    sequence = factories.make_collection(project, 'we"ird\\ $(x)', type_name="mo'del")
    factories.make_version(sequence, files={"a 'b' $(c).txt": b"x"})
    code = list(code_of(page(client, bob, sequence.memberships.get().tab_url("usage"))).values())
    compile(code[1], "usage", "exec")
    compile(code[2], "usage", "exec")
    assert shlex.split(code[3])[3] == 'vision/iris/we"ird\\ $(x):v0'
    name, url = shlex.split(code[4].replace("\\\n", ""))[-2:]
    assert name == "a 'b' $(c).txt"
    assert unquote(url).endswith(f'/we"ird\\ $(x)/v0/files/{name}')


def test_who_may_not_download_is_told_what_it_needs(client, registry, linked, victor):
    person = factories.restricted_viewer(registry, victor)
    response = page(client, person, linked.tab_url("usage"))
    assert "needs the role Viewer or above" in text_of(response)


# ------------------------------------------------------------------ the name one came by
@pytest.fixture
def promoted(version, sequence, collection):
    """The second version of a registry's collection, called `production`."""
    factories.make_membership(collection, version)
    newer = factories.make_version(sequence, files={"model.bin": b"weights"})
    return factories.make_membership(collection, newer, aliases=["production", "a b"])


@pytest.mark.parametrize("alias", ["production", "latest", "a b"])
def test_a_page_opened_by_an_alias_uses_it_everywhere(client, bob, promoted, alias):
    url = promoted.url_as(alias)
    response = page(client, bob, url)
    text = text_of(response)
    name = f"acme/wandb-registry-model/iris-classifier:{alias}"
    assert f'<h1>iris-classifier:{alias} <span class="muted">v1</span></h1>' in text
    assert f"<title>iris-classifier:{alias}" in text
    assert f"<code>{name}</code> <button" in text or f"<code>{name}</code><button" in text
    assert f"{alias} is v1 now, and moves." in text
    assert {tab["url"] for tab in response.context["page"].tabs} == {
        promoted.url_as(alias, tab) for tab in ("", "metadata", "usage", "files", "lineage")
    }
    code = code_of(page(client, bob, promoted.url_as(alias, "usage")))
    assert not [each for each in code.values() if ":v1" in each or "/v1/" in each]
    for label in ("In a run, which the lineage then shows", "Without a run", "On the command line"):
        assert name in code[label]
    for label in ("One file by curl", "All files by curl"):
        assert f"/iris-classifier/{quote(alias)}/" in code[label]


@pytest.mark.slow
@pytest.mark.parametrize("tab", ["", "metadata", "usage", "files", "lineage"])
def test_number_and_aliases_are_one_click_apart(client, bob, promoted, tab):
    """On each tab, and the click leads to the same tab."""
    addresses = [promoted.url_as(name, tab) for name in ("v1", "production", "latest")]
    for address in addresses:
        text = text_of(page(client, bob, address))
        choice = re.search(r'<nav class="name-choice".*?</nav>', text)[0]
        for other in addresses:
            assert f'href="{other}"' in choice
        assert choice.count('aria-current="true"') == 1
        assert re.search(f'href="{address}" aria-current="true"', choice)


@pytest.mark.slow
def test_of_many_aliases_the_page_names_some_and_usage_all(client, bob, promoted):
    for number in range(20):
        promoted.aliases.create(collection=promoted.collection, name=f"alias-{number:02}")
    response = page(client, bob, promoted.url_as("alias-17"))
    naming = response.context["page"].naming
    assert [each.name for each in naming.names] == [
        "v1",
        "production",
        "a b",
        "alias-17",
    ]
    assert f'href="{promoted.url_as("alias-17", "usage")}#usage">20 more names</a>' in text_of(
        response
    )
    assert len(page(client, bob, naming.more_url).context["usage"].names) == 24


def test_without_an_alias_there_is_no_choice_of_names(client, bob, promoted):
    older = promoted.collection.memberships.get(index=0)
    text = text_of(page(client, bob, older.get_absolute_url()))
    assert "name-choice" not in text
    assert "<h1>iris-classifier:v0</h1>" in text


@pytest.mark.slow
def test_production_by_curl_is_three_clicks_from_the_collection(client, bob, promoted):
    """The chip of the alias, the tab Usage, and Copy."""
    text = text_of(page(client, bob, promoted.collection.get_absolute_url()))
    chips = re.findall(r'<a class="chip [\w-]+" href="([^"]+)">(.*?)</a>', text)
    found = [url for url, content in chips if content.endswith(">production</span>")]
    (chip,) = [url for url in found if "/-/aliases/" not in url]  # that of the version's row
    (usage,) = [
        tab["url"]
        for tab in page(client, bob, chip).context["page"].tabs
        if tab["url"].endswith("/usage")
    ]
    copied = re.findall(r'data-copy="(curl [^"]*)"', text_of(page(client, bob, usage)))
    assert len(copied) == 2
    assert all("/iris-classifier/production/" in line and "v1" not in line for line in copied)


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
