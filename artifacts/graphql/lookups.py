"""Rows by what the SDK names them with, as far as the viewer may see them."""

from typing import Any

from django.utils.translation import gettext as _

from artifacts.graphql.projects.paths import former_collection
from artifacts.models import Collection, Manifest, Membership, Project, Run, Version
from artifacts.reads.lookups import (
    find_collection,
    find_former_project,
    find_membership_of,
    find_project,
    find_run,
    find_version,
    find_version_by_client_id,
)
from artifacts.services.paths.former_uses import record_former_use
from artifacts.services.projects import create_project
from registry_site.accounts.models import User
from registry_site.accounts.names import PLACEHOLDER, REGISTRY_PREFIX, check_path_entity
from registry_site.accounts.permissions import Action, can
from registry_site.errors import NotFound
from registry_site.texts.ids import decode_id


def version_by_id(user: User, text: str | None) -> Version | None:
    """The version of this id, pending ones too, or None."""
    return _seen(user, find_version(decode_id(text, "Artifact")))


def need_version(user: User, text: str | None, *, with_deleted: bool = False) -> Version:
    """The version of this id, or raise NotFound."""
    pk = decode_id(text, "Artifact")
    found = Version.objects.for_api().filter(pk=pk).first() if with_deleted else find_version(pk)
    version = _seen(user, found)
    if version is None:
        raise NotFound(_("There is no such artifact that you may see."))
    return version


def version_by_client_id(user: User, client_id: str | None) -> Version | None:
    """The version that a client gave this id, or None."""
    return _seen(user, find_version_by_client_id(client_id)) if client_id else None


def project_at(user: User, entity_name: str | None, name: str | None) -> Project | None:
    """The project of this path, or None; Invalid where a registry stands in the entity's part."""
    project = _seen(user, find_project(entity_name or "", name or ""))
    if project is None:
        check_path_entity(entity_name)
    return project


def _seen(user: User, found: Any) -> Any:
    """Ask of the one row what `visible_to` asks of many."""
    return found if found and can(user, Action.READ, found) else None


def need_manifest(user: User, text: str) -> Manifest:
    """The announced manifest of this id, or raise NotFound."""
    manifest = Manifest.objects.filter(pk=decode_id(text, "ArtifactManifest")).first()
    version = _seen(user, find_version(manifest.version_id)) if manifest else None
    if manifest is None or version is None:
        raise NotFound(_("There is no such manifest that you may see."))
    manifest.version = version
    return manifest


def collection_by_id(user: User, text: str | None) -> Collection | None:
    """The collection of this id, or None."""
    pk = decode_id(text, "ArtifactCollection")
    return Collection.objects.visible_to(user).for_api().filter(pk=pk).first()


def need_collection(
    user: User, text: str | None, *kinds: str, with_deleted: bool = False
) -> Collection:
    """The collection of this id, of one of these kinds (of any without), or raise NotFound."""
    rows = Collection.with_deleted if with_deleted else Collection.objects
    found = rows.filter(pk=decode_id(text, "ArtifactCollection")).for_api().first()
    collection = _seen(user, found and found.project) and found
    if not collection or (kinds and collection.kind not in kinds):
        raise NotFound(_("There is no such collection that you may see."))
    return collection


def need_collection_at(user: User, entity_name: str, project_name: str, name: str) -> Collection:
    """The collection of this path, or raise NotFound."""
    collection = _collection_at(user, entity_name, project_name, name)
    if collection is None:
        raise NotFound(_("There is no such collection that you may see."))
    return collection


def _collection_at(user: User, entity_name: str, project_name: str, name: str) -> Collection | None:
    project = project_at(user, entity_name, project_name)
    return find_collection(project, name) if project else None


def need_membership(
    user: User, version: Version, entity_name: str, project_name: str, collection_name: str
) -> Membership:
    """The version's membership in the collection of this path, or raise NotFound."""
    if PLACEHOLDER.fullmatch(collection_name):
        raise NotFound(
            _(
                "{version} was logged in a project that you can't open; "
                "change it where it is linked."
            ).format(version=version.seen_by(user))
        )
    path = entity_name, project_name, collection_name
    collection = _collection_at(user, *path) or former_collection(user, *path)
    membership = find_membership_of(version, collection) if collection else None
    if membership is None:
        raise NotFound(
            _("{version} has no membership in {collection!r} that you may see.").format(
                version=version.seen_by(user),
                collection="/".join(path),
            )
        )
    return membership


def need_target(user: User, entity_name: str | None, project_name: str | None) -> Project:
    """The project to link to: a registry that exists, or a project that is made when first used."""
    if entity_name and (project_name or "").startswith(REGISTRY_PREFIX):
        project = project_at(user, entity_name, project_name)
        if project is None:
            raise _no_registry(user, entity_name, project_name or "")
        return project
    return create_project(by=user, entity_name=entity_name, name=project_name)


def need_run(project: Project, name: str) -> Run:
    """The project's run of this name, or raise NotFound."""
    run = find_run(project, name)
    if run is None:
        raise NotFound(
            _("There is no run {name!r} in {project}.").format(name=name, project=project)
        )
    return run


def _no_registry(user: User, entity_name: str, project_name: str) -> NotFound:
    """The refusal to link to a registry that isn't there, with its name of now if it was renamed.

    A former name leads to versions only: after renaming, the SDK expects that a registry is not
    found under its old name (wandb 0.31).
    """
    name = project_name.removeprefix(REGISTRY_PREFIX)
    now = find_former_project(entity_name, project_name)
    if now and can(user, Action.READ, now):
        return NotFound(
            _(
                "The registry {name!r} is called {now!r} now, and nothing can be linked under its "
                "former name. Link to `{path}/…`."
            ).format(name=name, now=now.registry_name, path=f"{now.entity.name}/{now.name}")
        )
    return NotFound(
        _("There is no registry {name!r} in {organization!r} that you may see. {known}").format(
            name=name, organization=entity_name, known=_known_registries(user, entity_name)
        )
    )


def note_former_target(user: User, entity_name: str | None, project_name: str | None) -> None:
    """Note that the person wanted to link to a registry by its former name."""
    if entity_name and (project_name or "").startswith(REGISTRY_PREFIX):
        now = find_former_project(entity_name, project_name or "")
        if now and can(user, Action.READ, now):
            record_former_use(by=user, project=now, project_name=project_name or "")


def _known_registries(user: User, entity_name: str) -> str:
    names = (
        Project.objects.visible_to(user)
        .registries()
        .filter(entity__name__lower=entity_name.lower())
        .order_by("name")
        .values_list("name", flat=True)[:10]
    )
    known = ", ".join(name.removeprefix(REGISTRY_PREFIX) for name in names)
    if not known:
        return _("Ask an admin of your organization, or create the registry in the web app.")
    return _("Registries there: {known}.").format(known=known)
