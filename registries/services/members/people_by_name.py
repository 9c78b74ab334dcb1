"""Whom a name or an e-mail address means inside an organization.

An address means only a colleague to whom an admin of the server gave it. The answer does not depend
on whether somebody outside of the organization has the address. The same holds for usernames,
except that admins of the organization may add anybody by username.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from registry_site.accounts.models import Entity, Organization, Team, User
from registry_site.accounts.permissions import Action, can, check
from registry_site.errors import Invalid

SUGGESTED = 10  # people suggested, and as many teams


@dataclass(frozen=True)
class PeopleAndTeams:
    """People and teams that were meant, in the order of their names."""

    users: list[User] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)


def find_named(*, by: User, organization: Organization, names: Iterable[str]) -> PeopleAndTeams:
    """Return the people and teams of these names or addresses.

    Raises Invalid, listing all names that match nobody whom `by` may add.
    """
    check(by, Action.READ, organization)
    names = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    by_name = _by_name(by, organization, [name for name in names if "@" not in name])
    by_address = _by_address(organization, [name for name in names if "@" in name])
    meant: dict[str, User | Team] = by_name | by_address
    unknown = [name for name in names if name.lower() not in meant]
    if unknown:
        raise Invalid(_unknown(by, organization, unknown))
    in_order = list(dict.fromkeys(meant[name.lower()] for name in names))
    return PeopleAndTeams(
        users=[each for each in in_order if isinstance(each, User)],
        teams=[each for each in in_order if isinstance(each, Team)],
    )


def suggest_named(*, by: User, organization: Organization, text: str) -> PeopleAndTeams:
    """Return colleagues and teams of the organization whose name begins with the text."""
    check(by, Action.READ, organization)
    text = text.strip()
    begins = Q(username__istartswith=text) | Q(name__icontains=text)
    begins |= Q(email_is_confirmed=True, email__istartswith=text)
    people = _colleagues(organization).filter(begins).order_by("username")[:SUGGESTED]
    teams = organization.teams.filter(entity__name__icontains=text).select_related("entity")
    return PeopleAndTeams(
        users=list(people), teams=list(teams.order_by("entity__name")[:SUGGESTED])
    )


def _by_name(by: User, organization: Organization, names: list[str]) -> dict[str, User | Team]:
    lowered = [name.lower() for name in names]
    entities = Entity.objects.filter(name__lower__in=lowered).select_related(
        "user", "team__entity", "team__organization"
    )
    may_bring_in = can(by, Action.MANAGE, organization)
    meant: dict[str, User | Team] = {}
    users: list[User] = []
    for entity in entities:
        if entity.kind == Entity.Kind.TEAM and entity.team.organization_id == organization.pk:
            meant[entity.name.lower()] = entity.team
        elif entity.kind == Entity.Kind.USER and entity.user.is_active:
            users.append(entity.user)
    inside = _inside(organization, users)
    for user in users:
        if user.pk in inside or (may_bring_in and not user.is_service):
            meant[user.username.lower()] = user
    return meant


def _by_address(organization: Organization, addresses: list[str]) -> dict[str, User | Team]:
    lowered = [address.lower() for address in addresses]
    meant: dict[str, User | Team] = {}
    several: set[str] = set()
    people = _colleagues(organization).filter(email_is_confirmed=True, email__lower__in=lowered)
    for user in people:
        address = user.email.lower()
        if address in meant:
            several.add(address)
        meant[address] = user
    if several:
        raise Invalid(
            _("Several people have the address {names}: give their usernames.").format(
                names=", ".join(sorted(several))
            )
        )
    return meant


def _colleagues(organization: Organization) -> QuerySet[User]:
    return User.objects.filter(
        pk__in=organization.members.values("user"), is_active=True
    ).select_related("entity")


def _inside(organization: Organization, users: list[User]) -> set[int]:
    members = organization.members.filter(user__in=users)
    return set(members.values_list("user", flat=True))


def _unknown(by: User, organization: Organization, names: list[str]) -> str:
    names_in_text = ", ".join(repr(name[:80]) for name in names[:10])
    rule = _("Nobody and no team in {organization} has the name or e-mail address {names}.").format(
        organization=organization, names=names_in_text
    )
    if can(by, Action.MANAGE, organization):
        step = _("Check the spelling; people from outside are added by their username.")
    else:
        step = _("Check the spelling; only admins of the organization add people from outside.")
    return f"{rule} {step}"
