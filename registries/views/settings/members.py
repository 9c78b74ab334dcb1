"""Who has access to the registry: its members, and everybody with their effective role."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from artifacts.models import ProjectMember
from artifacts.models.projects import ROLES
from registries.forms.people import AddMembersForm, RegistryRoleForm
from registries.models import AccessRequest, Registry
from registries.services.access.effective_roles import access_of
from registries.services.members.members import (
    AddedMembers,
    add_named,
    remove_members,
    set_member_role,
)
from registries.services.registry.settings import update_registry
from registries.views.access.added_members import tell_added
from registries.views.access.requests import requests_waiting_for
from registries.views.addresses import settings_url
from registries.views.paths import in_registry
from registries.views.settings.frame import settings_frame
from registries.views.settings.member_lists import (
    access_listing,
    member_listing,
    member_named,
    member_rows,
)
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.members import forget_roles
from registry_site.accounts.views.exports import exported
from registry_site.errors import Invalid
from registry_site.http.exports import Listing
from registry_site.pages import (
    HtmxRequest,
    Table,
    attempt,
    form_page,
    go_to,
    list_page,
    posted,
    render_page,
    status_of,
    wants_fragment,
)
from registry_site.texts.edits import read_opened

TEMPLATE = "registries/settings/members.html"


@dataclass(frozen=True)
class MembersPage:
    """What members.html shows beside its forms: both lists, each paged by itself."""

    members: Table  # of MemberRow
    inside: Table  # of Access
    requests: Sequence[AccessRequest]  # that the person may answer
    roles: Sequence[tuple[str, str | Promise]]
    text: str  # that filters both lists
    url: str
    why_url: str


@dataclass(frozen=True)
class RemovalDialog:
    """What member_remove.html shows."""

    registry: Registry
    member: ProjectMember
    close_url: str

    @property
    def who(self) -> str:
        return str(self.member.user or self.member.team)


@form_page
@in_registry
def settings_members(request: HtmxRequest, registry: Registry) -> HttpResponse:
    sent = posted(request)
    if sent is not None:
        check(request.user, Action.MANAGE, registry.project)
    is_role = sent is not None and "name" in sent
    add_form = AddMembersForm(None if is_role else sent, auto_id="add_%s")
    role_form = RegistryRoleForm(sent if is_role else None, now={}, auto_id="given_%s")
    if attempt(add_form, lambda data: _add(request, registry, data)):
        return go_to(request, _after(request, registry))
    if attempt(role_form, lambda data: _set_role(request, registry, data)):
        if not wants_fragment(request):
            return go_to(request, _after(request, registry))
        role_form = RegistryRoleForm(now={})
    return _tab(request, registry, add_form, role_form)


def _tab(
    request: HtmxRequest, registry: Registry, add_form: AddMembersForm, role_form: RegistryRoleForm
) -> HttpResponse:
    """Show the tab, or its lists alone; with the messages where a form was sent."""
    context = {
        "frame": settings_frame(request.user, registry, "settings_members"),
        "page": _page(request, registry),
        "add_form": add_form,
        "role_form": role_form,
    }
    fragment = "lists" if request.htmx.target == "lists" else "settings"
    status = status_of(role_form if role_form.is_bound else add_form)
    response = render_page(request, TEMPLATE, context, fragment=fragment, status=status)
    if request.method == "POST" and wants_fragment(request):
        response.write(render_to_string("components/page/messages.html", {"oob": True}, request))
    return response


@form_page
@in_registry
def settings_member_remove(request: HtmxRequest, registry: Registry, member: str) -> HttpResponse:
    check(request.user, Action.MANAGE, registry.project)
    row = member_named(registry, member)
    who = row.user or row.team
    back = settings_url(registry, "settings_members")
    if request.method != "POST":
        page = RemovalDialog(registry, row, close_url=back)
        template = "registries/settings/member_remove.html"
        return render_page(request, template, {"page": page}, fragment="dialog")
    target: dict[str, Any] = {"users": [who]} if row.user else {"teams": [who]}
    remove_members(by=request.user, registry=registry, **target)
    messages.success(
        request,
        _("{who} no longer has a role of its own in {registry}.").format(
            who=who, registry=registry.project
        ),
    )
    return go_to(request, _after(request, registry))


@require_POST
@in_registry
def settings_member_owner(request: HtmxRequest, registry: Registry, member: str) -> HttpResponse:
    check(request.user, Action.MANAGE, registry.project)
    row = member_named(registry, member)
    if row.user is None:
        raise Invalid(_("A team can't be the owner; choose a person."))
    update_registry(
        by=request.user,
        registry=registry,
        owner=row.user.username,
        opened=read_opened(request.POST.get("opened", "")),
    )
    messages.success(
        request,
        _("{who} is now the owner of {registry}.").format(who=row.user, registry=registry.project),
    )
    return go_to(request, settings_url(registry, "settings_members"))


@exported
@in_registry
def settings_members_export(request: HtmxRequest, registry: Registry) -> Listing:
    return member_listing(registry, request.GET)


@exported
@in_registry
def settings_access_export(request: HtmxRequest, registry: Registry) -> Listing:
    return access_listing(registry, request.GET)


def _page(request: HtmxRequest, registry: Registry) -> MembersPage:
    url = settings_url(registry, "settings_members")
    members = list_page(
        request,
        member_listing(registry, request.GET),
        prefix="given_",
        url=url,
        query=request.GET,
        summary=lambda n: ngettext("{count} member · by time", "{count} members · by time", n),
    )
    inside = list_page(
        request,
        access_listing(registry, request.GET),
        prefix="people_",
        url=url,
        query=request.GET,
        summary=lambda n: ngettext("{count} person · by name", "{count} people · by name", n),
    )
    return MembersPage(
        members=replace(members, rows=member_rows(registry, members.rows)),
        inside=replace(inside, rows=access_of(registry, inside.rows)),
        requests=requests_waiting_for(request.user, registry),
        roles=ROLES,
        text=request.GET.get("q", ""),
        url=url,
        why_url=reverse("registries:why", args=[registry.organization.name, registry.name]),
    )


def _add(request: HtmxRequest, registry: Registry, data: dict[str, Any]) -> AddedMembers:
    role = data["role"]
    added = add_named(by=request.user, registry=registry, names=data["names"], role=role)
    tell_added(request, registry, added, role)
    return added


def _set_role(request: HtmxRequest, registry: Registry, data: dict[str, Any]) -> ProjectMember:
    member = member_named(registry, data["name"])
    set_member_role(
        by=request.user,
        registry=registry,
        member=member.user or member.team,
        role=data["role"],
        opened=data["opened"],
    )
    member.refresh_from_db(fields=["role"])
    messages.success(
        request,
        _("{who} now has the role {role} in {registry}.").format(
            who=member.user or member.team,
            role=member.get_role_display(),
            registry=registry.project,
        ),
    )
    return member


def _after(request: HtmxRequest, registry: Registry) -> str:
    """Return the tab's address, or the registries' where the person can't see this one any more."""
    forget_roles(request.user)  # admins may have changed their own role
    if registry.project.role_of(request.user) is None:
        return registry.organization.get_absolute_url()
    return settings_url(registry, "settings_members")
