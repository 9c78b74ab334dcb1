"""Mutations that make, change, rename and delete registries and projects."""

from typing import Any

from django.utils.translation import gettext as _

from artifacts.models import Project
from artifacts.services import projects
from artifacts.services.projects import DEFAULT_PROJECT, was_renamed
from registries.graphql.lookups import need_project, project_named, registry_of
from registries.graphql.registries import (
    create_from_input,
    types_in,
    update_from_input,
    without_prefix,
)
from registries.services.registry.deletion import delete_registry
from registries.services.registry.renaming import rename_registry
from registry_site.accounts.models import User
from registry_site.accounts.names import REGISTRY_PREFIX
from registry_site.accounts.services.people import default_entity_of
from registry_site.errors import Invalid, NotFound
from registry_site.graphql.binding import field


@field("Mutation", "upsertModel")
def upsert_model(root, info, input):
    """Make or change a project, by id or by entity and name; what is null stays as it is.

    `inserted` is false for an existing one: `Registry.save()` of wandb 0.31 says "Created" else.
    """
    user = info.context.user
    existing = _existing(user, input)
    project = _update(user, existing, input) if existing else _create(user, input)
    return {"project": project, "model": project, "inserted": existing is None}


def _update(user: User, project: Project, input: dict[str, Any]) -> Project:
    change = update_from_input if project.is_registry else _update_project
    return change(user, project, input)


def _create(user: User, input: dict[str, Any]) -> Project:
    if (input.get("name") or "").startswith(REGISTRY_PREFIX):
        return create_from_input(user, _entity_name(user, input), input)
    return _create_project(user, input)


def _entity_name(user: User, input: dict[str, Any]) -> str:
    return input.get("entityName") or default_entity_of(user).name


def _existing(user: User, input: dict[str, Any]) -> Project | None:
    name = input.get("name")
    if not input.get("id"):
        return project_named(user, _entity_name(user, input), name or DEFAULT_PROJECT)
    project = need_project(user, input["id"])
    if name and name != project.name:
        raise Invalid(
            _(
                "The project of this id is called {name!r}; to change that use renameProject."
            ).format(name=project.name)
        )
    return project


def _create_project(user: User, input: dict[str, Any]) -> Project:
    _check_ordinary(input)
    return projects.create_project(
        by=user,
        entity_name=input.get("entityName"),
        name=input.get("name"),
        description=input.get("description"),
    )


def _update_project(user: User, project: Project, input: dict[str, Any]) -> Project:
    _check_ordinary(input)
    return projects.update_project(by=user, project=project, description=input.get("description"))


def _check_ordinary(input: dict[str, Any]) -> None:
    """Raise Invalid for settings that only registries have; every project is PRIVATE."""
    governs = (
        input.get("access") not in (None, "PRIVATE"),
        input.get("allowAllArtifactTypesInRegistry") is False,
        types_in(input),
    )
    if any(governs):
        raise Invalid(
            _(
                "Only registries have a visibility and accepted types; give a name that begins "
                "with “{prefix}”, or leave them out."
            ).format(prefix=REGISTRY_PREFIX)
        )


@field("Mutation", "renameProject")
def rename_project(root, info, input):
    user, old, new = info.context.user, input["oldProjectName"], input["newProjectName"]
    project = project_named(user, input["entityName"], old)
    if project is None:
        project = _renamed(user, input["entityName"], old, new)
    else:
        project = _rename(user, project, new)
    return {"project": project, "model": project, "inserted": False}


def _rename(user: User, project: Project, name: str) -> Project:
    if not project.is_registry:
        return projects.rename_project(by=user, project=project, name=name)
    registry = registry_of(project)
    return rename_registry(by=user, registry=registry, name=without_prefix(name)).project


def _renamed(user: User, entity_name: str, old: str, new: str) -> Project:
    """Return the project that was renamed already, or raise NotFound."""
    project = project_named(user, entity_name, new)
    if project is None or not was_renamed(project, before=old):
        raise NotFound(
            _("There is no project or registry {name!r} in {entity!r} that you may see.").format(
                name=old.removeprefix(REGISTRY_PREFIX), entity=entity_name
            )
        )
    return project


@field("Mutation", "deleteModel")
def delete_model(root, info, input):
    user, project = info.context.user, need_project(info.context.user, input["id"])
    if project.is_registry:
        delete_registry(by=user, registry=registry_of(project))
    else:
        projects.delete_project(by=user, project=project)
    return {"success": True}
