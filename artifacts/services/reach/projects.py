"""Projects by their paths and ids."""

from django.utils.translation import gettext as _

from artifacts.models import Project
from artifacts.reads.lookups import find_project
from artifacts.reads.pages.opened import open_project
from artifacts.services.reach.deleted_paths import check_project_not_deleted
from artifacts.services.reach.former_paths import names_now, not_here
from registry_site.accounts.models import User
from registry_site.accounts.names import check_path_entity
from registry_site.accounts.permissions import Action, can
from registry_site.errors import NotFound


def reach_project(*, by: User, entity_name: str, name: str, collection_name: str = "") -> Project:
    """Return the project of this path; `collection_name` is the rest of the path, if it goes on.

    Raises Moved where the path now leads elsewhere, Gone where the project was deleted.
    """
    project = open_project(entity_name, name)
    if project is None or not can(by, Action.READ, project):
        names = names_now(
            by=by, entity_name=entity_name, project_name=name, collection_name=collection_name
        )
        if not names:
            check_project_not_deleted(by=by, entity_name=entity_name, name=name)
        raise not_here(
            _("There is no project “{entity}/{name}”, or you may not see it.").format(
                entity=entity_name, name=name
            ),
            names,
        )
    return project


def reach_project_by_id(*, by: User, pk: int) -> Project:
    """Return the project, or the registry, with this primary key."""
    project = Project.objects.visible_to(by).for_role().filter(pk=pk).first()
    if project is None:
        raise NotFound(_("There is no such project or registry that you may see."))
    return project


def visible_project(*, by: User, entity_name: str | None, name: str | None) -> Project | None:
    """Return the project of this path, or None.

    Raises Invalid where the entity's part of the path is a registry.
    """
    project = find_project(entity_name or "", name or "")
    if project is None or not can(by, Action.READ, project):
        check_path_entity(entity_name)
        return None
    return project
