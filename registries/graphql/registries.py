"""Registries as the SDK reads and changes them: projects with a visibility and accepted types."""

from typing import Any

from django.utils.translation import gettext as _

from artifacts.models import Project
from registries.graphql.lookups import registry_of
from registries.services.registry.creation import create_registry
from registries.services.registry.settings import update_registry
from registry_site.accounts.models import Organization, User
from registry_site.accounts.names import REGISTRY_PREFIX
from registry_site.errors import Invalid, NotFound
from registry_site.graphql.binding import fields

_ON_WIRE = {"organization": "PRIVATE", "restricted": "RESTRICTED"}
_FROM_WIRE = {theirs: ours for ours, theirs in _ON_WIRE.items()}

fields(
    "Project",
    access=lambda project: _ON_WIRE[project.access],
    allowAllArtifactTypesInRegistry=lambda project: project.accepts_all_types,
)


def create_from_input(user: User, entity_name: str, input: dict[str, Any]) -> Project:
    """Create the registry that an `UpsertModelInput` describes."""
    organization = Organization.objects.visible_to(user).with_name(entity_name).first()
    if organization is None:
        raise NotFound(
            _("There is no organization {name!r} that you are in.").format(name=entity_name)
        )
    types, all_types = types_in(input), input.get("allowAllArtifactTypesInRegistry")
    accepts_all = not types if all_types is None else all_types
    return create_registry(
        by=user,
        organization=organization,
        name=input["name"].removeprefix(REGISTRY_PREFIX),
        description=input.get("description"),
        access=_access(input) or "organization",
        accepted_types=None if accepts_all else types,
    ).project


def update_from_input(user: User, project: Project, input: dict[str, Any]) -> Project:
    """Change a registry as an `UpsertModelInput` says; what is null stays as it is."""
    return update_registry(
        by=user,
        registry=registry_of(project),
        description=input.get("description"),
        access=_access(input),
        accepted_types=types_in(input),
        accepts_all_types=input.get("allowAllArtifactTypesInRegistry"),
    ).project


def types_in(input: dict[str, Any]) -> list[str]:
    """Return the types that an `UpsertModelInput` lets a registry accept."""
    return [kind["name"] for kind in input.get("artifactTypes") or ()]


def _access(input: dict[str, Any]) -> str | None:
    value = input.get("access")
    if value is not None and value not in _FROM_WIRE:
        raise Invalid(
            _("{value!r} is no access of a registry: give PRIVATE or RESTRICTED.").format(
                value=value
            )
        )
    return _FROM_WIRE[value] if value else None


def without_prefix(name: str) -> str:
    """Return a registry's name without the prefix that it has on the wire, or raise Invalid."""
    if not name.startswith(REGISTRY_PREFIX):
        raise Invalid(
            _(
                "The name {name!r} is not possible: names of registries begin with “{prefix}”."
            ).format(name=name, prefix=REGISTRY_PREFIX)
        )
    return name.removeprefix(REGISTRY_PREFIX)
