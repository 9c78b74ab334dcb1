"""What an address names, as far as the person may see it: organization, registry, version."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership
from artifacts.querysets.collections import alias_in
from artifacts.services.paths.deleted_addresses import (
    check_collection_not_deleted,
    check_project_not_deleted,
)
from artifacts.services.reach.former_paths import names_now, not_here
from registries.models import Registry
from registry_site.accounts.models import Organization, User
from registry_site.accounts.names import REGISTRY_PREFIX
from registry_site.accounts.permissions import Action, can
from registry_site.errors import DomainError, NotFound
from registry_site.pages import HtmxRequest

View = Callable[..., Any]


def in_organization(view: View) -> View:
    """Hand the view the organization; a GET under another spelling goes to the display name's."""

    @wraps(view)
    def wrapper(request: HtmxRequest, organization: str, **rest: str) -> Any:
        row = Organization.objects.visible_to(request.user).named(organization).first()
        if row is None:
            raise NotFound(
                _("There is no organization {name!r} that you may see.").format(name=organization)
            )
        if request.method in {"GET", "HEAD"} and organization != row.name:
            return redirect(_same_page(request, {"organization": row.name}))
        return view(request, row, **rest)

    return wrapper


def in_registry(view: View) -> View:
    """Hand the view the registry; a GET under another spelling goes to the display name's."""

    @wraps(view)
    def wrapper(request: HtmxRequest, organization: str, registry: str, **rest: str) -> Any:
        row = Registry.objects.visible_to(request.user).at(organization, registry).first()
        if row is None:
            names_by_now = _names_now(
                request.user, organization, registry, rest.get("collection", "")
            )
            if not names_by_now:
                _check_not_deleted(request.user, organization, registry)
            raise _no_registry(request.user, organization, registry, names_by_now)
        names = {"organization": row.organization.name, "registry": row.name}
        names_in_address = {"organization": organization, "registry": registry}
        if request.method in {"GET", "HEAD"} and names != names_in_address:
            return redirect(_same_page(request, names))
        return view(request, row, **rest)

    return wrapper


def _no_registry(
    user: User, organization: str, name: str, names_by_now: dict[str, str]
) -> DomainError:
    """The refusal; it offers to ask for access, and is the same whether there is one or not."""
    refusal = not_here(
        _("There is no registry {name!r} here that you may see.").format(name=name), names_by_now
    )
    owner = Organization.objects.visible_to(user).named(organization).first()
    if owner is not None and not can(user, Action.MANAGE, owner):
        url = reverse("registries:access_request", args=[owner.name])
        refusal.ask_url = f"{url}?{urlencode({'registry': name})}"
    return refusal


def in_collection(view: View) -> View:
    """Hand the view the collection, with its registry's project at hand."""

    @in_registry
    @wraps(view)
    def wrapper(request: HtmxRequest, registry: Registry, collection: str, **rest: str) -> Any:
        row = (
            Collection.objects.filter(project=registry.project, name=collection)
            .select_related("artifact_type", "updated_by")
            .first()
        )
        if row is None:
            names = _names_now(request.user, registry.organization.name, registry.name, collection)
            if not names:
                _check_collection(request.user, registry, collection, rest.get("reference", ""))
            raise not_here(
                _("There is no collection {name!r} in {registry}.").format(
                    name=collection, registry=registry.project
                ),
                names,
            )
        row.project = registry.project
        return view(request, row, **rest)

    return wrapper


def in_version(view: View) -> View:
    """Hand the view the place that `v3`, `latest` or an alias names in the collection."""

    @in_collection
    @wraps(view)
    def wrapper(request: HtmxRequest, collection: Collection, reference: str, **rest: Any) -> Any:
        places = Membership.objects.visible_to(request.user).filter(collection=collection)
        row = places.for_page().called(reference).first()
        if row is None:
            _check_collection(request.user, collection.project.registry, collection.name, reference)
            raise NotFound(
                _("There is no version or alias {name!r} in {collection}.").format(
                    name=reference, collection=collection.target_path
                )
            )
        row.collection, row.opened_as = collection, alias_in(reference)
        return view(request, row, **rest)

    return wrapper


def _names_now(user: User, organization: str, registry: str, collection: str) -> dict[str, str]:
    """The names of what left this path, as parts of an address of ours; see `names_now`."""
    owner = Organization.objects.visible_to(user).named(organization).first()
    if owner is None:
        return {}
    names = names_now(
        by=user,
        entity_name=owner.entity.name,
        project_name=REGISTRY_PREFIX + registry,
        collection_name=collection,
    )
    if names:
        names["organization"] = owner.name
        names["registry"] = names["project"].removeprefix(REGISTRY_PREFIX)
    return names


def _check_not_deleted(user: User, organization: str, name: str) -> None:
    """Raise Gone where the organization had a registry of this name that the person could see."""
    owner = Organization.objects.visible_to(user).named(organization).first()
    if owner:
        check_project_not_deleted(
            by=user, entity_name=owner.entity.name, name=f"{REGISTRY_PREFIX}{name}"
        )


def _check_collection(user: User, registry: Registry, name: str, reference: str) -> None:
    """Raise Gone where the registry had this collection, or in it this version or alias."""
    project = registry.project
    check_collection_not_deleted(
        by=user,
        entity_name=project.entity.name,
        project_name=project.name,
        name=name,
        reference=reference,
    )


def _same_page(request: HtmxRequest, names: dict[str, str]) -> str:
    match = request.resolver_match
    path = reverse(match.view_name, kwargs={**match.kwargs, **names})
    query = request.META.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path
