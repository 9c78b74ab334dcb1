import re
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from artifacts.models import SavedView
from artifacts.services.saved_views import create_saved_view
from tests import factories
from tests.helpers.forms import opened
from tests.helpers.htmx import HTMX, assert_swap_equals_reload, htmx
from tests.helpers.queries import count_queries

PAGE = "/vision/iris"


@pytest.fixture
def new(project):
    return reverse("artifacts:project_view_create", args=[project.pk, "runs"])


@pytest.fixture
def runs(project):
    return [factories.make_run(project, state=state) for state in ("failed", "finished")]


def menu(client, address):
    context = client.get(address).context
    menu = context["table" if "table" in context else "page"].views
    return [(row.view.name, row.is_current, row.may_change) for row in menu.rows]


def test_save_by_a_plain_form(client, bob, new, runs):
    client.force_login(bob)
    page = client.get(f"{PAGE}?state=failed&after=&q=").content.decode()
    assert f'href="{new}?{urlencode({"query": "state=failed"})}"' in page
    form = client.get(new, {"query": "state=failed"})
    assert 'value="state=failed"' in form.content.decode()
    data = {"name": "Failed", "query": "state=failed", "is_shared": "on"}
    response = client.post(new, data)
    assert response.status_code == 302
    assert response["Location"] == f"{PAGE}?state=failed"
    view = SavedView.objects.get()
    assert (view.owner, view.is_shared, view.query) == (bob, True, "state=failed")
    text = client.get(view.get_absolute_url()).content.decode()
    assert "View Failed saved." in text
    assert "shared by bob" in text
    assert menu(client, f"{PAGE}?q=&state=failed") == [("Failed", True, True)]
    assert menu(client, PAGE) == [("Failed", False, True)]


def test_save_in_a_dialog(client, bob, new):
    client.force_login(bob)
    dialog = client.get(new, {"query": "q=x"}, headers=HTMX).content.decode()
    assert "<dialog" in dialog
    assert "Share with the team" in dialog
    refused = client.post(new, {"name": "", "query": "q=x"}, headers=HTMX)
    assert refused.status_code == 422
    done = client.post(new, {"name": "Mine", "query": "q=x"}, headers=HTMX)
    assert done["HX-Redirect"] == f"{PAGE}?q=x"
    again = client.post(new, {"name": "Mine", "query": "q=x"})
    assert again.status_code == 422
    assert "already has a view" in again.content.decode()


def test_a_viewer_is_told_why_not_to_share(client, victor, new):
    client.force_login(victor)
    text = client.get(new).content.decode()
    assert "Needs the role Member; yours is Viewer." in text
    client.post(new, {"name": "Mine", "is_shared": "on"})
    assert not SavedView.objects.get().is_shared


def test_a_personal_project_has_nobody_to_share_with(client, bob):
    project = factories.make_project(bob, "scratch")
    client.force_login(bob)
    new = reverse("artifacts:project_view_create", args=[project.pk, "runs"])
    assert "is_shared" not in client.get(new).content.decode()
    client.post(new, {"name": "Mine", "is_shared": "on"})
    assert not SavedView.objects.get().is_shared


def test_a_registry_says_with_whom(client, bob, registry):
    client.force_login(bob)
    new = reverse("artifacts:project_view_create", args=[registry.project.pk, "collections"])
    assert "Share with the organization" in client.get(new).content.decode()
    response = client.post(new, {"name": "By name", "query": "sort=name"})
    assert response["Location"] == f"{registry.get_absolute_url()}?sort=name"


@pytest.mark.slow
def test_edit_and_delete(client, bob, alice, victor, project, runs):
    view = create_saved_view(
        by=bob, project=project, table="runs", name="Failed", query="state=failed", is_shared=True
    )
    edit = reverse("artifacts:view_update", args=[view.pk])
    delete = reverse("artifacts:view_delete", args=[view.pk])
    client.force_login(victor)
    assert menu(client, PAGE) == [("Failed", False, False)]
    assert client.get(edit).status_code == 403
    assert client.post(delete).status_code == 403
    client.force_login(alice)
    assert "a change shows for everybody" in client.get(edit, headers=HTMX).content.decode()
    response = client.post(edit, opened(client, edit, name="Broken", is_shared="on"), headers=HTMX)
    assert response["HX-Redirect"] == f"{PAGE}?state=failed"
    assert SavedView.objects.get().name == "Broken"
    client.force_login(bob)
    client.post(edit, opened(client, edit, is_shared=""))
    client.force_login(alice)
    assert menu(client, PAGE) == []
    assert client.get(edit).status_code == 404
    assert client.post(delete).status_code == 404
    client.force_login(bob)
    assert client.get(delete).status_code == 405
    assert client.post(delete)["Location"] == PAGE
    assert not SavedView.objects.exists()


def test_a_view_becomes_what_the_table_shows(client, bob, project, runs):
    view = create_saved_view(
        by=bob, project=project, table="runs", name="Failed", query="state=failed"
    )
    client.force_login(bob)
    links = re.findall(
        r'href="(/-/views/[^"]+)"', client.get(f"{PAGE}?state=finished").content.decode()
    )
    assert "state%3Dfinished" in links[0]
    choice = "Change it to what the table shows now"
    assert choice in client.get(links[0]).content.decode()
    edit = reverse("artifacts:view_update", args=[view.pk])
    assert choice not in client.get(f"{edit}?query=state%3Dfailed").content.decode()
    client.post(edit, opened(client, edit, name="Done", query="state=finished"))
    assert (SavedView.objects.get().name, SavedView.objects.get().query) == ("Done", view.query)
    sent = opened(client, edit, name="Done", query="state=finished", is_replaced="on")
    response = client.post(edit, sent)
    assert response["Location"] == f"{PAGE}?state=finished"
    long = {"name": "Done", "query": "q=" + "x" * 3000, "is_replaced": "on"}
    refused = client.post(edit, long)
    assert refused.status_code == 422
    assert "too much to be saved" in refused.content.decode()


def test_others_get_nothing(client, charlie, bob, project, sequence, new):
    view = create_saved_view(by=bob, project=project, table="runs", name="Failed", query="")
    addresses = [
        new,
        reverse("artifacts:collection_view_create", args=[sequence.pk]),
        reverse("artifacts:view_update", args=[view.pk]),
    ]
    for address in addresses:
        assert client.get(address).status_code == 302
    client.force_login(charlie)
    for address in addresses:
        assert client.get(address).status_code == 404
        assert client.post(address, {"name": "x"}).status_code == 404
    client.force_login(bob)
    wrong = reverse("artifacts:project_view_create", args=[project.pk, "versions"])
    assert client.get(wrong).status_code == 404


@pytest.mark.slow
def test_versions_have_views_on_both_pages(client, bob, version, sequence, collection):
    factories.make_membership(collection, version)
    client.force_login(bob)
    for membership, query in ((sequence, "v=best"), (collection, "q=best")):
        new = reverse("artifacts:collection_view_create", args=[membership.pk])
        page = membership.get_absolute_url()
        assert new in client.get(page).content.decode()
        response = client.post(new, {"name": "Best", "query": query})
        assert response["Location"] == f"{page}?{query}"
        assert menu(client, f"{page}?{query}") == [("Best", True, True)]


@pytest.mark.parametrize("query", ["sort=nothing", "columns=gone&columns=also", "state=odd", "q=%"])
def test_a_view_that_no_longer_fits_breaks_nothing(client, bob, project, registry, runs, query):
    client.force_login(bob)
    for owner, table in ((project, "runs"), (registry.project, "collections")):
        view = create_saved_view(by=bob, project=owner, table=table, name="Old", query=query)
        assert client.get(view.get_absolute_url()).status_code == 200


def test_hostile_names_and_queries(client, bob, new, runs):
    client.force_login(bob)
    name = '<script>alert("1")</script>'
    query = 'q="><img src=x>&state=failed'
    response = client.post(new, {"name": name, "query": query})
    page = client.get(response["Location"]).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert client.post(new, {"name": "n", "query": "q=" + "x" * 5000}).status_code == 422
    assert client.get(f"{PAGE}?q={'x' * 5000}").status_code == 200
    assert client.post(new, {"name": "a\x00b", "query": "%ED%A0%80=1"}).status_code == 422


def test_the_menu_takes_one_query(client, bob, alice, project, runs):
    client.force_login(bob)
    create_saved_view(by=bob, project=project, table="runs", name="0", query="")
    one = count_queries(client, PAGE)
    for number in range(1, 20):
        by = alice if number % 2 else bob
        create_saved_view(
            by=by, project=project, table="runs", name=f"{number}", query="", is_shared=True
        )
    assert count_queries(client, PAGE) == one


def test_a_filter_swaps_the_menu_too(client, bob, project, runs):
    create_saved_view(by=bob, project=project, table="runs", name="Bad", query="state=failed")
    client.force_login(bob)
    address = f"{PAGE}?q=&state=failed"
    swapped = client.get(address, headers=htmx(target="runs"))
    assert_swap_equals_reload(swapped, client.get(address), "runs")
    assert 'aria-current="true"' in swapped.content.decode()
