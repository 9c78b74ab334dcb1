"""Asking for a role, and answering: dialogs, and one click on the home page or the tab Members."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from artifacts.models.projects import ROLES
from registries.forms.requests import AccessAnswerForm, AccessRequestForm
from registries.models import AccessRequest, Registry
from registries.services.access.request_answers import decline_request, grant_request, reach_request
from registries.services.access.requests import (
    request_registry_access,
    request_team_access,
    requests_of,
    withdraw_request,
)
from registries.views.paths import in_organization
from registry_site.accounts.models import MEMBER_ROLES, Organization, User
from registry_site.accounts.permissions import Action, Role, can
from registry_site.accounts.services.members import team_named
from registry_site.errors import Invalid
from registry_site.pages import HtmxRequest, answer_form, form_page, next_url, page_behind, posted

SHOWN = 50  # requests at a time; others follow once these are answered
TEMPLATE = "registries/access/request.html"


@dataclass(frozen=True)
class RequestDialog:
    """What request.html shows: what the person asks for, and the role that they have there."""

    name: str
    organization: Organization
    current_role: Role | None
    address: str  # of the form
    close_url: str
    is_blind: bool = False  # the person may not see it, or it does not exist

    @property
    def title(self) -> str:
        return _("Request access to {name}").format(name=self.name)


@dataclass(frozen=True)
class AnswerDialog:
    """What answer.html shows: the request, and the page to come back to."""

    request: AccessRequest
    next: str

    @property
    def title(self) -> str:
        return _("Request of {user}").format(user=self.request.user)


@form_page
@in_organization
def access_request(request: HtmxRequest, organization: Organization) -> HttpResponse:
    name = request.GET.get("registry", "").strip()[:128]
    if not name:
        raise Invalid(_("Say which registry: {example}").format(example="?registry=NAME"))
    visible = Registry.objects.visible_to(request.user).at(organization.name, name).first()
    role = visible.project.role_of(request.user) if visible else None

    def ask(data: dict[str, Any]) -> str:
        made = request_registry_access(
            by=request.user, organization=organization, name=name, **data
        )
        return _tell_asked(request, made)

    form = _form(request, ROLES, role)
    page = RequestDialog(
        name=name,
        organization=organization,
        current_role=role,
        address=request.get_full_path(),
        close_url=reverse("registries:home"),
        is_blind=visible is None,
    )
    return answer_form(request, form, TEMPLATE, {"page": page}, operation=ask)


@form_page
def team_access_request(request: HtmxRequest, entity: str) -> HttpResponse:
    team = team_named(entity, request.user)
    role = team.role_of(request.user)

    def ask(data: dict[str, Any]) -> str:
        return _tell_asked(request, request_team_access(by=request.user, team=team, **data))

    form = _form(request, MEMBER_ROLES, role)
    page = RequestDialog(
        name=str(team),
        organization=team.organization,
        current_role=role,
        address=request.get_full_path(),
        close_url=team.entity.get_absolute_url(),
    )
    return answer_form(request, form, TEMPLATE, {"page": page}, operation=ask)


@form_page
def access_request_answer(request: HtmxRequest, pk: int) -> HttpResponse:
    access_request = reach_request(by=request.user, pk=pk)

    def answer(data: dict[str, Any]) -> str:
        if "decline" in request.POST:
            _tell_answer(request, decline_request(by=request.user, pk=pk, answer=data["answer"]))
        else:
            _tell_answer(request, grant_request(by=request.user, pk=pk, role=data["role"]))
        return next_url(request, default=reverse("registries:home"))

    roles: Any = MEMBER_ROLES if access_request.team else ROLES
    form = AccessAnswerForm(posted(request), roles=roles, initial={"role": access_request.role})
    page = AnswerDialog(access_request, next=request.POST.get("next") or page_behind(request))
    template = "registries/access/answer.html"
    return answer_form(request, form, template, {"page": page}, operation=answer)


@require_POST
def access_request_grant(request: HtmxRequest, pk: int) -> HttpResponse:
    _tell_answer(request, grant_request(by=request.user, pk=pk))
    return HttpResponseRedirect(next_url(request, default=reverse("registries:home")))


@require_POST
def access_request_withdraw(request: HtmxRequest, pk: int) -> HttpResponse:
    withdrawn = withdraw_request(by=request.user, pk=pk)
    messages.success(
        request, _("Your request for {name} was withdrawn.").format(name=withdrawn.name)
    )
    return HttpResponseRedirect(next_url(request, default=reverse("registries:home")))


def requests_waiting_for(user: User, registry: Registry | None = None) -> list[AccessRequest]:
    """Return the requests that the person may answer: all of them, or those about one registry."""
    if registry is None:
        waiting = AccessRequest.objects.waiting_for(user)
    elif can(user, Action.MANAGE, registry.project):
        waiting = AccessRequest.objects.open().filter(project=registry.project)
    else:
        return []
    return list(waiting.for_page().order_by("pk")[:SHOWN])


@dataclass(frozen=True)
class OwnRequest:
    """A request of the person, and the page that they may open now, "" for none."""

    request: AccessRequest
    url: str


def own_requests(user: User) -> list[OwnRequest]:
    """Return the person's requests for access."""
    rows = []
    for request in requests_of(user)[:SHOWN]:
        place = request.place
        page = request.team.entity if request.team else request.project
        may_open = place is not None and place.role_of(user) is not None
        url = page.get_absolute_url() if page and may_open else ""
        rows.append(OwnRequest(request, url))
    return rows


def _form(request: HtmxRequest, roles: Any, own_role: Role | None) -> AccessRequestForm:
    """Return the form with those roles to choose from that are higher than the person's own."""
    above = [
        (role, label) for role, label in roles if not own_role or Role(role).rank < own_role.rank
    ]
    role = request.GET.get("role", "")
    initial = role if role in dict(above) else Role.VIEWER
    return AccessRequestForm(posted(request), roles=above or roles, initial={"role": initial})


def _tell_asked(request: HtmxRequest, made: AccessRequest) -> str:
    if made.is_blind:
        sentence = _(
            "You have asked for {name}. If {organization} has such a registry, its admins find "
            "your request; until they answer, it waits here."
        )
    else:
        sentence = _("You have asked for {name}. Its admins find your request; it waits here.")
    text = sentence.format(name=made.name, organization=made.organization)
    messages.success(request, text)
    return reverse("registries:home")


def _tell_answer(request: HtmxRequest, answered: AccessRequest) -> None:
    if answered.state == AccessRequest.State.GRANTED:
        text = _("{user} now has the role {role} in {name}.").format(
            user=answered.user, role=answered.get_given_role_display(), name=answered.name
        )
    else:
        text = _("The request of {user} for {name} is declined.").format(
            user=answered.user, name=answered.name
        )
    messages.success(request, text)
