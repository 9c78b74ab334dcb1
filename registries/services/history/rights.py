"""Who may read which event: decided here alone, for pages, files and feeds.

An event is for those who may see the thing that it is about, or could see it until it was deleted.
Names of other things in its `before` and `after` are shown by `Reading` (reading.py) only to those
who see them.
"""

from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership, Project, Version
from registry_site.accounts.models import Event, Kind, Organization, Team, User
from registry_site.accounts.permissions import Action
from registry_site.accounts.roles import roles_of
from registry_site.accounts.sight import Sight, or_everywhere, sight_of
from registry_site.errors import NotFound
from registry_site.queries.prepared import prepared


def events_visible_to(user: User) -> QuerySet[Event]:
    """Return events that speak of what the person may see, or could see until it was deleted.

    What happened in a project or registry is for those who may read there. What happened to an
    organization, a team or an entity is for those who are in it. Everything else that has no
    project (accounts, API keys, kinds of later code) is for admins of the server.
    """
    return Event.objects.filter(within(readable_places(user)))


class Places(NamedTuple):
    """Keys of what a person may read events of. In a prepared read each is a stand-in."""

    everything: Any  # whether the person is an admin of the server
    projects: Any
    organizations: Any
    teams: Any
    entities: Any


def readable_places(user: User) -> Places:
    """Return what the person is in or may read; an admin of the server needs no keys."""
    roles = roles_of(user)
    if roles.is_server_admin:
        return Places(True, [], [], [], [])
    return Places(
        everything=False,
        projects=_projects_in_sight(sight_of(user)),
        organizations=list(roles.organizations),
        teams=_teams_of_entities(list(roles.entities)),
        entities=[*roles.entities, *roles.organization_entities],
    )


def within(places: Places) -> Q:
    """Return the condition for events of these places."""
    of_places = (
        Q(kind="organization", subject_id__among=places.organizations)
        | Q(kind="team", subject_id__among=places.teams)
        | Q(kind="entity", subject_id__among=places.entities)
    )
    inside = Q(project_id__among=places.projects) | Q(project_id=None) & of_places
    return or_everywhere(places.everything, inside)


@prepared
def _projects_in_sight(sight: Sight) -> QuerySet:
    projects = Project.objects.in_sight_until_deletion(sight, Action.READ)
    return projects.order_by("pk").values_list("pk", flat=True)


@prepared
def _teams_of_entities(entities: Any) -> QuerySet:
    return Team.objects.filter(entity__among=entities).values_list("pk", flat=True)


def reach_event(*, by: User, pk: int) -> Event:
    """Return an event that the person may read, or raise NotFound."""
    event = events_visible_to(by).filter(pk=pk).first() or _of_linked_version(by, pk)
    if event is None:
        raise NotFound(_("There is no such history entry that you may see."))
    return event


def _of_linked_version(by: User, pk: int) -> Event | None:
    """Return an event of a version that the person sees only through a link, or None."""
    event = Event.objects.filter(pk=pk, kind=Kind.VERSION).first()
    seen = event and Version.objects.visible_to(by).filter(pk=event.subject_id or 0).exists()
    return event if seen else None


def events_of_organization(organization: Organization, user: User) -> QuerySet[Event]:
    """Return events about the organization's people, roles, teams and registries."""
    registries = Project.objects.filter(entity=organization.entity_id).registries()
    of_registries = Q(kind="registry", project_id__in=list(registries.values_list("pk", flat=True)))
    itself = Q(kind="organization", subject_id=organization.pk)
    teams = Q(kind="team", subject_id__in=list(organization.teams.values_list("pk", flat=True)))
    return events_visible_to(user).filter(of_registries | itself | teams)


def events_of_team(team: Team, user: User) -> QuerySet[Event]:
    """Return events about the team's people, roles, invitations, defaults and projects."""
    projects = Project.objects.filter(entity=team.entity_id)
    of_projects = Q(kind="project", project_id__in=list(projects.values_list("pk", flat=True)))
    itself = Q(kind="team", subject_id=team.pk) | Q(kind="entity", subject_id=team.entity_id)
    return events_visible_to(user).filter(itself | of_projects)


def events_of_project(project: Project) -> QuerySet[Event]:
    """Return events in a project or registry that the caller has checked the person may read."""
    return Event.objects.filter(project_id=project.pk)


def events_of_collection(collection: Collection) -> QuerySet[Event]:
    """Return events about the collection and in it; of a sequence also those of its versions."""
    itself = Q(kind="collection", subject_id=collection.pk)
    if collection.is_portfolio:
        return Event.objects.filter(itself)
    versions = Version.with_removed.filter(sequence=collection).values("pk")
    of_versions = Q(kind="version", subject_id__in=versions)
    return Event.objects.filter(itself | of_versions, project_id=collection.project_id)


def events_of_version(membership: Membership) -> QuerySet[Event]:
    """Return events about the version itself, and about its membership here: link and aliases.

    The version's description and tags show wherever it is linked, and so do their changes.
    """
    place = Q(subject=membership.full_name)
    aliases = Q(before=membership.number) | Q(after=membership.number)
    here = Q(kind="collection", subject_id=membership.collection_id) & (place | aliases)
    return Event.objects.filter(here | Q(kind="version", subject_id=membership.version_id))
