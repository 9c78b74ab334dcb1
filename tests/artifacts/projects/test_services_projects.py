"""Projects of teams and people: described, renamed, deleted."""

import pytest

from artifacts.models import Membership, Project, Run, Version
from artifacts.services import projects
from artifacts.services.projects import (
    create_project,
    delete_project,
    rename_project,
    update_project,
)
from artifacts.services.trash.trash import delete_version
from registry_site.accounts.models import Event
from registry_site.accounts.permissions import Action, can
from registry_site.errors import Conflict, Denied, Invalid, NotFound
from tests import factories


def last_event(project):
    return Event.objects.filter(project_id=project.pk).order_by("-pk").first()


def test_described_by_whoever_logs_there(bob, project):
    assert project.description is None
    update_project(by=bob, project=project, description="Irises")
    found = update_project(by=bob, project=project)

    assert found.description == "Irises"
    event = last_event(project)
    assert (event.before, event.after) == ({"description": None}, {"description": "Irises"})
    assert event.subject == "vision/iris"


def test_renamed_it_keeps_what_is_in_it(alice, project, version):
    found = rename_project(by=alice, project=project, name="flowers")

    assert (found.pk, found.name) == (project.pk, "flowers")
    assert not Project.objects.at("vision", "iris").exists()
    assert Membership.objects.at("vision", "flowers", "iris-model:v0").get().version == version
    assert last_event(project).before == {"name": "iris"}


@pytest.mark.parametrize(
    "name", ["", "a/b", "a:b", "runs", "x" * 129, "wandb-registry-x", "a\x00b"]
)
def test_a_name_that_cannot_be_is_refused(alice, project, name):
    with pytest.raises(Invalid):
        rename_project(by=alice, project=project, name=name)


def test_a_taken_name_is_refused_and_the_same_name_is_nothing(alice, vision, project):
    factories.make_project(vision, "other")
    with pytest.raises(Conflict, match="vision already has a project 'other'"):
        rename_project(by=alice, project=project, name="other")
    rename_project(by=alice, project=project, name="iris")
    assert last_event(project) is None


def test_deleted_nobody_sees_it(alice, bob, root, project, version):
    factories.make_run(project, user=bob)
    delete_project(by=alice, project=project)

    gone, version = Project.objects.get(pk=project.pk), Version.objects.get(pk=version.pk)
    for user in (alice, bob, root):
        assert gone not in Project.objects.visible_to(user)
        assert not can(user, Action.READ, gone)
        assert not can(user, Action.READ, version)
        assert not Version.objects.visible_to(user).exists()
        assert not Run.objects.visible_to(user).exists()
    assert last_event(project).subject == "vision/iris"


def test_deleted_its_versions_are_in_the_trash(alice, project, version):
    delete_project(by=alice, project=project)

    version.refresh_from_db()
    assert (version.state, version.deleted_by) == ("DELETED", alice)
    assert version.entries.exists()
    assert version.deleted_at == Project.objects.get(pk=project.pk).deleted_at
    assert not Membership.objects.live().exists()


def test_deleted_its_name_is_free(alice, project, version):
    delete_project(by=alice, project=project)
    again = create_project(by=alice, entity_name="vision", name="iris")

    assert again.pk != project.pk
    assert again.collections.count() == 0
    delete_project(by=alice, project=again)
    assert not Project.objects.live().exists()


def test_deleted_it_locks_versions_before_the_project(alice, project, version, monkeypatch):
    """As everybody does: on PostgreSQL two who hold them in turn end in a deadlock."""
    order = []

    def noting(name):
        operation = getattr(projects, name)

        def noted(rows):
            order.append((name, list(rows) if name == "lock_many_versions" else rows))
            return operation(rows)

        return noted

    for name in ("lock_many_versions", "_lock"):
        monkeypatch.setattr(projects, name, noting(name))
    delete_project(by=alice, project=project)
    assert order == [("lock_many_versions", [version]), ("_lock", project)]


def test_deleted_twice_it_is_not_found(alice, project):
    delete_project(by=alice, project=project)
    with pytest.raises(NotFound):
        delete_project(by=alice, project=project)


@pytest.mark.usefixtures("letting_go")
def test_linked_versions_keep_their_project(alice, project, version, collection):
    membership = factories.make_membership(collection, version, aliases=["production"])
    message = (
        r"^vision/iris can't be deleted: versions of it are linked elsewhere \(links: 1, "
        "for example acme/wandb-registry-model/iris-classifier:v0"
    )
    with pytest.raises(Conflict, match=message):
        delete_project(by=alice, project=project)
    assert Version.objects.committed().get() == version
    membership.delete()
    delete_project(by=alice, project=project)


def test_a_link_in_a_hidden_registry_goes_unnamed(project, version, acme):
    lead = factories.make_user("lead")
    factories.make_team("helpers", acme, lead="member")
    project.entity.team.members.create(user=lead, role="admin")
    secret = factories.make_registry_project(
        acme, "secret", access="restricted", keeps_linked=False
    )
    factories.make_membership(factories.make_collection(secret), version)
    with pytest.raises(Conflict, match="one in a project that you cannot open") as refusal:
        delete_project(by=factories.fresh(lead), project=project)
    assert "secret" not in refusal.value.message


def test_links_inside_the_project_and_to_it_hinder_nothing(alice, vision, project, version):
    inside = factories.make_collection(project, "chosen", kind="portfolio")
    factories.make_membership(inside, version)
    other = factories.make_version(factories.make_collection(factories.make_project(vision, "two")))
    factories.make_membership(inside, other)
    delete_project(by=alice, project=project)

    assert can(alice, Action.READ, other)
    assert Version.objects.visible_to(alice).get() == other


@pytest.mark.usefixtures("letting_go")
def test_a_version_in_the_trash_hinders_nothing(alice, project, version, collection):
    factories.make_membership(collection, version)
    delete_version(by=alice, version=version, with_aliases=True)
    delete_project(by=alice, project=project)


@pytest.mark.parametrize(
    "change",
    [
        lambda by, project: rename_project(by=by, project=project, name="x"),
        lambda by, project: delete_project(by=by, project=project),
    ],
    ids=["rename", "delete"],
)
def test_only_admins_of_the_team_rename_and_delete(bob, victor, charlie, project, change):
    for user in (bob, victor):
        with pytest.raises(Denied, match="Managing vision/iris needs the role Admin.*: alice."):
            change(user, project)
    with pytest.raises(NotFound):
        change(charlie, project)


def test_viewers_describe_nothing(victor, charlie, project):
    with pytest.raises(Denied):
        update_project(by=victor, project=project, description="x")
    with pytest.raises(NotFound):
        update_project(by=charlie, project=project, description="x")


def test_registries_are_no_projects_of_a_team(alice, registry):
    for change in (
        lambda: update_project(by=alice, project=registry.project, description="x"),
        lambda: rename_project(by=alice, project=registry.project, name="x"),
        lambda: delete_project(by=alice, project=registry.project),
    ):
        with pytest.raises(NotFound):
            change()


def test_a_person_does_all_of_it_to_a_project_of_their_own(charlie):
    project = create_project(by=charlie, entity_name="charlie", name="own", description="mine")
    assert project.description == "mine"
    rename_project(by=charlie, project=project, name="new")
    delete_project(by=charlie, project=project)
    assert not Project.objects.visible_to(charlie).exists()
