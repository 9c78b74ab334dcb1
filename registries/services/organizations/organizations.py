"""Creates organizations with their core registries, and removes people from both."""

from django.db import transaction

from registries.services.members.members import remove_members
from registries.services.members.request_endings import end_requests
from registries.services.registry.creation import create_core_registries
from registry_site.accounts.models import Organization, User
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.members import remove_organization_member
from registry_site.accounts.services.people import create_organization


@transaction.atomic
def create_organization_with_registries(
    *, by: User | None, name: str, entity_name: str = ""
) -> Organization:
    """Make an organization, its org entity and its core registries; a server admin may."""
    organization = create_organization(by=by, name=name, entity_name=entity_name)
    create_core_registries(organization, by=by)
    return organization


@transaction.atomic
def remove_from_organization(*, by: User, organization: Organization, user: User) -> None:
    """Take a person off the organization, its teams and its registries; an admin of it may.

    What the person asked for there ends, too. Raises Conflict for its only admin.
    """
    check(by, Action.MANAGE, organization)
    for registry in organization.registries.filter(project__members__user=user):
        remove_members(by=by, registry=registry, users=[user])
    end_requests(by=by, organization=organization, user=user)
    remove_organization_member(by=by, organization=organization, user=user)
