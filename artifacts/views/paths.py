"""Decorators that hand a view what its address names, as far as the person may see it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from artifacts.services.reach.collections import reach_collection, reach_collection_by_id
from artifacts.services.reach.memberships import reach_membership, reach_membership_by_id
from artifacts.services.reach.projects import reach_project, reach_project_by_id
from artifacts.services.reach.runs import reach_run
from artifacts.views.opened_version import OpenedVersion
from registry_site.pages import HtmxRequest

View = Callable[..., Any]


def in_project(view: View) -> View:
    """Hand the view the project of `{entity}/{project}`."""

    @wraps(view)
    def wrapper(request: HtmxRequest, entity: str, project: str, **rest: Any) -> Any:
        return view(
            request, reach_project(by=request.user, entity_name=entity, name=project), **rest
        )

    return wrapper


def in_run(view: View) -> View:
    """Hand the view the run of `{entity}/{project}/runs/{run}`."""

    @wraps(view)
    def wrapper(request: HtmxRequest, entity: str, project: str, run: str, **rest: Any) -> Any:
        path = {"entity_name": entity, "project_name": project, "name": run}
        return view(request, reach_run(by=request.user, **path), **rest)

    return wrapper


def in_collection(view: View) -> View:
    """Hand the view the collection of `{entity}/{project}/artifacts/{type}/{collection}`."""

    @wraps(view)
    def wrapper(
        request: HtmxRequest,
        entity: str,
        project: str,
        type_name: str,
        collection: str,
        **rest: Any,
    ) -> Any:
        reached = reach_collection(
            by=request.user,
            entity_name=entity,
            project_name=project,
            type_name=type_name,
            name=collection,
        )
        return view(request, reached, **rest)

    return wrapper


def in_version(view: View) -> View:
    """Hand the view the version that a number or an alias below a collection names."""

    @wraps(view)
    def wrapper(
        request: HtmxRequest,
        entity: str,
        project: str,
        type_name: str,
        collection: str,
        version: str,
        **rest: Any,
    ) -> Any:
        reached = reach_membership(
            by=request.user,
            entity_name=entity,
            project_name=project,
            type_name=type_name,
            collection_name=collection,
            reference=version,
        )
        return view(request, OpenedVersion.at(reached, version), **rest)

    return wrapper


def with_project(view: View) -> View:
    """Hand the view the project, or the registry, with this primary key."""

    @wraps(view)
    def wrapper(request: HtmxRequest, pk: int, **rest: Any) -> Any:
        return view(request, reach_project_by_id(by=request.user, pk=pk), **rest)

    return wrapper


def with_collection(view: View) -> View:
    """Hand the view the collection with this primary key, whichever page it was opened on."""

    @wraps(view)
    def wrapper(request: HtmxRequest, pk: int, **rest: Any) -> Any:
        return view(request, reach_collection_by_id(by=request.user, pk=pk), **rest)

    return wrapper


def with_membership(view: View) -> View:
    """Hand the view the membership with this primary key, whichever page it was opened on."""

    @wraps(view)
    def wrapper(request: HtmxRequest, pk: int, **rest: Any) -> Any:
        return view(request, reach_membership_by_id(by=request.user, pk=pk), **rest)

    return wrapper
