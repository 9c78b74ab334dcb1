"""Who is in the demo, and the registries of their organization."""

import secrets
from dataclasses import dataclass

from artifacts.models import Project
from registries.models import Registry
from registries.services.aliases.protected import protect_aliases
from registries.services.members.members import add_members
from registries.services.organizations.organizations import create_organization_with_registries
from registries.services.registry.creation import create_registry
from registry_site.accounts.models import Organization, Team, User
from registry_site.accounts.permissions import Role
from registry_site.accounts.services.members import (
    forget_roles,
    set_organization_member,
    set_team_member,
)
from registry_site.accounts.services.people import create_team, create_user
from registry_site.accounts.services.profile import update_profile

ORGANIZATION, ENTITY = "Bloom Labs", "bloom"
SERVER_ADMIN = "root"
# username: (name, role in the organization, what the first start prints about them)
PEOPLE = {
    "ana": ("Ana Duarte", Role.ADMIN, "admin of Bloom Labs and of its teams"),
    "ken": ("Ken Mori", Role.MEMBER, "member of the teams flowers and vision"),
    "mei": ("Mei Tanaka", Role.VIEWER, "views Bloom Labs and the team flowers"),
    "omar": ("Omar Haddad", Role.MEMBER, "member of Bloom Labs, in no team"),
    SERVER_ADMIN: ("Site administrator", None, "admin of this server"),
}
TEAMS = {
    "flowers": {"ana": Role.ADMIN, "ken": Role.MEMBER, "mei": Role.VIEWER},
    "vision": {"ana": Role.ADMIN, "ken": Role.MEMBER},
    "nlp": {"ana": Role.ADMIN},
}
EVALUATIONS, CANDIDATES = "Flower Evaluation", "Release candidates"


@dataclass(frozen=True)
class Cast:
    """Everybody by username, and the passwords that nobody else knows."""

    users: dict[str, User]
    passwords: dict[str, str]


def create_cast() -> Cast:
    """Make the people, their organization with its core registries, and their teams."""
    passwords = {username: secrets.token_hex(8) for username in PEOPLE}
    users = {}
    for username, (name, _role, _about) in PEOPLE.items():
        users[username] = create_user(
            by=None,
            username=username,
            email=f"{username}@bloom.example",
            password=passwords[username],
            is_admin=username == SERVER_ADMIN,
        )
        update_profile(by=users[username], name=name, email=users[username].email)
    organization = create_organization_with_registries(
        by=None, name=ORGANIZATION, entity_name=ENTITY
    )
    for username, (_name, role, _about) in PEOPLE.items():
        if role:
            set_organization_member(
                by=None, organization=organization, user=users[username], role=role
            )
    for name, members in TEAMS.items():
        team = create_team(by=None, organization=organization, name=name)
        for username, role in members.items():
            set_team_member(by=None, team=team, user=users[username], role=role)
    _create_registries(organization, users)
    return Cast(users, passwords)


def _create_registries(organization: Organization, users: dict[str, User]) -> None:
    ana = users["ana"]
    evaluations = create_registry(
        by=ana,
        organization=organization,
        name=EVALUATIONS,
        description="How the flower models do on measurements that they have never seen.",
    )
    candidates = create_registry(
        by=ana,
        organization=organization,
        name=CANDIDATES,
        accepted_types=["model"],
        access=Project.Access.RESTRICTED,
        description="Models that passed their evaluation, on their way to the field guide.",
    )
    flowers = Team.objects.get(entity__name="flowers")
    core = organization.registries.get(name="model")
    for registry in (evaluations, candidates):
        add_members(by=ana, registry=registry, teams=[flowers], role=Role.MEMBER)
    for registry in (core, candidates):
        protect_aliases(by=ana, registry=registry, names=["production"])
    for user in users.values():
        forget_roles(user)


def target_path(registry: str, collection: str) -> str:
    """Return the target path of a link to a registry of this organization."""
    return f"{ENTITY}/wandb-registry-{registry}/{collection}"


def registry_project(name: str) -> Project:
    """Return the project of one of the organization's registries."""
    return Registry.objects.at(ENTITY, name).get().project
