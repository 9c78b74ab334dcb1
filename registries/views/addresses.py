"""Addresses of pages of registries, and the breadcrumbs that lead there."""

from django.urls import reverse

from artifacts.models import Collection
from registries.models import Registry


def action_url(collection: Collection, route: str, *below: str) -> str:
    """Return the address of an action on the collection, or on the version `below` it."""
    project = collection.project
    address = [project.entity.organization.name, project.registry_name, collection.name]
    return reverse(f"registries:{route}", args=[*address, *below])


def collection_crumbs(collection: Collection, here: str = "") -> list[dict[str, str]]:
    """Return the way from the organization's registries to the collection, or below it."""
    project = collection.project
    organization = project.entity.organization
    crumbs = [
        {"label": organization.name, "url": organization.get_absolute_url()},
        {"label": project.registry_name, "url": project.get_absolute_url()},
        {"label": collection.name, "url": collection.get_absolute_url() if here else ""},
    ]
    return [*crumbs, {"label": here}] if here else crumbs


def settings_url(registry: Registry, tab: str = "settings_general") -> str:
    """Return the address of a tab."""
    return reverse(f"registries:{tab}", args=[registry.organization.name, registry.name])
