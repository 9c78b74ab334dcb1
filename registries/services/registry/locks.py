"""Locks of a registry."""

from django.utils.translation import gettext as _

from registries.models import Registry
from registry_site.errors import NotFound


def lock_registry(registry: Registry) -> Registry:
    """Return the registry, read anew; lock it and its project until the transaction ends."""
    rows = Registry.objects.for_path().filter(pk=registry.pk)
    locked = rows.select_for_update(of=("self", "project")).first()
    if locked is None:  # deleted a moment ago
        raise NotFound(_("There is no such registry that you may see."))
    return locked
