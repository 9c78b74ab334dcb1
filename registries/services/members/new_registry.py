"""A registry and the people and teams that it is for, made at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from registries.models import Registry
from registries.services.members.members import AddedMembers, add_named
from registries.services.registry.creation import create_registry
from registry_site.accounts.models import Organization, User
from registry_site.accounts.permissions import Action, Role, check


@dataclass(frozen=True)
class NewRegistry:
    """A new registry, and who got a role in it besides its maker."""

    registry: Registry
    added: AddedMembers | None = None


@transaction.atomic
def create_registry_with_members(
    *,
    by: User,
    organization: Organization,
    names: Iterable[str] = (),
    role: str = Role.VIEWER,
    **properties: Any,
) -> NewRegistry:
    """Make a registry and give these people and teams a role in it, or do neither.

    `names`: usernames, e-mail addresses and names of teams; `properties`: as for
    `create_registry`. Raises Invalid for names that mean nobody, as `find_named` does.
    """
    check(by, Action.EDIT, organization)
    names = list(names)
    registry = create_registry(by=by, organization=organization, **properties)
    if not names:
        return NewRegistry(registry)
    added = add_named(by=by, registry=registry, names=names, role=role)
    return NewRegistry(registry, added)
