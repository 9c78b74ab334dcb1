"""A new organization."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from registries.forms.registries import OrganizationForm
from registries.services.organizations.organizations import create_organization_with_registries
from registry_site.accounts.services.people import check_server_admin
from registry_site.pages import HtmxRequest, answer_form, form_page, posted


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
