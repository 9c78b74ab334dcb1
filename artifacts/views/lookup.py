"""What an address names, as far as the person may see it; NotFound for everything else."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.utils.translation import gettext as _

from artifacts.formats.file_names import kept_names
from artifacts.models import Blob, Collection, ManifestEntry, Membership, Project, Run, RunFile
from artifacts.querysets.collections import alias_in
from artifacts.reads.lookups import find_former_collection, find_former_project
from artifacts.services.paths.deleted_addresses import (
    check_collection_not_deleted,
    check_membership_not_deleted,
    check_project_not_deleted,
    check_run_not_deleted,
)
from artifacts.services.paths.former_uses import record_former_use
from artifacts.services.paths.placeholders import membership_behind
from registry_site.accounts.models import User
from registry_site.accounts.names import REGISTRY_PREFIX, check_path_entity
from registry_site.accounts.permissions import Action, can
from registry_site.errors import Invalid, Moved, NotFound
from registry_site.pages import HtmxRequest


def names_now(user: User, entity: str, project: str, collection: str = "") -> dict[str, str]:
    """The names of what left this path, as parts of an address.

    Empty where nothing did, where something stands there again, or where the person may not see it.
    """
    if collection and not Collection.objects.at(entity, project, collection).exists():
        left = find_former_collection(entity, project, collection)
        if left and can(user, Action.READ, left.project):
            _note(user, left.project, project, collection)
            own = {"type_name": left.artifact_type.name, "collection": left.name}
            return _names(left.project) | own
    if not Project.objects.at(entity, project).exists():
        now = find_former_project(entity, project)
        if now and can(user, Action.READ, now):
            _note(user, now, project, collection)
            return _names(now) | ({"collection": collection} if collection else {})
    return {}


def _note(user: User, now: Project, project: str, collection: str) -> None:
    record_former_use(by=user, project=now, project_name=project, collection_name=collection)


def _names(project: Project) -> dict[str, str]:
    return {"entity": project.entity.name, "project": project.name}


def not_here(message: str, names: dict[str, str]) -> NotFound:
    """The refusal for what isn't at an address: with the names that lead on, if there are any."""
    return Moved(message, names) if names else NotFound(message)


def project_at(user: User, entity: str, name: str, collection: str = "") -> Project:
    """The project of this path; `collection` is what the address goes on with."""
    project = Project.objects.visible_to(user).at(entity, name).first()
    if project is None:
        names = names_now(user, entity, name, collection)
        if not names:
            check_project_not_deleted(by=user, entity_name=entity, name=name)
        raise not_here(
            _("There is no project “{entity}/{name}”, or you may not see it.").format(
                entity=entity, name=name
            ),
            names,
        )
    return project


def run_at(user: User, entity: str, project: str, name: str) -> Run:
    run = (
        Run.objects.visible_to(user)
        .filter(project__entity__name__lower=entity.lower(), project__name=project, name=name)
        .for_path()
        .first()
    )
    if run is None:
        names = names_now(user, entity, project)
        if not names:
            check_run_not_deleted(by=user, entity_name=entity, project_name=project, name=name)
        raise not_here(
            _("There is no run “{name}” here, or you may not see it.").format(name=name), names
        )
    return run


def collection_at(user: User, entity: str, project: str, type_name: str, name: str) -> Collection:
    """The collection of this path and type."""
    within = project_at(user, entity, project, name)
    found = Collection.objects.filter(project=within, artifact_type__name=type_name, name=name)
    collection = found.for_path().first()
    if collection is None:
        names = names_now(user, entity, project, name)
        if not names:
            _check_not_deleted(user, entity, project, name)
        raise not_here(
            _("There is no collection “{name}” of the type “{type}” here.").format(
                name=name, type=type_name
            ),
            names,
        )
    return collection


def membership_at(user: User, entity: str, project: str, type_name: str, name: str) -> Membership:
    """The live membership that `{collection}:{version or alias}` names, of this type."""
    typed = Membership.objects.visible_to(user).filter(collection__artifact_type__name=type_name)
    found = typed.for_page().at(entity, project, name)
    membership = found.first() or membership_behind(
        by=user, entity_name=entity, project_name=project, name=name
    )
    if membership is None:
        names = names_now(user, entity, project, name.partition(":")[0])
        if not names:
            _check_not_deleted(user, entity, project, name)
        raise not_here(
            _("There is no “{name}” here, or you may not see it.").format(name=name), names
        )
    membership.opened_as = alias_in(name.partition(":")[2])
    return membership


def in_version(view: Callable[..., Any]) -> Callable[..., Any]:
    """Hand the view the membership that the address names, by number or alias."""

    @wraps(view)
    def wrapper(
        request: HtmxRequest,
        entity: str,
        project: str,
        type_name: str,
        collection: str,
        version: str,
        **rest: str,
    ) -> Any:
        name = f"{collection}:{version}"
        return view(request, membership_at(request.user, entity, project, type_name, name), **rest)

    return wrapper


def file_in(membership: Membership, path: str) -> ManifestEntry:
    """A file of the version, or a reference to one, with its bytes at hand."""
    entry = membership.version.entries.filter(path=path).select_related("blob").first()
    if entry is None:
        raise NotFound(_("There is no file “{path}” in this version.").format(path=path))
    return entry


def file_of_run(run: Run, path: str) -> tuple[RunFile, Blob]:
    """A file that the run saved, with its bytes, which have come."""
    files = run.files.filter(blob__isnull=False).select_related("blob")
    file = files.filter(name__in=kept_names([path], files, "name")).first()
    if file is None or file.blob is None:
        raise NotFound(_("There is no file “{path}” in this run.").format(path=path))
    return file, file.blob


def membership_of(user: User, pk: int) -> Membership:
    """The live membership with this primary key, from whichever page it was reached."""
    membership = Membership.objects.visible_to(user).filter(pk=pk).for_path().first()
    if membership is None:
        check_membership_not_deleted(by=user, pk=pk)
        raise NotFound(_("There is no such version, or you may not see it."))
    return membership


def collection_of(user: User, pk: int) -> Collection:
    """The collection with this primary key, from whichever page it was reached."""
    collection = Collection.objects.visible_to(user).filter(pk=pk).for_path().first()
    if collection is None:
        raise NotFound(_("There is no such collection, or you may not see it."))
    return collection


def membership_named(user: User, full_name: str) -> Membership:
    """The live membership at `[{entity}/]{project}/{collection}:{version or alias}`.

    Only a registry's organization may be left out, and where only one has that registry.
    """
    entity, project, collection, reference = _parts_of(user, full_name)
    memberships = Membership.objects.visible_to(user).for_path().prefetch_related("aliases")
    membership = memberships.at(entity, project, f"{collection}:{reference}").first()
    if membership is None and (names := names_now(user, entity, project, collection)):
        now = names["entity"], names["project"], f"{names['collection']}:{reference}"
        membership = memberships.at(*now).first()
    if membership is None:
        _check_not_deleted(user, entity, project, f"{collection}:{reference}")
        raise NotFound(
            _("There is no version “{name}”, or you may not see it.").format(name=full_name[:200])
        )
    return membership


def _parts_of(user: User, full_name: str) -> tuple[str, str, str, str]:
    """Entity, project, collection, and number or alias; or raise Invalid."""
    path, _colon, reference = full_name.partition(":")
    parts = path.split("/")
    if len(parts) == 2 and parts[0].startswith(REGISTRY_PREFIX):
        parts = [_organization_of(user, parts[0]), *parts]
    for entity in parts[: len(parts) - 2]:
        check_path_entity(entity)
    if len(parts) != 3 or not all([*parts, reference]):
        raise Invalid(
            _("“{name}” is no full name of a version: write {form}.").format(
                name=full_name[:200], form="entity/project/collection:v0"
            )
        )
    return parts[0], parts[1], parts[2], reference


def _organization_of(user: User, project_name: str) -> str:
    """The org entity of the only registry of this name that the person may see."""
    registries = Project.objects.visible_to(user).registries().filter(name=project_name)
    names = list(registries.values_list("entity__name", flat=True).order_by("entity__name")[:5])
    if not names:
        raise NotFound(
            _("There is no registry “{name}”, or you may not see it.").format(
                name=project_name.removeprefix(REGISTRY_PREFIX)
            )
        )
    if len(names) > 1:
        raise Invalid(
            _(
                "Several organizations have a registry “{name}”: put one in front, as in {form}."
            ).format(
                name=project_name.removeprefix(REGISTRY_PREFIX),
                form=f"{names[0]}/{project_name}/collection:v0",
            )
        )
    return names[0]


def _check_not_deleted(user: User, entity: str, project: str, name: str) -> None:
    """Raise Gone where `{collection}:{reference}` was a version that the person could see."""
    collection, _colon, reference = name.partition(":")
    check_collection_not_deleted(
        by=user, entity_name=entity, project_name=project, name=collection, reference=reference
    )
