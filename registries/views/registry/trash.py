from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from artifacts.views.trash.kinds import KINDS, trash_listing
from artifacts.views.trash.trash import answer_trash
from registries.models import Registry
from registries.views.breadcrumbs import registry_crumbs
from registries.views.paths import in_registry
from registry_site.accounts.views.exports import exported
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, form_page


@form_page
@in_registry
def registry_trash(request: HtmxRequest, registry: Registry) -> HttpResponse:
    crumbs = registry_crumbs(registry, _("Trash"))
    return answer_trash(request, registry.project, KINDS["collections"], _url(registry), crumbs)


@exported
@in_registry
def registry_trash_export(request: HtmxRequest, registry: Registry) -> Listing:
    return trash_listing(registry.project, "collections", _url(registry))


def _url(registry: Registry) -> str:
    return reverse("registries:registry_trash", args=[registry.organization.name, registry.name])
