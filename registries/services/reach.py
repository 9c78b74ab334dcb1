"""Finds an organization, a registry and its collections by the names in an address.

All code goes this way. `reach_…` raises NotFound with the sentence that the page shows.
"""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from artifacts.models import Collection
from artifacts.reads.pages.opened import open_collection
from artifacts.services.reach.deleted_paths import (
    check_collection_not_deleted,
    check_project_not_deleted,
)
from artifacts.services.reach.former_paths import names_now, not_here
from registries.models import Registry
from registry_site.accounts.models import Organization, User
from registry_site.accounts.names import REGISTRY_PREFIX
from registry_site.accounts.permissions import Action, can
from registry_site.errors import NotFound
from registry_site.queries.prepared import prepared


def reach_organization(*, by: User, name: str) -> Organization:
    """Return the organization of this display or entity name, whatever its case."""
    organization = _visible_organization(by, name)
    if organization is None:
        raise NotFound(_("There is no organization {name!r} that you may see.").format(name=name))
    return organization


def reach_registry(
    *, by: User, organization_name: str, name: str, collection_name: str = ""
) -> Registry:
    """Return the registry of this name; `collection_name` is the next part of the path.

    Raises Moved where the path leads elsewhere now, Gone where the registry was deleted.
    """
    rows = _registries(organization_name, name)
    registry = next((row for row in rows if can(by, Action.READ, row.project)), None)
    if registry is None:
        organization = _visible_organization(by, organization_name)
        names = _names_now(by, organization, name, collection_name) if organization else {}
        if organization and not names:
            check_project_not_deleted(
                by=by, entity_name=organization.entity.name, name=REGISTRY_PREFIX + name
            )
        raise not_here(
            _("There is no registry {name!r} here that you may see.").format(name=name), names
        )
    return registry


def reach_collection_in(
    *, by: User, registry: Registry, name: str, reference: str = ""
) -> Collection:
    """Return the collection of this registry; `reference` is the next part of the path.

    Raises Moved where the path leads elsewhere now, Gone where the collection, or the version in
    it, was deleted.
    """
    project = registry.project
    collection = open_collection(project, name)
    if collection is None:
        names = _names_now(by, registry.organization, registry.name, name)
        if not names:
            check_collection_not_deleted(
                by=by,
                entity_name=project.entity.name,
                project_name=project.name,
                name=name,
                reference=reference,
            )
        raise not_here(
            _("There is no collection {name!r} in {registry}.").format(name=name, registry=project),
            names,
        )
    return collection


@prepared
def _registries(organization_name: Any, name: Any) -> QuerySet:
    """Return the registry; another organization may have this name as that of its entity."""
    return Registry.objects.at(organization_name, name).order_by("pk")


def _visible_organization(by: User, name: str) -> Organization | None:
    rows = _organizations(name)
    return next((row for row in rows if row.role_of(by) is not None), None)


@prepared
def _organizations(name: Any) -> QuerySet:
    """Return the organization; another one may have this name as that of its entity."""
    return Organization.objects.with_name(name).order_by("pk")


def _names_now(
    by: User, organization: Organization, registry_name: str, collection_name: str
) -> dict[str, str]:
    """Return the present names for a path that changed, as `names_now` does, for registries."""
    names = names_now(
        by=by,
        entity_name=organization.entity.name,
        project_name=REGISTRY_PREFIX + registry_name,
        collection_name=collection_name,
    )
    if not names:
        return {}
    registry = names["project"].removeprefix(REGISTRY_PREFIX)
    return {**names, "organization": organization.name, "registry": registry}
