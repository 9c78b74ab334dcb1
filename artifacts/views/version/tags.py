"""Tags of a version, from any page that shows them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from artifacts.forms import TagForm
from artifacts.models import Membership
from artifacts.reads.pages.version_rows import tags_of_version
from artifacts.services.versions.versions import update_version
from artifacts.views.paths import with_membership
from registry_site.accounts.permissions import Action, can, check
from registry_site.errors import Conflict, Invalid
from registry_site.pages import (
    HtmxRequest,
    close_overlay,
    form_page,
    next_url,
    posted,
    render_form,
    undo_address,
    wants_fragment,
)


@dataclass(frozen=True)
class TagsPanel:
    """What artifacts/version/_tags.html shows."""

    key: int  # of the membership on whose page they are
    names: Sequence[str]
    can_edit: bool


@form_page
@with_membership
def tag_add(request: HtmxRequest, membership: Membership) -> HttpResponse:
    version = membership.version
    check(request.user, Action.EDIT, version)
    form = TagForm(posted(request))
    if _taken(
        form, lambda names: update_version(by=request.user, version=version, tags_added=names)
    ):
        messages.success(request, _("Tags added to {version}.").format(version=membership))
        return _tags(request, membership)
    title = _("Add tags to {version}").format(version=membership)
    context = {
        "title": title,
        "button": _("Add tags"),
        "close_url": membership.get_absolute_url(),
    }
    return render_form(request, form, "artifacts/version/version_form.html", context)


@require_POST
@with_membership
def tag_remove(request: HtmxRequest, membership: Membership) -> HttpResponse:
    name = request.POST.get("tag", "")
    update_version(by=request.user, version=membership.version, tags_removed=[name])
    undo = undo_address(reverse("artifacts:tag_add", args=[membership.pk]), names=[name])
    text = _("Tag {name} removed from {version}.").format(name=name, version=membership)
    messages.success(request, text, extra_tags=undo)
    return _tags(request, membership)


def _taken(form: Form, change: Callable[[Any], Any]) -> bool:
    """Return whether the form was sent, is valid, and the operation accepted its only field."""
    if not form.is_bound or not form.is_valid():
        return False
    (field,) = form.fields
    try:
        change(form.cleaned_data[field])
    except (Invalid, Conflict) as error:
        form.add_error(field, error.message)
        return False
    return True


def _tags(request: HtmxRequest, membership: Membership) -> HttpResponse:
    """Show the tags again; they stand in one place of the page only."""
    if not wants_fragment(request):
        return redirect(next_url(request, membership.get_absolute_url()))
    version = membership.version
    may_edit = can(request.user, Action.EDIT, version)
    panel = TagsPanel(membership.pk, tags_of_version(version.pk), may_edit)
    return close_overlay(request, "artifacts/version/_tags.html", {"tags": panel}, "#tags")
