"""What an address names, as far as the person may see it; NotFound for everything else."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.utils.translation import gettext as _

from artifacts.models import Collection, ManifestEntry, Membership, Project, Run
from registry_site.accounts.names import REGISTRY_PREFIX, check_path_entity
from registry_site.errors import Invalid, NotFound
from registry_site.pages import HtmxRequest


def project_at(user: Any, entity: str, name: str) -> Project:
    project = Project.objects.visible_to(user).at(entity, name).first()
    if project is None:
        raise NotFound(
            _("There is no project “{entity}/{name}”, or you may not see it.").format(
                entity=entity, name=name
            )
        )
    return project


def run_at(user: Any, entity: str, project: str, name: str) -> Run:
    run = (
        Run.objects.visible_to(user)
        .filter(project__entity__name__lower=entity.lower(), project__name=project, name=name)
        .for_path()
        .first()
    )
    if run is None:
        raise NotFound(_("There is no run “{name}” here, or you may not see it.").format(name=name))
    return run


def collection_at(project: Project, type_name: str, name: str) -> Collection:
    """The collection of a project that the person was found to see."""
    found = Collection.objects.filter(project=project, artifact_type__name=type_name, name=name)
    collection = found.for_path().first()
    if collection is None:
        raise NotFound(
            _("There is no collection “{name}” of the type “{type}” here.").format(
                name=name, type=type_name
            )
        )
    return collection


def membership_at(user: Any, entity: str, project: str, type_name: str, name: str) -> Membership:
    """The live place that `{collection}:{version or alias}` names, of this type."""
    typed = Membership.objects.visible_to(user).filter(collection__artifact_type__name=type_name)
    found = typed.at(entity, project, name).for_path().prefetch_related("aliases")
    membership = found.first()
    if membership is None:
        raise NotFound(_("There is no “{name}” here, or you may not see it.").format(name=name))
    return membership


def in_version(view: Callable[..., Any]) -> Callable[..., Any]:
    """Hand the view the place that the address names, by number or alias."""

    @wraps(view)
    def wrapper(
        request: HtmxRequest, entity: str, project: str, type_name: str, collection: str,
        version: str, **rest: str,
    ) -> Any:  # fmt: skip
        name = f"{collection}:{version}"
        return view(request, membership_at(request.user, entity, project, type_name, name), **rest)

    return wrapper


def file_in(membership: Membership, path: str) -> ManifestEntry:
    """A file of the version, or a reference to one, with its bytes at hand."""
    entry = membership.version.entries.filter(path=path).select_related("blob").first()
    if entry is None:
        raise NotFound(_("There is no file “{path}” in this version.").format(path=path))
    return entry


def membership_of(user: Any, pk: int) -> Membership:
    """The live place with this primary key, from whichever page it was reached."""
    membership = Membership.objects.visible_to(user).filter(pk=pk).for_path().first()
    if membership is None:
        raise NotFound(_("There is no such version, or you may not see it."))
    return membership


def membership_named(user: Any, full_name: str) -> Membership:
    """The live place at `[{entity}/]{project}/{collection}:{version or alias}`.

    Only a registry's organization may be left out, and where only one has that registry.
    """
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
    parts[2] += f":{reference}"
    found = Membership.objects.visible_to(user).at(*parts).for_path().prefetch_related("aliases")
    membership = found.first()
    if membership is None:
        raise NotFound(
            _("There is no version “{name}”, or you may not see it.").format(name=full_name[:200])
        )
    return membership


def _organization_of(user: Any, project_name: str) -> str:
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
            _("Several organizations have a registry “{name}”: put one in front, as in {form}.")
            .format(
                name=project_name.removeprefix(REGISTRY_PREFIX),
                form=f"{names[0]}/{project_name}/collection:v0",
            )
        )  # fmt: skip
    return names[0]
