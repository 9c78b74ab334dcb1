"""What was deleted from a project and can still be brought back."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.models import Project, Version
from artifacts.services.trash import restore_version
from artifacts.views.browser import breadcrumb_of
from artifacts.views.lookup import project_at
from registry_site.accounts.permissions import Action, can
from registry_site.errors import NotFound
from registry_site.pages import HtmxRequest, Table, form_page, go_to, render_page, table_of


@form_page
def trash_list(request: HtmxRequest, entity: str, project: str) -> HttpResponse:
    found = project_at(request.user, entity, project)
    if found.is_registry:
        return redirect(found)
    if request.method == "POST":
        version = _deleted(found, request.POST.get("version", ""))
        version = restore_version(by=request.user, version=version)
        messages.success(request, _("{version} is back.").format(version=version))
        return go_to(request, request.path)
    context = {
        "project": found,
        "versions": _versions(request, found),
        "days": settings.TRASH_DAYS,
        "can_restore": can(request.user, Action.EDIT, found),
        "breadcrumb": breadcrumb_of(found, last=_("Trash")),
    }
    return render_page(request, "artifacts/trash_list.html", context, fragment="trash")


def _versions(request: HtmxRequest, project: Project) -> Table:
    """The project's deleted versions, each with the time until which it can be restored."""
    table = table_of(
        request,
        Version.objects.in_trash().filter(sequence__project=project).for_trash(),
        order=("-deleted_at", "-pk"),
        summary=lambda n: ngettext(
            "{count} deleted version · last deleted first",
            "{count} deleted versions · last deleted first",
            n,
        ),
    )
    for version in table.rows:
        version.kept_until = version.deleted_at + timedelta(days=settings.TRASH_DAYS)
    return table


def _deleted(project: Project, text: str) -> Version:
    """The version that a Restore button names; one that is back already is fine, too."""
    versions = Version.objects.filter(sequence__project=project).for_path()
    version = versions.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None
    if version is None:
        raise NotFound(_("There is no such version in the trash; it may be gone for good."))
    return version
