from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from registry_site.accounts.forms import (
    AddedUserForm,
    NewPasswordForm,
    OrganizationMemberForm,
    TeamForm,
)
from registry_site.accounts.models import Organization, User
from registry_site.accounts.permissions import Action, lowest_for
from registry_site.accounts.services.members import set_organization_member
from registry_site.accounts.services.people import (
    add_person,
    check_server_admin,
    create_team,
    home_of,
    user_of,
)
from registry_site.accounts.services.profile import reset_password
from registry_site.accounts.views.exports import exported
from registry_site.errors import Denied, NotFound
from registry_site.http.exports import Listing
from registry_site.http.sent_forms import holds_secrets
from registry_site.pages import HtmxRequest, answer_form, form_page, list_page, posted, render_page

FORM = "form.html"
_COLUMNS = {
    "username": lambda user: user.username,
    "name": lambda user: user.name,
    "email": lambda user: user.email,
    "is_admin": lambda user: user.is_admin,
    "is_service": lambda user: user.is_service,
    "is_active": lambda user: user.is_active,
    "organizations": lambda user: [
        f"{member.organization.name}: {member.role}" for member in user.organization_members.all()
    ],
    "teams": lambda user: [f"{member.team}: {member.role}" for member in user.team_members.all()],
    "created_at": lambda user: user.created_at,
}


@require_safe
def people(request: HtmxRequest) -> HttpResponse:
    page = list_page(
        request,
        _listing(request.user),
        summary=lambda n: ngettext("{count} person", "{count} people", n),
    )
    context = {
        "page": page,
        "organizations": Organization.objects.with_counts()
        .select_related("entity")
        .order_by("name"),
    }
    return render_page(request, "accounts/settings/people.html", context, fragment="people")


@exported
def people_export(request: HtmxRequest) -> Listing:
    return _listing(request.user)


def _listing(user: User) -> Listing:
    """Return everybody on this server, for its admins."""
    check_server_admin(user)
    return Listing(
        url=f"{reverse('accounts:people')}/-/people",
        rows=User.objects.visible_to(user).with_collections(),
        order=("username",),
        columns=_COLUMNS,
    )


@holds_secrets("password")
@form_page
def user_create(request: HtmxRequest) -> HttpResponse:
    check_server_admin(request.user)

    def add(data: dict[str, Any]) -> str:
        user = add_person(by=request.user, **data)
        messages.success(request, _("{user} added.").format(user=user))
        return reverse("accounts:people")

    organizations = Organization.objects.visible_to(request.user).order_by("name")
    form = AddedUserForm(posted(request), organizations=organizations)
    context = {"title": _("Add person"), "close_url": reverse("accounts:people")}
    return answer_form(request, form, FORM, context, operation=add)


@holds_secrets("new")
@form_page
def user_password(request: HtmxRequest, username: str) -> HttpResponse:
    check_server_admin(request.user)
    user = User.objects.filter(username__iexact=username).first()
    if user is None:
        raise NotFound(_("There is no person {username!r} here.").format(username=username))

    def give(data: dict[str, Any]) -> str:
        reset_password(by=request.user, user=user, new=data["new"])
        messages.success(request, _("{user} has a new password.").format(user=user))
        return reverse("accounts:people")

    title = _("Set password of {user}").format(user=user)
    context = {"title": title, "close_url": reverse("accounts:people")}
    return answer_form(request, NewPasswordForm(posted(request)), FORM, context, operation=give)


@form_page
def organization_member_set(request: HtmxRequest) -> HttpResponse:
    def give(data: dict[str, Any]) -> str:
        user = user_of(data.pop("username"))
        member = set_organization_member(by=request.user, user=user, **data)
        messages.success(
            request,
            _("{user} now has the role {role} in {organization}.").format(
                user=user, role=member.get_role_display(), organization=member.organization
            ),
        )
        if request.user.is_admin:
            return reverse("accounts:people")
        return reverse("registries:organization_people", args=[member.organization.name])

    organizations = _organizations(request, Action.MANAGE)
    form = OrganizationMemberForm(
        posted(request),
        now={},
        organizations=organizations,
        home=home_of(request.user),
        initial=request.GET.dict(),
    )
    context = {"title": _("Assign role"), "close_url": reverse("registries:registry_home")}
    return answer_form(request, form, FORM, context, operation=give)


@form_page
def team_create(request: HtmxRequest) -> HttpResponse:
    def create(data: dict[str, Any]) -> str:
        team = create_team(by=request.user, **data)
        messages.success(request, _("Team {team} created.").format(team=team))
        return team.entity.get_absolute_url()

    organizations = _organizations(request, Action.EDIT)
    form = TeamForm(posted(request), organizations=organizations, home=home_of(request.user))
    context = {"title": _("Create team"), "close_url": reverse("registries:home")}
    return answer_form(request, form, FORM, context, operation=create)


def _organizations(request: HtmxRequest, action: Action) -> Any:
    """Return the organizations to choose from; raise Denied where there is none."""
    organizations = Organization.objects.permitting(action, request.user).order_by("name")
    if not organizations.exists():
        raise Denied(
            _(
                "You may do this in no organization: it needs the role {role} or above in one. "
                "Ask an admin of your organization or of this server."
            ).format(role=lowest_for(action).label)
        )
    return organizations
