"""Invitations that wait for the person: their own, and those into organizations they manage."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from registry_site.accounts.models import Entity, Invitation, Organization, TeamMember, User
from registry_site.accounts.services.invitations import (
    accept_invitation,
    allow_invitation,
    decline_invitation,
    refuse_invitation,
)
from registry_site.accounts.services.people import default_entity_of
from registry_site.pages import HtmxRequest, next_url

SHOWN = 50  # invitations at a time; others follow once these are answered


@dataclass(frozen=True)
class ReceivedInvitations:
    """What accounts/teams/_invitations_received.html shows."""

    rows: Sequence[Invitation] = ()
    logs_to: Entity | None = None  # where the person's scripts go on logging, if it is to be said


def invitations_of(user: User) -> ReceivedInvitations:
    """Return what the person may accept or decline, for their home page and settings."""
    rows = list(Invitation.objects.answerable_by(user).for_page()[:SHOWN])
    # a guest's scripts log to the same entity as before
    stays = bool(rows and user.roles.organizations)
    return ReceivedInvitations(rows, default_entity_of(user) if stays else None)


def requests_to(user: User, organization: Organization | None = None) -> list[Invitation]:
    """Return invitations that wait until this person lets somebody into an organization.

    `organization` limits them to one of those that the person manages.
    """
    if organization is not None:
        waiting = Invitation.objects.filter(is_agreed=False, team__organization=organization)
    elif user.roles.administers_organizations:
        waiting = Invitation.objects.awaiting_agreement_of(user)
    else:
        return []
    return list(waiting.for_page()[:SHOWN])


@require_POST
def invitation_accept(request: HtmxRequest, pk: int) -> HttpResponse:
    member = accept_invitation(by=request.user, pk=pk)
    messages.success(request, _joined(request.user, member))
    return HttpResponseRedirect(member.team.entity.get_absolute_url())


@require_POST
def invitation_decline(request: HtmxRequest, pk: int) -> HttpResponse:
    invitation = decline_invitation(by=request.user, pk=pk)
    sentence = _("You declined the invitation to {team}.")
    return _back(request, sentence, invitation)


@require_POST
def invitation_allow(request: HtmxRequest, pk: int) -> HttpResponse:
    invitation = allow_invitation(by=request.user, pk=pk)
    sentence = _("{who} may come into {organization}, and is asked now whether to join {team}.")
    return _back(request, sentence, invitation)


@require_POST
def invitation_refuse(request: HtmxRequest, pk: int) -> HttpResponse:
    invitation = refuse_invitation(by=request.user, pk=pk)
    sentence = _("{who} is not let into {organization}; the invitation to {team} has ended.")
    return _back(request, sentence, invitation)


def _joined(user: User, member: TeamMember) -> str:
    return _(
        "You are now in {team} as {role}. What your scripts log without naming an entity goes to "
        "{entity}."
    ).format(team=member.team, role=member.get_role_display(), entity=default_entity_of(user))


def _back(request: HtmxRequest, sentence: str, invitation: Invitation) -> HttpResponse:
    team = invitation.team
    text = sentence.format(who=invitation.who, team=team, organization=team.organization)
    messages.success(request, text)
    return HttpResponseRedirect(next_url(request, default=reverse("registries:home")))
