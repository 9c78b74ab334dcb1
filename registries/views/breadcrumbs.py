"""Breadcrumbs from an organization down to the open page, which itself is no link."""

from artifacts.models import Collection
from registries.models import Registry
from registry_site.accounts.models import Organization

Crumbs = list[dict[str, str]]


def organization_crumbs(organization: Organization, last: str) -> Crumbs:
    """Return the breadcrumbs of a page of an organization that is called `last`."""
    return [*_way_to(organization), {"label": last}]


def registry_crumbs(registry: Registry, last: str = "") -> Crumbs:
    """Return the breadcrumbs of a registry, or of the page `last` below it."""
    way = _way_to(registry.organization)
    return _ending(way, registry.name, registry.get_absolute_url(), last)


def collection_crumbs(collection: Collection, last: str = "") -> Crumbs:
    """Return the breadcrumbs of a collection of a registry, or of the page `last` below it."""
    project = collection.project
    registry = {"label": project.registry_name, "url": project.get_absolute_url()}
    way = [*_way_to(project.entity.organization), registry]
    return _ending(way, collection.name, collection.get_absolute_url(), last)


def _way_to(organization: Organization) -> Crumbs:
    return [{"label": organization.name, "url": organization.get_absolute_url()}]


def _ending(way: Crumbs, label: str, url: str, last: str) -> Crumbs:
    if last:
        return [*way, {"label": label, "url": url}, {"label": last}]
    return [*way, {"label": label}]
