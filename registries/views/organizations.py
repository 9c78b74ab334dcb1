"""What `/orgs/{organization}/…` names."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from registry_site.accounts.models import Organization
from registry_site.errors import NotFound
from registry_site.pages import HtmxRequest

View = Callable[..., HttpResponse]


def in_organization(view: View) -> View:
    """Hand the view the organization; a GET under another spelling goes to the display name's."""

    @wraps(view)
    def wrapper(request: HtmxRequest, organization: str) -> HttpResponse:
        found = Organization.objects.visible_to(request.user).named(organization).first()
        if found is None:
            raise NotFound(
                _("There is no organization {name!r} that you may see.").format(name=organization)
            )
        if request.method in {"GET", "HEAD"} and organization != found.name:
            match, query = request.resolver_match, request.META.get("QUERY_STRING", "")
            path = reverse(match.view_name, args=[found.name])
            return redirect(f"{path}?{query}" if query else path)
        return view(request, found)

    return wrapper
