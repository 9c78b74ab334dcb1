from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from registries.forms.registries import RegistryForm
from registries.services.members.new_registry import create_registry_with_members
from registries.views.access.added_members import tell_added
from registries.views.paths import in_organization
from registry_site.accounts.models import Organization
from registry_site.accounts.permissions import Action, check
from registry_site.pages import HtmxRequest, answer_form, form_page, posted


@form_page
@in_organization
def registry_create(request: HtmxRequest, organization: Organization) -> HttpResponse:
    check(request.user, Action.EDIT, organization)

    def create(data: dict[str, Any]) -> str:
        new = create_registry_with_members(by=request.user, organization=organization, **data)
        messages.success(request, _("Registry {name} created.").format(name=new.registry))
        if new.added:
            tell_added(request, new.registry, new.added, data["role"])
        return new.registry.get_absolute_url()

    form = RegistryForm(posted(request))
    context = {"organization": organization, "close_url": organization.get_absolute_url()}
    return answer_form(
        request, form, "registries/registry/registry_create.html", context, operation=create
    )
