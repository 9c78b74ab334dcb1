"""How long a version lives, from any page that shows it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from artifacts.forms.ttl import VersionTtlForm
from artifacts.models import Membership
from artifacts.services.versions.ttl import expires_at, set_version_ttl
from artifacts.services.versions.versions import is_linked
from artifacts.views.paths import with_membership
from registry_site.accounts.permissions import Action, check
from registry_site.pages import HtmxRequest, attempt, form_page, posted, render_form, show_again


@dataclass(frozen=True)
class TtlPage:
    """What ttl_edit.html shows beside the form."""

    title: str
    created_at: dt.datetime
    expires_at: dt.datetime | None
    default_days: int  # of the team, 0 where it has no default
    is_linked: bool
    close_url: str


@form_page
@with_membership
def ttl_edit(request: HtmxRequest, membership: Membership) -> HttpResponse:
    version = membership.version
    check(request.user, Action.EDIT, version)
    form = VersionTtlForm(posted(request), now={"ttl_seconds": version.ttl_seconds})

    def save(data: dict[str, Any]) -> Any:
        return set_version_ttl(by=request.user, version=version, **data)

    if saved := attempt(form, save):
        messages.success(request, _meaning(str(membership), saved))
        return show_again(request, membership.get_absolute_url())
    page = TtlPage(
        title=_("TTL of {version}").format(version=membership),
        created_at=version.created_at,
        expires_at=expires_at(version),
        default_days=(version.sequence.project.entity.default_ttl_seconds or 0) // 86_400,
        is_linked=is_linked(version),
        close_url=membership.get_absolute_url(),
    )
    return render_form(request, form, "artifacts/retention/ttl_edit.html", {"page": page})


def _meaning(name: str, version: Any) -> str:
    """Return what the saved TTL means, in words."""
    if at := expires_at(version):
        return _("TTL saved: {version} goes to the trash on {day}.").format(
            version=name, day=at.date().isoformat()
        )
    return _("TTL saved: {version} does not expire.").format(version=name)
