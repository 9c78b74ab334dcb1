"""Finds registries and projects by the names and ids that the SDK sends.

What the viewer may not see is not found.
"""

from django.utils.translation import gettext as _

from artifacts.models import Project
from artifacts.services.reach.projects import reach_project_by_id
from registries.models import Registry
from registry_site.accounts.models import Organization, User
from registry_site.accounts.names import REGISTRY_PREFIX, check_path_entity
from registry_site.errors import Invalid
from registry_site.texts.ids import decode_id


def project_named(user: User, entity_name: str, name: str) -> Project | None:
    """Return the project of this path, or None.

    A registry is also found by its organization's display name. Raises Invalid where a registry
    stands in the entity's part of the path.
    """
    if name.startswith(REGISTRY_PREFIX):
        organization = Organization.objects.visible_to(user).with_name(entity_name).first()
        entity_name = organization.entity.name if organization else entity_name
    project = Project.objects.visible_to(user).at(entity_name, name).first()
    if project is None:
        check_path_entity(entity_name)
    return project


def need_project(user: User, text: str | None) -> Project:
    """Return the project of this id, or raise NotFound."""
    return reach_project_by_id(by=user, pk=decode_id(text, "Project"))


def need_registry(user: User, text: str | None) -> Registry:
    """Return the registry of this id, or raise NotFound; Invalid for another project's id."""
    project = need_project(user, text)
    if not project.is_registry:
        raise Invalid(
            _("{project} is no registry: who is in its team decides who may do what there.").format(
                project=project
            )
        )
    return registry_of(project)


def registry_of(project: Project) -> Registry:
    """Return the registry that a project is."""
    return Registry.objects.for_path().get(project=project)
