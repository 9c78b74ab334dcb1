"""The page of one alias of a collection in a registry."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from artifacts.models import Collection
from artifacts.views.aliases.history import history_of, times_listing
from registries.views.breadcrumbs import collection_crumbs
from registries.views.paths import in_collection
from registry_site.accounts.views.exports import exported
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, render_page


@require_safe
@in_collection
def alias_history(request: HtmxRequest, collection: Collection, alias: str) -> HttpResponse:
    context = {
        "history": history_of(request, collection, alias),
        "breadcrumb": collection_crumbs(collection, last=alias),
    }
    template = "artifacts/aliases/alias_history.html"
    return render_page(request, template, context, fragment="times")


@exported
@in_collection
def alias_history_export(request: HtmxRequest, collection: Collection, alias: str) -> Listing:
    return times_listing(collection, alias)
