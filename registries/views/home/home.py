from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from artifacts.reads.pages.newest_versions import NewMembership, read_newest_versions
from artifacts.views.usage.code import log_code
from registries.models import AccessRequest
from registries.services.home import HomePlace, may_wait_for, places_of, registries_of
from registries.views.access.requests import OwnRequest, own_requests, requests_waiting_for
from registries.views.history.activity import home_activity
from registries.views.history.entries.entries import Entry
from registries.views.registry.cards import RegistryCard, cards_of
from registry_site.accounts.models import Invitation, Organization, Team, User
from registry_site.accounts.permissions import Action, Role
from registry_site.accounts.views.teams.invitations import (
    ReceivedInvitations,
    invitations_of,
    requests_to,
)
from registry_site.markup.shown import Shown
from registry_site.pages import HtmxRequest, render_page, server_address

LINKS = 2  # links shown for one version


@dataclass(frozen=True)
class RecentVersion(Shown):
    """A version that was logged or linked lately, with all of its memberships, newest first."""

    memberships: Sequence[NewMembership]

    @property
    def last(self) -> NewMembership:
        """The membership that says by whom and when."""
        return self.memberships[0]

    @property
    def source(self) -> NewMembership | None:
        """Where it was logged; None where the person may not see it."""
        return next((each for each in self.memberships if each.is_source), None)

    @property
    def title(self) -> NewMembership:
        return self.source or self.memberships[-1]

    @property
    def links(self) -> Sequence[NewMembership]:
        return self._links[:LINKS]

    @property
    def more_links(self) -> int:
        return len(self._links[LINKS:])

    @property
    def _links(self) -> Sequence[NewMembership]:
        return [each for each in self.memberships if not each.is_source]


@dataclass(frozen=True)
class Waiting:
    """What waits for an answer of the person, or of somebody else to the person."""

    invitations: ReceivedInvitations
    requests: Sequence[Invitation]  # of others into their organizations
    access_requests: Sequence[AccessRequest]
    own_requests: Sequence[OwnRequest]


@dataclass(frozen=True)
class NextStep:
    """The next step on the way to a linked version."""

    lacks: str  # organization, team or run
    organizations: Sequence[Organization]
    server_admins: Iterable[User]
    may_create_team: bool
    commands: str
    snippet: str


@dataclass(frozen=True)
class HomePage:
    """What home.html shows."""

    places: Sequence[HomePlace]
    activity: Sequence[Entry]
    registries: Sequence[RegistryCard]
    versions: Sequence[RecentVersion]
    next: NextStep | None
    waiting: Waiting


@require_safe
def home(request: HtmxRequest) -> HttpResponse:
    user = request.user
    places = places_of(user)
    page = HomePage(
        places=places,
        activity=home_activity(user),
        registries=cards_of(registries_of(user)),
        versions=[RecentVersion(each) for each in read_newest_versions(user)],
        next=_next_step(request, any(place.projects for place in places)),
        waiting=_what_waits(user),
    )
    return render_page(request, "registries/home/home.html", {"page": page})


def _what_waits(user: User) -> Waiting:
    """Return what waits; that is nothing on most days, which one statement finds out.

    To read it all would take four long ones.
    """
    has_invitations, has_requests = may_wait_for(user)
    return Waiting(
        invitations=invitations_of(user) if has_invitations else ReceivedInvitations(),
        requests=requests_to(user) if has_invitations else [],
        access_requests=requests_waiting_for(user) if has_requests else [],
        own_requests=own_requests(user) if has_requests else [],
    )


def _next_step(request: HtmxRequest, has_project: bool) -> NextStep | None:
    """Return the first thing that the person lacks, None where they lack nothing."""
    user, own_roles = request.user, request.user.roles
    roles = [own_roles.entity_role(entity) for entity in own_roles.team_entities.values()]
    if has_project and any(role in {Role.ADMIN, Role.MEMBER} for role in roles):
        return None
    loggable = Team.objects.loggable_by(user).filter(pk__in=list(own_roles.teams)).first()
    organizations = list(Organization.objects.filter(members__user=user))
    admins = User.objects.filter(is_admin=True, is_active=True).order_by("username")
    return NextStep(
        lacks="organization" if not organizations else "run" if loggable else "team",
        organizations=organizations,
        server_admins=admins[:5],
        may_create_team=Organization.objects.permitting(Action.EDIT, user).exists(),
        commands=f"pip install wandb\nwandb login --host={server_address(request)}",
        snippet=log_code((loggable or user).entity.name, "first-steps"),
    )
