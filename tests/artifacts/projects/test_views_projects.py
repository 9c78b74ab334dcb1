import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from artifacts.models import Run
from tests import factories
from tests.helpers.htmx import assert_swap_equals_reload, htmx


@pytest.fixture
def url(project):
    return reverse("artifacts:project_detail", args=["vision", "iris"])


def test_project_detail(client, bob, url, project, version):
    run = factories.make_run(project, bob, state="crashed", job_type="train")
    client.force_login(bob)
    text = client.get(url).content.decode()
    assert run.get_absolute_url() in text
    assert "crashed" in text
    assert "/vision/iris/artifacts/model/iris-model/v0" in text
    assert "1 run · newest first" in text


def test_workspace_shows_the_same(client, bob, url, project):
    client.force_login(bob)
    workspace = reverse("artifacts:project_workspace", args=["vision", "iris"])
    assert workspace == f"{url}/workspace"
    assert client.get(workspace).context["page"].project == project


def test_jobs_are_artifacts(client, bob, url, project):
    factories.make_version(factories.make_collection(project, "image-alpine", type_name="job"))
    client.force_login(bob)
    jobs = reverse("artifacts:project_jobs", args=["vision", "iris"])
    assert jobs == f"{url}/jobs"
    assert "image-alpine" in client.get(jobs).text


def test_project_detail_when_empty_shows_how_to_log(client, bob, url):
    client.force_login(bob)
    text = client.get(url).content.decode()
    assert "No runs yet" in text
    assert "wandb.init(entity=&quot;vision&quot;, project=&quot;iris&quot;)" in text


def test_project_detail_filters(client, bob, url, project):
    factories.make_run(project, display_name="brave", state="finished")
    factories.make_run(project, display_name="calm", state="failed")
    client.force_login(bob)

    def names(**query):
        return [run.display_name for run in client.get(url, query).context["page"].runs.rows]

    assert names() == ["calm", "brave"]
    assert names(q="rav") == ["brave"]
    assert names(state="failed") == ["calm"]
    assert names(state="unknown") == ["calm", "brave"]
    text = client.get(url, {"q": "nothing"}).content.decode()
    assert "No run fits this filter" in text
    swapped = client.get(url, {"q": "rav"}, headers=htmx(target="runs"))
    assert_swap_equals_reload(swapped, client.get(url, {"q": "rav"}), "runs")


def test_project_detail_pages_newest_first(client, bob, url, project):
    now = timezone.now()
    for number in range(60):
        run = factories.make_run(project, display_name=f"r{number}")
        # two by two at the same moment: the key goes on with the primary key
        Run.objects.filter(pk=run.pk).update(created_at=now + timedelta(seconds=number // 2))
    client.force_login(bob)
    first = client.get(url).context["page"].runs
    second = client.get(first.next_url).context["page"].runs
    names = [run.display_name for run in [*first.rows, *second.rows]]
    assert names == [f"r{number}" for number in range(59, -1, -1)]
    assert not second.next_url
    assert client.get(second.previous_url).context["page"].runs.rows == first.rows


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, 50])
def test_project_detail_queries(client, bob, alice, url, project, rows, django_assert_num_queries):
    for number in range(rows):
        factories.make_run(project, alice)
        sequence = factories.make_collection(project, f"c{number}", f"t{number}")
        factories.make_version(sequence, by=alice, files={}, aliases=["a", "b"])
    client.force_login(bob)
    with django_assert_num_queries(11):
        client.get(url)


def test_registry_leads_to_its_page(client, bob, registry):
    client.force_login(bob)
    response = client.get("/acme/wandb-registry-model")
    assert response["Location"] == registry.get_absolute_url()


def test_project_detail_for_others(client, victor, charlie, url, project):
    client.force_login(victor)
    text = client.get(url).content.decode()
    assert "Members of the team begin runs here" in text
    client.force_login(charlie)
    assert client.get(url).status_code == 404
    assert client.get("/vision/nothing").status_code == 404
    client.logout()
    assert client.get(url).status_code == 302
    assert client.post(url).status_code in (302, 405)


@pytest.mark.parametrize("rows", [1, 40])
def test_rail_queries_and_bound(client, bob, vision, rows, django_assert_num_queries):
    for number in range(rows):
        factories.make_project(vision, f"p{number:02}")
    client.force_login(bob)
    response = client.get("/bob")
    (entity,) = response.context["rail"]["entities"]
    assert (len(entity.projects), entity.total) == (min(rows, 6), rows)
    assert ("All projects (40)" in response.content.decode()) == (rows == 40)
    with django_assert_num_queries(7):
        client.get("/bob")


def rail_of(response):
    return {
        entity.name: [project.name for project in entity.projects]
        for entity in response.context["rail"]["entities"]
    }


def test_no_team_pushes_another_out_of_the_rail(client, bob, vision, acme):
    quiet = factories.make_team("quiet", acme, bob="member")
    factories.make_project(quiet, "old")
    for number in range(100):
        factories.make_project(vision, f"new{number}")
    factories.make_project(bob, "own")
    client.force_login(bob)
    shown = rail_of(client.get("/bob"))
    assert list(shown) == ["bob", "quiet", "vision"]
    assert (shown["quiet"], shown["bob"], len(shown["vision"])) == (["old"], ["own"], 6)
    text = client.get("/bob").content.decode()
    assert 'href="/quiet"' in text
    assert 'href="/vision"' in text


def test_the_rail_has_the_project_that_is_open_and_natural_order(client, bob, vision):
    factories.make_project(vision, "the-oldest")
    for name in ("run10", "run9", "Run2", "alpha", "beta", "gamma"):
        factories.make_project(vision, name)
    client.force_login(bob)
    newest = ["alpha", "beta", "gamma", "Run2", "run9", "run10"]
    assert rail_of(client.get("/bob"))["vision"] == newest
    for url in ("/vision/the-oldest", "/VISION/the-oldest/artifacts"):
        assert rail_of(client.get(url, follow=True))["vision"] == [*newest, "the-oldest"]


def test_the_rail_tells_strangers_of_no_project(client, charlie, project):
    client.force_login(charlie)
    response = client.get(project.get_absolute_url())
    assert response.status_code == 404
    assert rail_of(response) == {}


def test_rail_is_empty_for_anonymous(client, db):
    assert client.get(reverse("accounts:login")).context["rail"] == {}


def test_runs_and_artifacts_are_one_click_apart(client, bob, url, version):
    client.force_login(bob)
    artifacts = f"{url}/artifacts"
    tabs = {}
    for page in (url, artifacts, f"{artifacts}/model"):
        text = client.get(page).text
        start = text.index('<nav class="tabs"')
        tabs[page] = text[start : text.index("</nav>", start)]
        assert f'href="{url}"' in tabs[page]
        assert f'href="{artifacts}"' in tabs[page]
    assert f'href="{url}" aria-current="page"' in tabs[url]
    assert f'href="{artifacts}" aria-current="page"' in tabs[artifacts]


def test_a_list_has_one_menu_of_its_files(client, bob, url, version, project):
    factories.make_run(project, bob)
    client.force_login(bob)
    text = client.get(url).text
    menus = re.findall(r'<div class="menu list-files">.*?</div>', text, re.S)
    assert len(menus) == 2, "of runs and of collections"
    for menu in menus:
        assert "Download list" in menu
        assert [each in menu for each in (".csv", ".json")] == [True, True]
    ids = [re.search(r'popovertarget="(\w+)"', menu)[1] for menu in menus]
    assert len(set(ids)) == 2
    assert [f'id="{each}" popover' in text for each in ids] == [True, True]
