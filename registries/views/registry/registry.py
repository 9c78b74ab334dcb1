from dataclasses import dataclass

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from artifacts.formats.markdown import render_markdown
from artifacts.models import ArtifactType, Collection, Membership
from artifacts.services.reach.former_paths import names_now
from artifacts.views.texts import is_long
from registries.models import Registry
from registries.views.addresses import settings_url
from registries.views.breadcrumbs import Crumbs, registry_crumbs
from registries.views.collection.link_snippet import link_snippet
from registries.views.paths import in_registry
from registries.views.registry.collection_table import collection_table, collections_listing
from registry_site.accounts.models import User
from registry_site.accounts.names import check_path_entity
from registry_site.accounts.views.exports import exported
from registry_site.errors import NotFound
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, render_page


@dataclass(frozen=True)
class RegistryPage:
    """What registry_detail.html shows above the table of collections."""

    registry: Registry
    used_types: list[str]  # by which the table can be filtered
    description: SafeString
    is_description_long: bool
    snippet: str  # of a script that links to the registry
    settings_url: str
    create_url: str
    breadcrumb: Crumbs


@require_safe
@in_registry
def registry_detail(request: HtmxRequest, registry: Registry) -> HttpResponse:
    if "selectionPath" in request.GET:
        return _selected(request.user, request.GET)
    table = collection_table(request, registry, request.GET)
    context = {"page": _page(request.user, registry), "table": table}
    return render_page(
        request, "registries/registry/registry_detail.html", context, fragment="collections"
    )


@exported
@in_registry
def collections_export(request: HtmxRequest, registry: Registry) -> Listing:
    return collections_listing(registry, request.GET)


def _page(user: User, registry: Registry) -> RegistryPage:
    project, organization = registry.project, registry.organization
    used = ArtifactType.objects.filter(project=project, collections__isnull=False).distinct()
    types = project.accepted_type_names or ["model"]
    place = [organization.name, registry.name]
    return RegistryPage(
        registry=registry,
        used_types=sorted(used.values_list("name", flat=True)),
        description=render_markdown(project.description or ""),
        is_description_long=is_long(project.description or ""),
        snippet=link_snippet(
            project=project, collection_name="COLLECTION_NAME", type_name=types[0], user=user
        ),
        settings_url=settings_url(registry),
        create_url=reverse("registries:collection_create", args=place),
        breadcrumb=registry_crumbs(registry),
    )


def _find(
    user: User, version: str, entity: str, project: str, collection: str
) -> Collection | Membership | None:
    if version:
        places = Membership.objects.visible_to(user).at(entity, project, f"{collection}:{version}")
        return places.for_path().first()
    return Collection.objects.visible_to(user).at(entity, project, collection).for_path().first()


@require_safe
def selection_open(request: HtmxRequest, entity: str, name: str) -> HttpResponse:
    """Redirect an address that wandb 0.31 prints for linked models.

    It is `/{entity}/registry/model?selectionPath=…`.
    """
    return _selected(request.user, request.GET)


def _selected(user: User, query: QueryDict) -> HttpResponse:
    """Redirect to the collection, or the version in it, that `selectionPath` names."""
    path, version = query.get("selectionPath", ""), query.get("version", "")
    entity, _slash, rest = path.partition("/")
    project, _slash, collection = rest.partition("/")
    row = _find(user, version, entity, project, collection)
    if row is None and (
        names := names_now(
            by=user, entity_name=entity, project_name=project, collection_name=collection
        )
    ):
        now = names["entity"], names["project"], names.get("collection", "")
        row = _find(user, version, *now)
    if row is None:
        check_path_entity(entity)
        raise NotFound(
            _("There is no version {version!r} at {path!r} that you may see.").format(
                version=version, path=path
            )
        )
    return redirect(row)
