"""Addresses of pages of a registry."""

from django.urls import reverse

from artifacts.models import Collection
from registries.models import Registry


def action_url(collection: Collection, route: str, *below: str) -> str:
    """Return the address of an action on the collection, or on the version `below` it."""
    project = collection.project
    address = [project.entity.organization.name, project.registry_name, collection.name]
    return reverse(f"registries:{route}", args=[*address, *below])


def settings_url(registry: Registry, tab: str = "settings_general") -> str:
    """Return the address of a tab of the registry's settings."""
    return reverse(f"registries:{tab}", args=[registry.organization.name, registry.name])
