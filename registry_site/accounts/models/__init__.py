"""Tables of people, names, keys and events."""

from registry_site.accounts.models.events import Event, Kind, Verb
from registry_site.accounts.models.keys import ApiKey, FailedLogin, KeyHandover
from registry_site.accounts.models.people import (
    MEMBER_ROLES,
    THEMES,
    Entity,
    Invitation,
    Organization,
    OrganizationMember,
    Team,
    TeamMember,
    User,
)

__all__ = [
    "MEMBER_ROLES",
    "THEMES",
    "ApiKey",
    "Entity",
    "Event",
    "Kind",
    "FailedLogin",
    "Invitation",
    "KeyHandover",
    "Organization",
    "OrganizationMember",
    "Team",
    "TeamMember",
    "User",
    "Verb",
]
