"""The vocabulary of rights: four roles, five actions, one table.

Every container (organization, team, project) answers `role_of(user)`; the table answers the rest.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry_site.errors import Denied, NotFound

if TYPE_CHECKING:
    from registry_site.accounts.models import User


class Role(StrEnum):
    """Roles as the SDK writes them; `label` is what people read."""

    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"
    RESTRICTED_VIEWER = "restricted_viewer"

    @property
    def label(self) -> str:
        return str(ROLE_LABELS[self])

    @property
    def rank(self) -> int:
        """0 for the highest role."""
        return ROLE_ORDER.index(self)


ROLE_ORDER = [Role.ADMIN, Role.MEMBER, Role.VIEWER, Role.RESTRICTED_VIEWER]
ROLE_LABELS = {
    Role.ADMIN: gettext_lazy("Admin"),
    Role.MEMBER: gettext_lazy("Member"),
    Role.VIEWER: gettext_lazy("Viewer"),
    Role.RESTRICTED_VIEWER: gettext_lazy("Restricted Viewer"),
}


class Action(StrEnum):
    READ = "read"  # see collections, versions, metadata, lineage, members, settings
    DOWNLOAD = "download"  # use in a run, download, open file contents
    EDIT = "edit"  # log, link, unlink; collections, cards, tags, unprotected aliases
    PROTECT = "protect"  # move protected aliases, unlink or delete versions that have one
    MANAGE = "manage"  # settings, members, roles, deletion of the container


ROLE_ACTIONS: dict[Role, frozenset[Action]] = {
    Role.RESTRICTED_VIEWER: frozenset({Action.READ}),
    Role.VIEWER: frozenset({Action.READ, Action.DOWNLOAD}),
    Role.MEMBER: frozenset({Action.READ, Action.DOWNLOAD, Action.EDIT}),
    Role.ADMIN: frozenset(Action),
}


class Source(StrEnum):
    """Where a person's role in a project comes from."""

    SERVER_ADMIN = "server_admin"
    OWNER = "owner"  # of an ordinary project: its person, its team, or the team's organization
    ORGANIZATION_ADMIN = "organization_admin"
    MEMBERSHIP = "membership"  # a role of the person's own
    TEAM = "team"  # a role of one of their teams
    DEFAULT = "default"  # the role that everybody in the organization has


@dataclass(frozen=True)
class Grant:
    """One reason why a person has a role; the highest of all their grants counts."""

    role: Role
    source: Source
    team_id: int | None = None
    # whether a view-only member of the organization gets less than the registry's default role
    is_capped: bool = False


class Container(Protocol):
    """What rights are asked of: an organization, a team or a project."""

    def role_of(self, user: "User") -> Role | None: ...

    def admin_names(self) -> list[str]: ...


def highest(*roles: Role | None) -> Role | None:
    """Return the role that allows most, or None where there is none."""
    return min((role for role in roles if role), key=lambda role: role.rank, default=None)


def lowest_for(action: Action) -> Role:
    """Return the lowest role that allows this."""
    return max(
        (role for role in ROLE_ORDER if action in ROLE_ACTIONS[role]), key=lambda role: role.rank
    )


def can(user: "User | None", action: Action, obj: Container) -> bool:
    """Return whether the person may do this to the thing; None, the server itself, may nothing."""
    role = None if user is None else obj.role_of(user)
    return role is not None and action in ROLE_ACTIONS[role]


def check(user: "User", action: Action, obj: Container) -> None:
    """Raise NotFound where the person can't see the thing, Denied where the role is too low."""
    role = obj.role_of(user)
    if role is None:
        raise NotFound(_("Not found, or you may not see it."))
    if action not in ROLE_ACTIONS[role]:
        seen_by = getattr(obj, "seen_by", None)  # for things whose name not everybody may read
        denied = Denied(denial(action, seen_by(user) if seen_by else obj, role))
        denied.needed, denied.ask_url = lowest_for(action), ask_url(action, obj)
        raise denied


def ask_url(action: Action, obj: Container) -> str:
    """Return the address where one asks for the role that this needs, "" if there is none."""
    address = getattr(obj, "ask_url", None)
    return address(lowest_for(action)) if address else ""


def role_reason(user: "User", action: Action, obj: Container) -> str:
    """Return in a few words why the person may not do this, "" where they may."""
    if can(user, action, obj):
        return ""
    role = obj.role_of(user)
    return _("Needs the role {needed}; yours is {role}.").format(
        needed=lowest_for(action).label, role=role.label if role else "–"
    )


def denial(action: Action, obj: Container, role: Role) -> str:
    """Return the sentence that names the rule, the person's role and who can help."""
    needed = lowest_for(action)
    sentence = {
        Action.READ: _("Reading {thing} needs the role {needed} or above; yours is {role}."),
        Action.DOWNLOAD: _(
            "Using and downloading what is in {thing} needs the role {needed} or above; "
            "yours is {role}."
        ),
        Action.EDIT: _("Changing {thing} needs the role {needed} or above; yours is {role}."),
        Action.PROTECT: _(
            "Protected aliases of {thing} can be moved only by the role {needed}; yours is {role}."
        ),
        Action.MANAGE: _("Managing {thing} needs the role {needed}; yours is {role}."),
    }[action].format(thing=obj, needed=needed.label, role=role.label)
    names = obj.admin_names()
    if not names:
        return sentence
    help_text = _("{sentence} Admins who can help: {names}.")
    return help_text.format(sentence=sentence, names=", ".join(names))
