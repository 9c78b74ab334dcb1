"""What was deleted from a project and can still be brought back."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.models import Membership, Project, Version
from artifacts.services.restoration import Restoration, restore_version
from artifacts.views.browser import breadcrumb_of
from artifacts.views.lookup import project_at
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.views.exports import exported
from registry_site.errors import NotFound
from registry_site.exports import Columns, Listing
from registry_site.pages import HtmxRequest, Table, form_page, go_to, list_page, render_page

_COLUMNS: Columns = {
    "version": str,
    "type": lambda version: version.sequence.artifact_type.name,
    "size": lambda version: version.size,
    "files": lambda version: version.file_count,
    "digest": lambda version: version.digest,
    "created_at": lambda version: version.created_at,
    "deleted_at": lambda version: version.deleted_at,
    "deleted_by": lambda version: version.deleted_by and version.deleted_by.username,
    "kept_until": lambda version: version.kept_until,
}


@form_page
def trash_list(request: HtmxRequest, entity: str, project: str) -> HttpResponse:
    found = project_at(request.user, entity, project)
    if found.is_registry:
        return redirect(found)
    if request.method == "POST":
        version = _deleted(found, request.POST.get("version", ""))
        restoration = restore_version(by=request.user, version=version)
        messages.success(request, " ".join(_what_is_back(request.user, restoration)))
        for lost in _what_is_lost(request.user, restoration):
            messages.warning(request, lost)
        return go_to(request, request.path)
    context = {
        "project": found,
        "versions": _versions(request, found),
        "days": settings.TRASH_DAYS,
        "can_restore": can(request.user, Action.EDIT, found),
        "breadcrumb": breadcrumb_of(found, last=_("Trash")),
    }
    return render_page(request, "artifacts/trash_list.html", context, fragment="trash")


def _what_is_back(user: Any, restoration: Restoration) -> Iterator[str]:
    yield _("{version} is back.").format(version=restoration.version)
    if restoration.links:
        yield _("So are its links: {links}.").format(links=_names(user, restoration.links))
    if restoration.aliases:
        yield _("So are its aliases: {aliases}.").format(
            aliases=_aliases(user, restoration.aliases)
        )


def _what_is_lost(user: Any, restoration: Restoration) -> Iterator[str]:
    if restoration.lost_links:
        yield _(
            "These links can't come back, because their collections were deleted meanwhile or "
            "hold another type by now: {links}. Link the version again where it is needed."
        ).format(links=_names(user, restoration.lost_links))
    if restoration.lost_aliases:
        yield _(
            "These aliases didn't come back, because another version has them by now or they "
            "were protected meanwhile: {aliases}."
        ).format(aliases=_aliases(user, restoration.lost_aliases))


def _names(user: Any, links: list[Membership]) -> str:
    """Their full names; those that the person may not see are only counted."""
    seen = [each.full_name for each in links if _may_see(user, each)]
    return _with_hidden(seen, len(links) - len(seen))


def _aliases(user: Any, aliases: list[tuple[Membership, str]]) -> str:
    seen = [f"{each.collection}:{name}" for each, name in aliases if _may_see(user, each)]
    return _with_hidden(seen, len(aliases) - len(seen))


def _may_see(user: Any, membership: Membership) -> bool:
    return membership.collection.project.role_until_deletion(user) is not None


def _with_hidden(names: list[str], hidden: int) -> str:
    if hidden:
        text = ngettext(
            "{count} in a project that you cannot open",
            "{count} in projects that you cannot open",
            hidden,
        )
        names = [*names, text.format(count=hidden)]
    return ", ".join(names)


def _versions(request: HtmxRequest, project: Project) -> Table:
    """The project's deleted versions, each with the time until which it can be restored."""
    return list_page(
        request,
        _listing(project),
        summary=lambda n: ngettext(
            "{count} deleted version · last deleted first",
            "{count} deleted versions · last deleted first",
            n,
        ),
    )


@exported
def trash_export(request: HtmxRequest, entity: str, project: str) -> Listing:
    return _listing(project_at(request.user, entity, project))


def _listing(project: Project) -> Listing:
    place = [project.entity.name, project.name]
    return Listing(
        url=f"{reverse('artifacts:trash_list', args=place)}/-/versions",
        rows=Version.objects.in_trash().filter(sequence__project=project).for_trash(),
        order=("-deleted_at", "-pk"),
        columns=_COLUMNS,
        complete=_say_until_when,
        has_pages=False,
    )


def _say_until_when(versions: list[Any]) -> None:
    for version in versions:
        version.kept_until = version.deleted_at + timedelta(days=settings.TRASH_DAYS)


def _deleted(project: Project, text: str) -> Version:
    """The version that a Restore button names; one that is back already is fine, too."""
    versions = Version.objects.filter(sequence__project=project).for_path()
    version = versions.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None
    if version is None:
        raise NotFound(_("There is no such version in the trash; it may be gone for good."))
    return version
