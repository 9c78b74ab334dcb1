"""Runs by their paths and ids, and the files that they saved."""

from django.utils.translation import gettext as _

from artifacts.formats.file_names import kept_names
from artifacts.models import Blob, Project, Run, RunFile
from artifacts.reads.lookups import find_former_project, find_project, find_run
from artifacts.reads.pages.opened import open_run
from artifacts.services.reach.deleted_paths import check_run_not_deleted
from artifacts.services.reach.former_paths import names_now, not_here
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can, check
from registry_site.errors import NotFound


def reach_run(*, by: User, entity_name: str, project_name: str, name: str) -> Run:
    """Return the run of this path.

    Raises Moved where the path now leads elsewhere, Gone where the run was deleted.
    """
    run = open_run(entity_name, project_name, name)
    if run is None or not can(by, Action.READ, run.project):
        path = {"entity_name": entity_name, "project_name": project_name}
        names = names_now(by=by, **path)
        if not names:
            check_run_not_deleted(by=by, **path, name=name)
        raise not_here(
            _("There is no run “{name}” here, or you may not see it.").format(name=name), names
        )
    return run


def reach_run_to_log(*, by: User, entity_name: str, project_name: str, name: str) -> Run:
    """Return the run of this path, or of a former one, in which the person may log.

    Raises Denied where they may only see it.
    """
    project = find_project(entity_name, project_name) or find_former_project(
        entity_name, project_name
    )
    run = find_run(project, name) if project and can(by, Action.READ, project) else None
    if not project or not run:
        raise NotFound(
            _("There is no run {name!r} in {project} that you may see.").format(
                name=name, project=f"{entity_name}/{project_name}"
            )
        )
    check(by, Action.EDIT, project)
    return run


def reach_run_by_id(*, by: User, pk: int) -> Run:
    """Return the run with this primary key."""
    run = Run.objects.visible_to(by).for_api().filter(pk=pk).first()
    if run is None:
        raise NotFound(_("There is no such run that you may see."))
    return run


def reach_run_in(*, project: Project, name: str) -> Run:
    """Return the run of this name in a project that the person may see."""
    run = find_run(project, name)
    if run is None:
        raise NotFound(
            _("There is no run {name!r} in {project}.").format(name=name, project=project)
        )
    return run


def reach_run_file(*, run: Run, path: str) -> tuple[RunFile, Blob]:
    """Return a file that the run saved, and its blob; NotFound where it hasn't arrived."""
    files = run.files.filter(blob__isnull=False).select_related("blob")
    file = files.filter(name__in=kept_names([path], files, "name")).first()
    if file is None or file.blob is None:
        raise NotFound(_("There is no file “{path}” in this run.").format(path=path))
    return file, file.blob
