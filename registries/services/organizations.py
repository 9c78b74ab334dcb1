"""An organization comes with its core registries."""

from django.db import transaction

from registries.services.registries import create_core_registries
from registry_site.accounts.models import Organization, User
from registry_site.accounts.services.people import create_organization


@transaction.atomic
def create_organization_with_registries(
    *, by: User | None, name: str, entity_name: str = ""
) -> Organization:
    """Make an organization, its org entity and its core registries; a server admin may."""
    organization = create_organization(by=by, name=name, entity_name=entity_name)
    create_core_registries(organization, by=by)
    return organization
