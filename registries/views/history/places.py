"""The places that have a history; each has a page, files and a feed of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership, Project
from artifacts.views import paths as project_paths
from artifacts.views.opened_version import OpenedVersion
from registries.models import Registry
from registries.services.history.rights import (
    events_of_collection,
    events_of_organization,
    events_of_project,
    events_of_team,
    events_of_version,
)
from registries.views.addresses import action_url
from registries.views.breadcrumbs import collection_crumbs
from registries.views.paths import in_collection, in_organization, in_registry, in_version
from registry_site.accounts.models import Event, Organization
from registry_site.accounts.services.members import team_named
from registry_site.pages import HtmxRequest

Crumbs = list[dict[str, str]]


@dataclass(frozen=True)
class Place:
    """What a history is about: its title, its own address, and its events."""

    title: str
    url: str
    events: QuerySet[Event]
    breadcrumb: Crumbs
    membership: Membership | None = None  # set for the history of one version
    project: Project | None = None  # the project whose tabs the page shows
    is_collection: bool = False  # its entries then don't repeat the collection's name


PlaceView = Callable[[HtmxRequest, Place], Any]
WithPlace = Callable[[PlaceView], Callable[..., Any]]


def of_collection(view: PlaceView) -> Callable[..., Any]:
    @in_collection
    @wraps(view)
    def wrapper(request: HtmxRequest, collection: Collection) -> Any:
        return view(request, _collection_place(collection, _crumbs_of(collection)))

    return wrapper


def of_sequence(view: PlaceView) -> Callable[..., Any]:
    """Hand the view the place of a collection in an ordinary project."""

    @project_paths.in_collection
    @wraps(view)
    def wrapper(request: HtmxRequest, collection: Collection) -> Any:
        return view(request, _collection_place(collection, _crumbs_of(collection)))

    return wrapper


def of_registry(view: PlaceView) -> Callable[..., Any]:
    @in_registry
    @wraps(view)
    def wrapper(request: HtmxRequest, registry: Registry) -> Any:
        organization = registry.organization
        place = Place(
            title=_("Action history of {name}").format(name=registry.name),
            url=reverse("registries:registry_history", args=[organization.name, registry.name]),
            events=events_of_project(registry.project),
            breadcrumb=_way(organization, registry),
        )
        return view(request, place)

    return wrapper


def of_project(view: PlaceView) -> Callable[..., Any]:
    @project_paths.in_project
    @wraps(view)
    def wrapper(request: HtmxRequest, project: Project) -> Any:
        place = Place(
            title=_("Action history of {name}").format(name=project.name),
            url=reverse("registries:project_history", args=[project.entity.name, project.name]),
            events=events_of_project(project),
            breadcrumb=_way(project.entity, project),
            project=project,
        )
        return view(request, place)

    return wrapper


def of_linked_version(view: PlaceView) -> Callable[..., Any]:
    @in_version
    @wraps(view)
    def wrapper(request: HtmxRequest, opened: OpenedVersion) -> Any:
        membership = opened.membership
        url = action_url(membership.collection, "version_history", membership.number)
        return view(request, _version_place(membership, url))

    return wrapper


def of_logged_version(view: PlaceView) -> Callable[..., Any]:
    @project_paths.in_version
    @wraps(view)
    def wrapper(request: HtmxRequest, opened: OpenedVersion) -> Any:
        membership = opened.membership
        path = dict(request.resolver_match.kwargs, version=membership.number)
        path.pop("kind", None)  # the format, in the address of a file
        url = reverse("registries:logged_version_history", kwargs=path)
        return view(request, _version_place(membership, url))

    return wrapper


def of_organization(view: PlaceView) -> Callable[..., Any]:
    @in_organization
    @wraps(view)
    def wrapper(request: HtmxRequest, organization: Organization) -> Any:
        place = Place(
            title=_("Action history of {name}").format(name=organization.name),
            url=reverse("registries:organization_history", args=[organization.name]),
            events=events_of_organization(organization, request.user),
            breadcrumb=_way(organization),
        )
        return view(request, place)

    return wrapper


def of_team(view: PlaceView) -> Callable[..., Any]:
    @wraps(view)
    def wrapper(request: HtmxRequest, entity: str) -> Any:
        team = team_named(entity, request.user)
        place = Place(
            title=_("Action history of {name}").format(name=team.entity.name),
            url=reverse("registries:team_history", args=[team.entity.name]),
            events=events_of_team(team, request.user),
            breadcrumb=_way(team.entity),
        )
        return view(request, place)

    return wrapper


def _collection_place(collection: Collection, breadcrumb: Crumbs) -> Place:
    return Place(
        title=_("Action history of {name}").format(name=collection.name),
        url=history_url(collection),
        events=events_of_collection(collection),
        breadcrumb=breadcrumb,
        is_collection=True,
    )


def _version_place(membership: Membership, url: str) -> Place:
    crumbs = _crumbs_of(membership.collection)[:-1]
    return Place(
        title=_("Action history of {name}").format(name=membership),
        url=url,
        events=events_of_version(membership),
        breadcrumb=[
            *crumbs,
            {"label": str(membership), "url": membership.get_absolute_url()},
            {"label": _("Action history")},
        ],
        membership=membership,
        is_collection=True,
    )


def history_url(collection: Collection) -> str:
    """Return the address of a collection's history."""
    if collection.project.is_registry:
        return action_url(collection, "collection_history")
    project = collection.project
    names = [project.entity.name, project.name, collection.artifact_type.name, collection.name]
    return reverse("registries:sequence_history", args=names)


def _crumbs_of(collection: Collection) -> Crumbs:
    if collection.project.is_registry:
        return collection_crumbs(collection, last=_("Action history"))
    project = collection.project
    return _way(project.entity, project, collection)


def _way(*rows: Any) -> Crumbs:
    """Return the breadcrumbs of a history through the pages of these rows."""
    steps = [{"label": _label(row), "url": row.get_absolute_url()} for row in rows]
    return [*steps, {"label": _("Action history")}]


def _label(row: Any) -> str:
    return str(row.name)
