"""Who may keep, share, rename and delete views of tables, and what an address becomes."""

import pytest

from artifacts.models import SavedView
from artifacts.services.collections.collections import delete_collection, update_collection
from artifacts.services.projects import delete_project
from artifacts.services.saved_views import (
    MAX_VIEWS,
    create_saved_view,
    delete_saved_view,
    may_change,
    normal_query,
    update_saved_view,
)
from registry_site.accounts.models import Event, User
from registry_site.errors import Conflict, Denied, Invalid, NotFound
from tests import factories

CAST = ("alice", "bob", "victor", "charlie", "root")


def person(username):
    return User.objects.get(username=username)


def save(by, project, name="Failed", **options):
    options = {"table": "runs", "query": "state=failed"} | options
    return create_saved_view(by=by, project=project, name=name, **options)


def outcome(operation):
    try:
        operation()
    except (Denied, NotFound) as refusal:
        return type(refusal)
    return None


# ------------------------------------------------------------------ the truth table


@pytest.mark.parametrize(
    ("username", "private", "shared"),
    [
        ("alice", None, None),
        ("bob", None, None),
        ("victor", None, Denied),
        ("charlie", NotFound, NotFound),
        ("root", None, None),
    ],
)
def test_who_may_save(project, username, private, shared):
    by = person(username)
    assert outcome(lambda: save(by, project, "a")) is private
    assert outcome(lambda: save(by, project, "b", is_shared=True)) is shared


@pytest.mark.parametrize(
    ("username", "private", "shared"),
    [
        ("alice", NotFound, None),
        ("bob", None, None),
        ("victor", NotFound, Denied),
        ("charlie", NotFound, NotFound),
        ("root", NotFound, None),
    ],
)
def test_who_may_change_and_delete_bobs(project, bob, username, private, shared):
    by = person(username)
    for is_shared, wanted in ((False, private), (True, shared)):
        view = save(bob, project, f"view {is_shared}", is_shared=is_shared)
        if is_shared or by == bob:
            assert may_change(by, view) is (wanted is None)
        seen = SavedView.objects.visible_to(by).filter(pk=view.pk).exists()
        assert seen is (wanted is not NotFound)
        change = {"name": f"{view.name}!", "is_shared": is_shared}
        assert outcome(lambda: update_saved_view(by=by, view=view, **change)) is wanted  # noqa: B023
        assert outcome(lambda: delete_saved_view(by=by, view=view)) is wanted  # noqa: B023
        assert SavedView.objects.filter(pk=view.pk).exists() is (wanted is not None)


def test_a_viewer_keeps_a_view_and_can_not_share_it_later(project, victor):
    view = save(victor, project)
    with pytest.raises(Denied, match="needs the role Member"):
        update_saved_view(by=victor, view=view, name="Failed", is_shared=True)
    assert update_saved_view(by=victor, view=view, name="Broken", is_shared=False).name == "Broken"


def test_a_view_asks_for_something_else(project, bob):
    view = save(bob, project, is_shared=True)
    change = {"name": view.name, "is_shared": True}
    update_saved_view(by=bob, view=view, query="?state=crashed&after=x", **change)
    assert SavedView.objects.get().query == "state=crashed"
    assert Event.objects.filter(kind="saved_view", verb="update").get().before["query"]
    with pytest.raises(Invalid):
        update_saved_view(by=bob, view=view, query="q=" + "x" * 3000, **change)
    assert SavedView.objects.get().query == "state=crashed"


def test_who_shared_takes_it_back_whatever_has_become_of_the_role(project, bob, vision):
    view = save(bob, project, is_shared=True)
    vision.members.filter(user=bob).update(role="viewer")
    bob = factories.fresh(bob)
    view = update_saved_view(by=bob, view=view, name="Failed", is_shared=False)
    assert not view.is_shared
    vision.members.filter(user=bob).delete()
    bob = factories.fresh(bob)
    assert not SavedView.objects.visible_to(bob).exists()
    with pytest.raises(NotFound):
        delete_saved_view(by=bob, view=view)


def test_a_registry_shares_with_its_members(registry, collection, bob, victor):
    view = save(bob, registry.project, table="versions", collection=collection, is_shared=True)
    assert SavedView.objects.visible_to(victor).get() == view
    assert view.get_absolute_url() == f"{collection.get_absolute_url()}?state=failed"
    with pytest.raises(Denied):
        save(victor, registry.project, table="collections", is_shared=True)


# ------------------------------------------------------------------ what is kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", ""),
        ("?q=a b&state=", "q=a+b"),
        ("q=%E3%81%82&after=xyz&files_before=1&sort=-name", "q=%E3%81%82&sort=-name"),
        ("columns=b&columns=a&choose=1&find=x", "columns=b&columns=a"),
        ("http://evil.example/?x=1", "http%3A%2F%2Fevil.example%2F%3Fx=1"),
        ("q=%00\ud800", "q=%EF%BF%BD%EF%BF%BD"),
        ("#&&&=", ""),
    ],
)
def test_normal_query(given, kept):
    assert normal_query(given) == kept
    assert normal_query(kept) == kept


@pytest.mark.parametrize("text", ["q=" + "x" * 3000, "&".join("a=1" for _ in range(300))])
def test_what_is_too_long_is_refused(text):
    with pytest.raises(Invalid, match="asks for too much"):
        normal_query(text)


@pytest.mark.parametrize("name", ["", "   ", "x" * 65])
def test_names_that_are_none(project, bob, name):
    with pytest.raises(Invalid, match="1 to 64 characters"):
        save(bob, project, name)


def test_one_name_once_per_person_and_table(project, sequence, bob, alice):
    view = save(bob, project)
    save(alice, project)
    save(bob, project, table="versions", collection=sequence)
    with pytest.raises(Conflict, match="already has a view 'Failed'"):
        save(bob, project)
    with pytest.raises(Conflict):
        save(bob, project, table="versions", collection=sequence)
    other = save(bob, project, "Other")
    with pytest.raises(Conflict):
        update_saved_view(by=bob, view=other, name=" Failed ", is_shared=False)
    view.refresh_from_db()
    assert view.query == "state=failed"


def test_nobody_keeps_views_without_end(project, bob):
    for number in range(MAX_VIEWS):
        save(bob, project, f"view {number}")
    with pytest.raises(Conflict, match="You have 50 views"):
        save(bob, project)


def test_what_others_see_is_recorded(project, bob):
    events = Event.objects.filter(kind="saved_view").order_by("pk")
    view = save(bob, project)
    update_saved_view(by=bob, view=view, name="Mine", is_shared=False)
    assert not events.exists()
    update_saved_view(by=bob, view=view, name="Ours", is_shared=True)
    update_saved_view(by=bob, view=view, name="Ours", is_shared=True)  # changes nothing
    delete_saved_view(by=bob, view=view)
    assert [event.verb for event in events] == ["update", "delete"]
    assert events[0].before["name"] == "Mine"
    assert events[0].after == {"name": "Ours", "query": "state=failed", "is_shared": True}
    assert events[0].subject == "vision/iris: Ours"
    assert events[1].project_id == project.pk


# ------------------------------------------------------------------ what becomes of them


def test_views_go_with_their_collection_and_project(project, sequence, alice):
    save(alice, project, table="versions", collection=sequence)
    runs = save(alice, project)
    update_collection(by=alice, collection=sequence, name="renamed")
    assert "/renamed?" in SavedView.objects.get(table="versions").get_absolute_url()
    delete_collection(by=alice, collection=sequence)
    assert SavedView.objects.visible_to(alice).get() == runs
    delete_project(by=alice, project=project)
    assert not SavedView.objects.exists()


def test_a_view_that_was_deleted_meanwhile_is_not_found(project, bob):
    view = create_saved_view(by=bob, project=project, table="runs", name="mine", query="q=1")
    SavedView.objects.all().delete()
    with pytest.raises(NotFound):
        update_saved_view(by=bob, view=view, name="other", is_shared=False)
