"""Files that a run saved."""

import mimetypes
import re
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from artifacts.formats.file_names import kept_names
from artifacts.graphql.runs.runs import run_at
from artifacts.models import Blob, Project, Run, RunFile
from artifacts.services.runs import files
from artifacts.signing import download_path, no_download_path, upload_path
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can
from registry_site.errors import Invalid, NotFound
from registry_site.filters.conditions import Unfit
from registry_site.filters.patterns import read_pattern
from registry_site.graphql.binding import Context, field
from registry_site.graphql.connections import connection
from registry_site.texts.ids import decode_id, encode_id


@field("Run", "files")
def run_files(run: Run, info, names=None, after=None, first=None, pattern=None):
    may, rows = can(info.context.user, Action.DOWNLOAD, run.project), _files(run, names, pattern)

    def edge(row):
        return {"node": _file(info.context, row, row.blob, may)}

    return connection(info.context, rows, first=first, after=after, order=("name",), edge=edge)


@field("Run", "fileCount")
def run_file_count(run: Run, info):
    return _files(run).count()


def _files(run: Run, names=None, pattern: str | None = None) -> QuerySet:
    """Return files that have arrived; no names (wandb 0.31 always sends a list) means all."""
    rows = RunFile.objects.filter(run=run, blob__isnull=False).select_related("blob")
    if names:
        given_names = [name for name in names if name is not None]
        rows = rows.filter(name__in=kept_names(given_names, rows, "name"))
    if pattern:
        rows = rows.filter(name__re2=_like(pattern))
    return rows


def _like(pattern: str) -> str:
    """Return a pattern of SQL's LIKE as a regular expression."""
    parts = (
        {"%": ".*", "_": "."}.get(part) or re.escape(part[-1])
        for part in re.findall(r"\\.|.", pattern, re.DOTALL)
    )
    try:
        return read_pattern("^" + "".join(parts) + "$")
    except Unfit as error:
        raise Invalid(_("The pattern can't be used: {reason}.").format(reason=error)) from error


def _file(context: Context, row: RunFile, blob: Blob, may: bool) -> dict:
    def address() -> str:
        path = download_path(blob.sha256, row.name) if may else no_download_path(row.name)
        return context.base_url + path

    return {
        "id": encode_id("RunFile", row.pk),
        "name": row.name,
        "displayName": row.name,
        "url": address,
        "directUrl": address,
        "sizeBytes": blob.size,
        "mimetype": mimetypes.guess_type(row.name)[0],
        "updatedAt": row.updated_at,
        "digest": blob.md5,
        "md5": blob.md5,
        "uploadHeaders": [],
    }


@field("Mutation", "createRunFiles")
def create_run_files(root, info, input):
    user, base = info.context.user, info.context.base_url
    run = run_at(user, input)
    names = list(dict.fromkeys(input["files"]))
    rows = files.create_run_files(by=user, run=run, names=names)
    uploads = [  # core finds each by the name that it sent (wandb 0.31)
        {"name": name, "uploadUrl": base + upload_path("run_file", row.pk)}
        for name, row in zip(names, rows, strict=True)
    ]
    return {"runID": encode_id("Run", run.pk), "uploadHeaders": [], "files": uploads}


@field("Mutation", "markRunFilesUploaded")
def mark_run_files_uploaded(root, info, input):
    user = info.context.user
    files.check_run_files(by=user, run=run_at(user, input), names=input["files"])
    return {"success": True}


@field("Mutation", "deleteFiles")
def delete_files(root, info, input):
    """Delete files; wandb 0.31 names the project by its number, older releases may leave it out."""
    user, pks = info.context.user, [decode_id(text, "RunFile") for text in input["files"]]
    project = _project_of(user, pks, input.get("projectId"))
    files.delete_run_files(by=user, project=project, pks=pks)
    return {"success": True}


def _project_of(user: User, pks: list[int], number: Any) -> Project:
    """Return the project with this number, or that of the files; raise NotFound without one."""
    if number is None:
        number = RunFile.objects.filter(pk__in=pks).values_list("run__project", flat=True).first()
    project = Project.objects.visible_to(user).for_role().filter(pk=number).first()
    if project is None:
        raise NotFound(_("There are no such files that you may see."))
    return project
