from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from registries.forms.registries import OrganizationForm, RegistryForm
from registries.services.members.new_registry import create_registry_with_members
from registries.services.organizations.organizations import create_organization_with_registries
from registries.views.access.added import tell_added
from registries.views.paths import in_organization
from registry_site.accounts.models import Organization
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.people import check_server_admin
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


@form_page
def organization_create(request: HtmxRequest) -> HttpResponse:
    check_server_admin(request.user)

    def create(data: dict[str, Any]) -> str:
        organization = create_organization_with_registries(by=request.user, **data)
        messages.success(request, _("Organization {name} created.").format(name=organization))
        return reverse("accounts:people")

    form = OrganizationForm(posted(request))
    context = {"title": _("Create organization"), "close_url": reverse("accounts:people")}
    return answer_form(request, form, "form.html", context, operation=create)
