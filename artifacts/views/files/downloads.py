"""Files of versions and runs: checked here, then read from a signed address."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from artifacts.services.usage.usage import record_download
from artifacts.signing import download_path
from artifacts.views.lookup import file_in, file_of_run, membership_of, run_at
from registry_site.accounts.permissions import Action, check
from registry_site.errors import NotFound
from registry_site.pages import HtmxRequest


@require_safe
def file_download(request: HtmxRequest, pk: int, path: str) -> HttpResponse:
    membership = membership_of(request.user, pk)
    check(request.user, Action.DOWNLOAD, membership.collection.project)
    entry = file_in(membership, path)
    if entry.blob is None:
        raise NotFound(_("There is no file “{path}” in this version.").format(path=path))
    if request.method == "GET":
        record_download(by=request.user, membership=membership, reference=membership.number)
    return redirect(download_path(entry.blob.sha256, entry.path))


@require_safe
def run_file_download(
    request: HtmxRequest, entity: str, project: str, run: str, path: str
) -> HttpResponse:
    reached = run_at(request.user, entity, project, run)
    check(request.user, Action.DOWNLOAD, reached.project)
    file, blob = file_of_run(reached, path)
    return redirect(download_path(blob.sha256, file.name))
