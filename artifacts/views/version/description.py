"""The description of a version, from any page that shows it."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from artifacts.forms import DescriptionForm
from artifacts.models import Membership
from artifacts.services.versions.versions import update_version
from artifacts.views.paths import with_membership
from registry_site.accounts.permissions import Action, check
from registry_site.pages import (
    HtmxRequest,
    attempt,
    form_page,
    posted,
    render_form,
    show_again,
)


@form_page
@with_membership
def description_edit(request: HtmxRequest, membership: Membership) -> HttpResponse:
    version = membership.version
    check(request.user, Action.EDIT, version)
    form = DescriptionForm(posted(request), now={"description": version.description})
    if attempt(form, lambda data: update_version(by=request.user, version=version, **data)):
        messages.success(request, _("Description of {version} saved.").format(version=membership))
        return show_again(request, membership.get_absolute_url())
    title = _("Description of {version}").format(version=membership)
    context = {
        "title": title,
        "button": _("Save description"),
        "close_url": membership.get_absolute_url(),
    }
    return render_form(request, form, "artifacts/version/version_form.html", context)
