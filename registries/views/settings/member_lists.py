"""The lists of the tab Members, for the page and as files."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from artifacts.models import ProjectMember
from registries.models import Registry
from registries.services.access.effective_roles import (
    grant_words,
    people_inside,
    team_names,
)
from registries.views.addresses import settings_url
from registry_site.accounts.models import User
from registry_site.accounts.roles import read_roles_of_many
from registry_site.errors import NotFound
from registry_site.http.exports import Listing
from registry_site.markup.menus import MenuItem, danger_item
from registry_site.texts.edits import write_opened

_MEMBER_COLUMNS = {
    "user": lambda member: member.user.username if member.user else None,
    "team": lambda member: str(member.team) if member.team else None,
    "role": lambda member: member.role,
    "added_at": lambda member: member.created_at,
}


def member_listing(registry: Registry, query: Any) -> Listing:
    """Return people and teams with a role of their own; `q` of the query filters their names."""
    rows = ProjectMember.objects.filter(project=registry.project)
    if text := query.get("q", "").strip():
        person = Q(user__username__icontains=text) | Q(user__name__icontains=text)
        rows = rows.filter(person | Q(team__entity__name__icontains=text))
    return Listing(
        url=f"{settings_url(registry, 'settings_members')}/-/members",
        rows=rows.select_related("user", "team__entity"),
        order=("created_at", "pk"),
        columns=_MEMBER_COLUMNS,
        has_pages=False,
    )


def access_listing(registry: Registry, query: Any) -> Listing:
    """Return everybody who has access, with their effective role; `q` filters by name."""
    rows = people_inside(registry)
    if text := query.get("q", "").strip():
        rows = rows.filter(Q(username__icontains=text) | Q(name__icontains=text))
    teams = team_names(registry)
    project = registry.project

    def role(user: User) -> str | None:
        return project.role_of(user)

    def words(user: User) -> list[str]:
        return grant_words(registry, user, teams)

    return Listing(
        url=f"{settings_url(registry, 'settings_members')}/-/access",
        rows=rows.select_related("entity"),
        order=("username",),
        columns={
            "username": lambda user: user.username,
            "name": lambda user: user.name,
            "is_service": lambda user: user.is_service,
            "role": role,
            "source": lambda user: next(iter(words(user)), ""),
            "other_sources": lambda user: words(user)[1:],
        },
        complete=_with_roles,
        has_pages=False,
    )


def _with_roles(users: list[User]) -> list[User]:
    """Read the roles of all of them at once."""
    read_roles_of_many(users)
    return users


def member_named(registry: Registry, name: str) -> ProjectMember:
    """Return the person or team of this name that has a role of its own, or raise NotFound."""
    has_name = Q(user__username__iexact=name) | Q(team__entity__name__iexact=name)
    members = ProjectMember.objects.filter(has_name, project=registry.project)
    member = members.select_related("user", "team__entity").first()
    if member is None:
        raise NotFound(
            _("{registry} has no member {name!r}: it was removed, or never added.").format(
                registry=registry.project, name=name[:80]
            )
        )
    return member


@dataclass(frozen=True)
class MemberRow:
    """A member, and what an admin may do to it besides changing its role."""

    member: ProjectMember
    menu: list[MenuItem]

    @property
    def who(self) -> str:
        return str(self.member.user or self.member.team)

    @property
    def menu_id(self) -> str:
        return f"member-{self.member.pk}-menu"


def member_rows(registry: Registry, members: list[ProjectMember]) -> list[MemberRow]:
    """Return these members with their menus."""
    return [MemberRow(member, _member_menu(registry, member)) for member in members]


def _member_menu(registry: Registry, member: ProjectMember) -> list[MenuItem]:
    address = [registry.organization.name, registry.name, str(member.user or member.team)]
    remove = danger_item(_("Remove"), reverse("registries:settings_member_remove", args=address))
    owner = registry.owner
    if member.user is None or member.user == owner or member.user.is_service:
        return [remove]
    make_owner = MenuItem(
        _("Make owner"),
        reverse("registries:settings_member_owner", args=address),
        "star",
        posts=True,
        name="opened",
        value=write_opened({"owner": owner.username if owner else ""}),
    )
    return [make_owner, remove]
