"""Members of a registry, people and whole teams, and their roles; only its admins change them.

Members belong to the registry's organization. Its admins may add people from outside, who thereby
join the organization as view-only. A person whom a request names may not exist, and is None here:
the refusal is the same as for people whom the asker may not know of.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from artifacts.models import ProjectMember
from registries.models import Registry
from registries.services.members.people_by_name import find_named
from registries.services.members.request_endings import settle_requests
from registries.services.registry.events import record_change
from registries.services.registry.locks import lock_registry
from registry_site.accounts.models import Kind, Team, User, Verb
from registry_site.accounts.permissions import ROLE_ORDER, Action, Role, can, check
from registry_site.accounts.services.edits import settle_edit
from registry_site.accounts.services.members import forget_roles, set_organization_member
from registry_site.errors import Conflict, Invalid, NotFound
from registry_site.texts.edits import Opened


@dataclass(frozen=True)
class AddedMembers:
    """What giving access did: who is new, who had a role and keeps it, who came from outside."""

    new: list[ProjectMember]
    unchanged: list[ProjectMember]
    let_in: list[str]


@transaction.atomic
def add_members(
    *,
    by: User,
    registry: Registry,
    users: Iterable[User | None] = (),
    teams: Iterable[Team | None] = (),
    role: str = Role.VIEWER,
) -> AddedMembers:
    """Give people and teams a role in the registry; who has one already keeps it.

    People from outside come into the organization as view-only where `by` administers it. Raises
    Invalid for them otherwise, and always for teams of other organizations.
    """
    check(by, Action.MANAGE, registry.project)
    locked = lock_registry(registry)  # members change one request after the other
    role = _check_role(role)
    users, teams = set(users), set(teams)
    let_in = _let_in(by, locked, users, teams)
    members = list(_find(locked, users, teams).select_related("user", "team__entity"))
    users -= {member.user for member in members}
    teams -= {member.team for member in members}
    new = [
        *(ProjectMember(project=locked.project, role=role, user=user) for user in users),
        *(ProjectMember(project=locked.project, role=role, team=team) for team in teams),
    ]
    ProjectMember.objects.bulk_create(new)
    if new:
        came = {"let_in": let_in} if let_in else {}
        record_change(by, Verb.ADD_MEMBERS, locked, after=_names(new) | {"role": role} | came)
        settle_requests(by=by, registry=locked, users=[user for user in users if user], role=role)
    forget_roles(by)
    return AddedMembers(new=new, unchanged=members, let_in=let_in)


@transaction.atomic
def add_named(
    *, by: User, registry: Registry, names: Iterable[str], role: str = Role.VIEWER
) -> AddedMembers:
    """Give the role to people and teams by username, e-mail address or name of the team.

    Raises Invalid for names that match nobody, as `find_named` does.
    """
    check(by, Action.MANAGE, registry.project)
    meant = find_named(by=by, organization=registry.organization, names=names)
    return add_members(by=by, registry=registry, users=meant.users, teams=meant.teams, role=role)


@transaction.atomic
def remove_members(
    *,
    by: User,
    registry: Registry,
    users: Iterable[User | None] = (),
    teams: Iterable[Team | None] = (),
) -> None:
    """Remove people and teams from the registry; those who are no members stay as they are.

    Raises Conflict where nobody who may manage the registry would be left.
    """
    check(by, Action.MANAGE, registry.project)
    locked = lock_registry(registry)
    rows = _find(locked, users, teams)
    gone = list(rows.select_related("user", "team__entity"))
    rows.delete()
    if any(member.role == Role.ADMIN for member in gone):
        _check_managed(locked)
    if gone:
        record_change(by, Verb.REMOVE_MEMBERS, locked, before=_names(gone))
    forget_roles(by)


@transaction.atomic
def set_member_role(
    *,
    by: User,
    registry: Registry,
    member: User | Team | None,
    role: str,
    opened: Opened | None = None,
) -> None:
    """Change the role of a person or team that is a member of the registry.

    Raises NotFound for one that is none, Conflict where nobody would be left who may manage it, or
    from a form that was `opened` with another role than the member has (Unread).
    """
    check(by, Action.MANAGE, registry.project)
    locked = lock_registry(registry)
    role = _check_role(role)
    row = _member_row(locked, member)
    before, names = row.role, _names([row])
    row.role = settle_edit(
        by=by,
        opened=opened,
        now={"role": before},
        texts={"role": role},
        kind=Kind.REGISTRY,
        subject_id=locked.pk,
        **names,
    )["role"]
    if row.role == before:
        return
    row.save(update_fields=["role"])
    if before == Role.ADMIN:
        _check_managed(locked)
    record_change(
        by, Verb.SET_ROLE, locked, before=names | {"role": before}, after=names | {"role": row.role}
    )
    if row.user is not None:
        settle_requests(by=by, registry=locked, users=[row.user], role=row.role)
    forget_roles(by)


def _member_row(registry: Registry, member: User | Team | None) -> ProjectMember:
    """Return the membership of a person or team, or raise NotFound."""
    users = [member] if isinstance(member, User) else []
    teams = [member] if isinstance(member, Team) else []
    row = _find(registry, users, teams).select_related("user", "team__entity").first()
    if row is None:
        raise NotFound(
            _("{registry} has no such member: add the person or team first.").format(
                registry=registry.project
            )
        )
    return row


def _check_role(role: str) -> Role:
    if role not in ROLE_ORDER:
        raise Invalid(
            _("{role!r} is not a role: give admin, member, viewer or restricted_viewer.").format(
                role=role[:40]
            )
        )
    return Role(role)


def _let_in(
    by: User, registry: Registry, users: set[User | None], teams: set[Team | None]
) -> list[str]:
    """Bring people from outside into the organization, and return their names.

    Raises Invalid for somebody whom `by` can't bring in, who goes unnamed.
    """
    organization = registry.organization
    people = {user for user in users if user is not None}
    inside = set(organization.members.filter(user__in=people).values_list("user", flat=True))
    outside = sorted((user for user in people if user.pk not in inside), key=str)
    may = can(by, Action.MANAGE, organization)
    strange = None in users or any(not user.is_active or user.is_service for user in outside)
    foreign = any(team is None or team.organization_id != organization.pk for team in teams)
    if strange or foreign or (outside and not may):
        raise Invalid(_refusal(registry, may=may))
    for user in outside:
        set_organization_member(by=by, organization=organization, user=user, role=Role.VIEWER)
    return [user.username for user in outside]


def _refusal(registry: Registry, *, may: bool) -> str:
    organization = registry.organization
    rule = _(
        "Only people and teams of the organization {organization} can be members of {registry}."
    ).format(organization=organization, registry=registry.project)
    names = organization.admin_names()
    if may or not names:
        return rule
    return _(
        "{rule} Admins of {organization} can add people from outside, who thereby come into it as "
        "view-only: {names}."
    ).format(rule=rule, organization=organization, names=", ".join(names))


def _find(
    registry: Registry, users: Iterable[User | None], teams: Iterable[Team | None]
) -> QuerySet:
    meant = Q(user__in=[user for user in users if user]) | Q(
        team__in=[team for team in teams if team]
    )
    return ProjectMember.objects.filter(meant, project=registry.project)


def _names(members: Iterable[ProjectMember]) -> dict[str, list[str]]:
    """Return usernames and names of teams for the history, sorted."""
    members = list(members)
    return {
        "users": sorted(member.user.username for member in members if member.user),
        "teams": sorted(str(member.team) for member in members if member.team),
    }


def _check_managed(registry: Registry) -> None:
    """Raise Conflict where nobody could manage the registry.

    Admins of the organization manage every registry; without one, a member has to.
    """
    person = Q(user__is_active=True) | Q(team__members__user__is_active=True)
    admins = registry.project.members.filter(person, role=Role.ADMIN)
    of_organization = registry.organization.members.filter(role=Role.ADMIN, user__is_active=True)
    if not admins.exists() and not of_organization.exists():
        raise Conflict(
            _(
                "Nobody would be left who may manage {registry}: make somebody else admin first."
            ).format(registry=registry.project)
        )
