"""Mutations of registries and projects: made, changed, renamed, deleted."""

from typing import Any

from django.utils.translation import gettext as _

from artifacts.models import Project
from artifacts.services.projects import (
    DEFAULT_PROJECT,
    create_project,
    delete_project,
    rename_project,
    update_project,
    was_renamed,
)
from registries.graphql.lookups import need_project, project_named, registry_of
from registries.graphql.registries import ON_WIRE
from registries.services.registry.names_and_end import delete_registry, rename_registry
from registries.services.registry.registries import create_registry
from registries.services.registry.settings import update_registry
from registry_site.accounts.models import Organization, User
from registry_site.accounts.names import REGISTRY_PREFIX
from registry_site.accounts.services.people import default_entity_of
from registry_site.errors import Invalid, NotFound
from registry_site.graphql.binding import field

_ACCESS = {theirs: ours for ours, theirs in ON_WIRE.items()}


@field("Mutation", "upsertModel")
def upsert_model(root, info, input):
    """By id, or by entity and name; what is null stays as it is.

    `inserted` is false for what was there: `Registry.save()` of wandb 0.31 says "Created" else.
    """
    user = info.context.user
    known = _known(user, input)
    if known is None:
        make = _create_registry if _is_registry(input) else _create_project
        project = make(user, input)
    else:
        change = _update_registry if known.is_registry else _update_project
        project = change(user, known, input)
    return {"project": project, "model": project, "inserted": known is None}


def _is_registry(input: dict[str, Any]) -> bool:
    return (input.get("name") or "").startswith(REGISTRY_PREFIX)


def _entity_name(user: User, input: dict[str, Any]) -> str:
    return input.get("entityName") or default_entity_of(user).name


def _known(user: User, input: dict[str, Any]) -> Project | None:
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


def _create_registry(user: User, input: dict[str, Any]) -> Project:
    entity_name = _entity_name(user, input)
    organization = Organization.objects.visible_to(user).named(entity_name).first()
    if organization is None:
        raise NotFound(
            _("There is no organization {name!r} that you are in.").format(name=entity_name)
        )
    types, all_types = _types(input), input.get("allowAllArtifactTypesInRegistry")
    accepts_all = not types if all_types is None else all_types
    return create_registry(
        by=user,
        organization=organization,
        name=input["name"].removeprefix(REGISTRY_PREFIX),
        description=input.get("description"),
        access=_access(input) or "organization",
        accepted_types=None if accepts_all else types,
    ).project


def _update_registry(user: User, known: Project, input: dict[str, Any]) -> Project:
    return update_registry(
        by=user,
        registry=registry_of(known),
        description=input.get("description"),
        access=_access(input),
        accepted_types=_types(input),
        accepts_all_types=input.get("allowAllArtifactTypesInRegistry"),
    ).project


def _create_project(user: User, input: dict[str, Any]) -> Project:
    _check_ordinary(input)
    return create_project(
        by=user,
        entity_name=input.get("entityName"),
        name=input.get("name"),
        description=input.get("description"),
    )


def _update_project(user: User, known: Project, input: dict[str, Any]) -> Project:
    _check_ordinary(input)
    return update_project(by=user, project=known, description=input.get("description"))


def _types(input: dict[str, Any]) -> list[str]:
    return [kind["name"] for kind in input.get("artifactTypes") or ()]


def _access(input: dict[str, Any]) -> str | None:
    value = input.get("access")
    if value is not None and value not in _ACCESS:
        raise Invalid(
            _("{value!r} is no access of a registry: give PRIVATE or RESTRICTED.").format(
                value=value
            )
        )
    return _ACCESS[value] if value else None


def _check_ordinary(input: dict[str, Any]) -> None:
    """Raise Invalid for what only registries have; PRIVATE is what every project is."""
    governs = (
        input.get("access") not in (None, "PRIVATE"),
        input.get("allowAllArtifactTypesInRegistry") is False,
        _types(input),
    )
    if any(governs):
        raise Invalid(
            _(
                "Only registries have a visibility and accepted types; give a name that begins "
                "with “{prefix}”, or leave them out."
            ).format(prefix=REGISTRY_PREFIX)
        )


@field("Mutation", "renameProject")
def rename_project_mutation(root, info, input):
    user, old, new = info.context.user, input["oldProjectName"], input["newProjectName"]
    project = project_named(user, input["entityName"], old)
    if project is None:
        renamed = _renamed(user, input["entityName"], old, new)
        return {"project": renamed, "model": renamed, "inserted": False}
    if not project.is_registry:
        project = rename_project(by=user, project=project, name=new)
    else:
        name = _without_prefix(new)
        project = rename_registry(by=user, registry=registry_of(project), name=name).project
    return {"project": project, "model": project, "inserted": False}


def _renamed(user: User, entity_name: str, old: str, new: str) -> Project:
    """The project that was renamed already, or raise NotFound."""
    project = project_named(user, entity_name, new)
    if project is None or not was_renamed(project, before=old):
        raise NotFound(
            _("There is no project or registry {name!r} in {entity!r} that you may see.").format(
                name=old.removeprefix(REGISTRY_PREFIX), entity=entity_name
            )
        )
    return project


def _without_prefix(name: str) -> str:
    if not name.startswith(REGISTRY_PREFIX):
        raise Invalid(
            _(
                "The name {name!r} is not possible: names of registries begin with “{prefix}”."
            ).format(name=name, prefix=REGISTRY_PREFIX)
        )
    return name.removeprefix(REGISTRY_PREFIX)


@field("Mutation", "deleteModel")
def delete_model(root, info, input):
    user, project = info.context.user, need_project(info.context.user, input["id"])
    if project.is_registry:
        delete_registry(by=user, registry=registry_of(project))
    else:
        delete_project(by=user, project=project)
    return {"success": True}
