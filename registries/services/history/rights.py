"""Who may read which event: decided here alone, for pages, files and feeds.

An event is for those who may see the thing that it is about, or could see it until it was deleted.
Names of other things in its `before` and `after` are shown by `Reading` (reading.py) only to those
who see them.
"""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership, Project, Version
from registry_site.accounts.models import Event, Kind, Organization, Team, User
from registry_site.accounts.permissions import Action
from registry_site.accounts.roles import roles_of
from registry_site.errors import NotFound


def events_visible_to(user: User) -> QuerySet[Event]:
    """Return events that speak of what the person may see, or could see until it was deleted.

    What happened in a project or registry is for those who may read there. What happened to an
    organization, a team or an entity is for those who are in it. Everything else that has no
    project (accounts, API keys, kinds of later code) is for admins of the server.
    """
    own_roles = roles_of(user)
    if own_roles.is_server_admin:
        return Event.objects.all()
    projects = Project.objects.permitting_until_deletion(Action.READ, user).order_by()
    inside = Q(project_id__in=list(projects.values_list("pk", flat=True)))
    return Event.objects.filter(inside | _in_places(user))


def _in_places(user: User) -> Q:
    """Return events of the organizations, teams and entities that the person is in."""
    own_roles = roles_of(user)
    organizations = Q(kind="organization", subject_id__in=list(own_roles.organizations))
    teams = Team.objects.visible_to(user).values_list("pk", flat=True)
    entities = [*own_roles.entities, *own_roles.organization_entities]
    of_places = organizations | Q(kind="team", subject_id__in=list(teams))
    return Q(project_id=None) & (of_places | Q(kind="entity", subject_id__in=entities))


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
