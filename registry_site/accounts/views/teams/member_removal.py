"""Removing a person from a team or an organization: the question before, and the page after."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from registry_site.accounts.models import Organization, Team, User
from registry_site.accounts.services.admins import is_only_admin
from registry_site.pages import HtmxRequest, go_to, render_page


@dataclass(frozen=True)
class RemovalDialog:
    """What member_remove.html shows: who is to leave what."""

    person: User
    place: Team | Organization
    is_only_admin: bool
    close_url: str

    @property
    def organization(self) -> Organization:
        return self.place.organization if isinstance(self.place, Team) else self.place


def removal_dialog(
    request: HtmxRequest, place: Team | Organization, user: User, *, back: str
) -> HttpResponse:
    """Ask whether to remove the person, and say what they lose."""
    page = RemovalDialog(user, place, is_only_admin(place, user), close_url=back)
    template = "accounts/teams/member_remove.html"
    return render_page(request, template, {"page": page}, fragment="dialog")


def after_removal(
    request: HtmxRequest, place: Team | Organization, user: User, *, back: str
) -> HttpResponse:
    """Say that the person was removed; lead a person who removed themselves to another page."""
    messages.success(request, _("{user} is no longer in {place}.").format(user=user, place=place))
    return go_to(request, reverse("registries:home") if user == request.user else back)
