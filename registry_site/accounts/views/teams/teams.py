"""Views for a team's admins: members, invitations, service accounts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from registry_site.accounts.forms import (
    ApiKeyForm,
    InviteForm,
    MemberRoleForm,
    ServiceAccountForm,
)
from registry_site.accounts.models import MEMBER_ROLES, ApiKey, Invitation, Team, TeamMember, User
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.invitations import invite, withdraw_invitation
from registry_site.accounts.services.keys.service_accounts import (
    create_service_account,
    service_account_of,
)
from registry_site.accounts.services.members import (
    remove_team_member,
    set_team_member,
    team_named,
)
from registry_site.accounts.views.api_keys import show_new_key
from registry_site.accounts.views.teams.member_removal import after_removal, removal_dialog
from registry_site.accounts.views.teams.member_tables import (
    InvitationTable,
    invitation_table,
    team_member_table,
)
from registry_site.errors import Invalid, NotFound
from registry_site.pages import (
    HtmxRequest,
    Table,
    answer_form,
    attempt,
    form_page,
    go_to,
    next_url,
    posted,
    render_page,
    status_of,
)


@dataclass(frozen=True)
class TeamSettings:
    """What entity_settings.html shows beside its forms."""

    team: Team
    members: Table  # of TeamMember
    invitations: InvitationTable
    roles: Sequence[tuple[str, str | Promise]]

    @property
    def breadcrumb(self) -> list[dict[str, str]]:
        return [*_way_to(self.team), {"label": _("Settings")}]


@dataclass(frozen=True)
class AccountPage:
    """What service_account_detail.html shows beside its form."""

    team: Team
    account: User
    role: str
    keys: Sequence[ApiKey]

    @property
    def breadcrumb(self) -> list[dict[str, str]]:
        url = reverse("accounts:entity_settings", args=[self.team])
        settings = {"label": _("Settings"), "url": url}
        return [*_way_to(self.team), settings, {"label": self.account.name}]


def _way_to(team: Team) -> list[dict[str, str]]:
    return [{"label": str(team), "url": team.entity.get_absolute_url()}]


def in_own_team(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view the team; only admins of the team may open the view."""

    @wraps(view)
    def wrapper(request: HtmxRequest, entity: str, **rest: Any) -> HttpResponse:
        team = team_named(entity, request.user)
        check(request.user, Action.MANAGE, team)
        return view(request, team, **rest)

    return wrapper


@form_page
def entity_settings(request: HtmxRequest, entity: str) -> HttpResponse:
    if entity.lower() == request.user.username.lower():
        return redirect("accounts:settings")
    return _team_settings(request, entity=entity)


@in_own_team
def _team_settings(request: HtmxRequest, team: Team) -> HttpResponse:
    data = posted(request)
    is_invitation = data is not None and "who" in data
    invite_form = InviteForm(data if is_invitation else None)
    role_form = MemberRoleForm(None if is_invitation else data, now={}, auto_id="member_%s")
    if attempt(invite_form, lambda data: _invite(request, team, data)) or attempt(
        role_form, lambda data: _set_role(request, team, data)
    ):
        return go_to(request, request.path)
    page = TeamSettings(
        team=team,
        members=team_member_table(request, team),
        invitations=invitation_table(request, team),
        roles=MEMBER_ROLES,
    )
    return render_page(
        request,
        "accounts/teams/entity_settings.html",
        {"page": page, "invite_form": invite_form, "role_form": role_form},
        fragment="settings",
        status=status_of(role_form if role_form.is_bound else invite_form),
    )


@form_page
@in_own_team
def team_member_remove(request: HtmxRequest, team: Team, username: str) -> HttpResponse:
    member = team.members.filter(user__username__iexact=username).select_related("user").first()
    if member is None:
        raise NotFound(_("{team} has no member {name!r}.").format(team=team, name=username))
    back = reverse("accounts:entity_settings", args=[team])
    if request.method != "POST":
        return removal_dialog(request, team, member.user, back=back)
    remove_team_member(by=request.user, team=team, user=member.user)
    return after_removal(request, team, member.user, back=back)


@require_POST
@in_own_team
def invitation_withdraw(request: HtmxRequest, team: Team, pk: int) -> HttpResponse:
    withdraw_invitation(by=request.user, team=team, pk=pk)
    messages.success(request, _("Invitation withdrawn."))
    return HttpResponseRedirect(next_url(request, default=team.entity.get_absolute_url()))


@form_page
@in_own_team
def service_account_create(request: HtmxRequest, team: Team) -> HttpResponse:
    def create(data: dict[str, Any]) -> str:
        user = create_service_account(by=request.user, team=team, **data)
        return reverse("accounts:api_key_detail", args=[user.api_keys.latest("pk").pk])

    context = {
        "title": _("Create service account"),
        "close_url": reverse("accounts:entity_settings", args=[team]),
    }
    form = ServiceAccountForm(posted(request))
    return answer_form(request, form, "form.html", context, operation=create)


@form_page
@in_own_team
def service_account_detail(request: HtmxRequest, team: Team, username: str) -> HttpResponse:
    user = service_account_of(by=request.user, team=team, username=username)
    form = ApiKeyForm(posted(request))
    if form.is_valid():
        return show_new_key(request, user, form.cleaned_data["name"])
    page = AccountPage(
        team=team,
        account=user,
        role=team.members.get(user=user).get_role_display(),
        keys=list(user.api_keys.order_by("-pk")),
    )
    template, context = "accounts/teams/service_account_detail.html", {"page": page, "form": form}
    return render_page(request, template, context, status=422 if form.is_bound else 200)


def _invite(request: HtmxRequest, team: Team, data: dict[str, Any]) -> TeamMember | Invitation:
    who, role = data["who"], data["role"]
    person = {"email": who} if "@" in who else {"username": who}
    outcome = invite(by=request.user, team=team, role=role, **person)
    messages.success(request, _outcome(team, outcome))
    return outcome


def _outcome(team: Team, outcome: TeamMember | Invitation) -> str:
    """Return the sentence that says whether the person is in, or who has to agree first."""
    names = {"team": team, "role": outcome.get_role_display(), "organization": team.organization}
    if isinstance(outcome, TeamMember):
        return _("{who} is now in {team} as {role}.").format(who=outcome.user, **names)
    invited = _("{who} is invited to {team} as {role}.").format(who=outcome.who, **names)
    if not outcome.is_agreed:
        step = _(
            "First an admin of {organization} has to let them in ({admins}); then they are asked."
        ).format(admins=", ".join(team.organization.admin_names()), **names)
    elif outcome.user:
        step = _("They join by accepting on their home page.")
    else:
        step = _("Whoever has this address from an admin of this server joins by accepting.")
    return f"{invited} {step}"


def _set_role(request: HtmxRequest, team: Team, data: dict[str, Any]) -> TeamMember:
    members = team.members.filter(user__username__iexact=data["username"]).select_related("user")
    member = members.first()
    if member is None:
        raise Invalid(_("{name} is not in {team}.").format(name=data["username"], team=team))
    member = set_team_member(
        by=request.user, team=team, user=member.user, role=data["role"], opened=data["opened"]
    )
    messages.success(
        request,
        _("{user} now has the role {role} in {team}.").format(
            user=member.user, role=member.get_role_display(), team=team
        ),
    )
    return member
