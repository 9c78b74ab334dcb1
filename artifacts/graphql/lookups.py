"""Rows by what the SDK names them with, as far as the viewer may see them."""

from typing import Any

from django.utils.translation import gettext as _

from artifacts.models import Collection, Manifest, Project, Version
from artifacts.reads.lookups import (
    find_collection,
    find_project,
    find_version,
    find_version_by_client_id,
)
from registry_site.accounts.models import User
from registry_site.accounts.names import check_path_entity
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
