from django.http import HttpResponse
from django.views.decorators.http import require_safe

from registries.models import Registry
from registries.views.paths import in_registry
from registries.views.settings.frame import render_settings
from registry_site.pages import HtmxRequest


@require_safe
@in_registry
def settings_general(request: HtmxRequest, registry: Registry) -> HttpResponse:
    return render_settings(
        request, registry, "settings_general", "registries/settings/general.html"
    )
