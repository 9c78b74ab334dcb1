import re
import shlex
from urllib.parse import quote, unquote

import pytest

from registry_site.accounts.services.people import set_default_entity
from tests import factories
from tests.artifacts.usage.test_views_usage import page, text_of


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
