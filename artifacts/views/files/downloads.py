"""Downloads of versions' and runs' files: rights are checked here, a signed address sends bytes."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from artifacts.models import Membership, Run
from artifacts.services.reach.memberships import reach_file
from artifacts.services.reach.runs import reach_run_file
from artifacts.services.usage.usage import record_download
from artifacts.signing import download_path
from artifacts.views.paths import in_run, with_membership
from registry_site.accounts.permissions import Action, check
from registry_site.errors import NotFound
from registry_site.pages import HtmxRequest


@require_safe
@with_membership
def file_download(request: HtmxRequest, membership: Membership, path: str) -> HttpResponse:
    check(request.user, Action.DOWNLOAD, membership.collection.project)
    entry = reach_file(membership=membership, path=path)
    if entry.blob is None:
        raise NotFound(_("There is no file “{path}” in this version.").format(path=path))
    if request.method == "GET":
        record_download(by=request.user, membership=membership, reference=membership.number)
    return redirect(download_path(entry.blob.sha256, entry.path))


@require_safe
@in_run
def run_file_download(request: HtmxRequest, run: Run, path: str) -> HttpResponse:
    check(request.user, Action.DOWNLOAD, run.project)
    file, blob = reach_run_file(run=run, path=path)
    return redirect(download_path(blob.sha256, file.name))
