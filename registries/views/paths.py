"""Hands views what an address names: organization, registry, collection, version."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.shortcuts import redirect
from django.urls import reverse

from artifacts.models import Collection
from artifacts.services.reach.memberships import reach_membership_in
from artifacts.views.opened_version import OpenedVersion
from registries.models import Registry
from registries.services.reach import reach_collection_in, reach_organization, reach_registry
from registry_site.accounts.models import Organization, User
from registry_site.accounts.permissions import Action, can
from registry_site.errors import Gone, NotFound
from registry_site.pages import HtmxRequest

View = Callable[..., Any]


def in_organization(view: View) -> View:
    """Hand the view the organization; redirect a GET that spells its display name otherwise."""

    @wraps(view)
    def wrapper(request: HtmxRequest, organization: str, **rest: Any) -> Any:
        row = reach_organization(by=request.user, name=organization)
        if _is_read(request) and organization != row.name:
            return redirect(_same_page(request, {"organization": row.name}))
        return view(request, row, **rest)

    return wrapper


def in_registry(view: View) -> View:
    """Hand the view the registry; redirect a GET that spells the display name otherwise."""

    @wraps(view)
    def wrapper(request: HtmxRequest, organization: str, registry: str, **rest: Any) -> Any:
        path = {"organization_name": organization, "name": registry}
        try:
            row = reach_registry(
                by=request.user, **path, collection_name=rest.get("collection", "")
            )
        except Gone:
            raise
        except NotFound as refusal:
            refusal.ask_url = _ask_url(request.user, organization, registry)
            raise
        names = {"organization": row.organization.name, "registry": row.name}
        if _is_read(request) and names != {"organization": organization, "registry": registry}:
            return redirect(_same_page(request, names))
        return view(request, row, **rest)

    return wrapper


def in_collection(view: View) -> View:
    """Hand the view the collection, with its registry's project joined."""

    @in_registry
    @wraps(view)
    def wrapper(request: HtmxRequest, registry: Registry, collection: str, **rest: Any) -> Any:
        row = reach_collection_in(
            by=request.user,
            registry=registry,
            name=collection,
            reference=rest.get("reference", ""),
        )
        return view(request, row, **rest)

    return wrapper


def in_version(view: View) -> View:
    """Hand the view the version that `v3`, `latest` or an alias names in the collection."""

    @in_collection
    @wraps(view)
    def wrapper(request: HtmxRequest, collection: Collection, reference: str, **rest: Any) -> Any:
        row = reach_membership_in(by=request.user, collection=collection, reference=reference)
        return view(request, OpenedVersion.at(row, reference), **rest)

    return wrapper


def _ask_url(user: User, organization: str, registry: str) -> str:
    """Return where to ask for access; it is the same whether the registry exists or not."""
    owner = Organization.objects.visible_to(user).with_name(organization).first()
    if owner is None or can(user, Action.MANAGE, owner):
        return ""
    url = reverse("registries:access_request", args=[owner.name])
    return f"{url}?{urlencode({'registry': registry})}"


def _is_read(request: HtmxRequest) -> bool:
    return request.method in {"GET", "HEAD"}


def _same_page(request: HtmxRequest, names: dict[str, str]) -> str:
    match = request.resolver_match
    path = reverse(match.view_name, kwargs={**match.kwargs, **names})
    query = request.META.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path
