"""Versions, pending ones too, by the ids that the SDK uses; and their manifests."""

from django.utils.translation import gettext as _

from artifacts.models import Manifest, Version
from artifacts.reads.lookups import find_version, find_version_by_client_id
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can
from registry_site.errors import NotFound


def reach_version(*, by: User, pk: int, with_deleted: bool = False) -> Version:
    """Return the version with this primary key."""
    if with_deleted:
        version = _seen(by, Version.objects.for_api().filter(pk=pk).first())
    else:
        version = visible_version(by=by, pk=pk)
    if version is None:
        raise NotFound(_("There is no such artifact that you may see."))
    return version


def visible_version(*, by: User, pk: int) -> Version | None:
    """Return the version with this primary key, or None."""
    return _seen(by, find_version(pk))


def visible_version_by_client_id(*, by: User, client_id: str | None) -> Version | None:
    """Return the version to which a client gave this id, or None."""
    return _seen(by, find_version_by_client_id(client_id)) if client_id else None


def reach_manifest(*, by: User, pk: int) -> Manifest:
    """Return the announced manifest with this primary key, joined with its version."""
    manifest = Manifest.objects.filter(pk=pk).first()
    version = visible_version(by=by, pk=manifest.version_id) if manifest else None
    if manifest is None or version is None:
        raise NotFound(_("There is no such manifest that you may see."))
    manifest.version = version
    return manifest


def _seen(by: User, version: Version | None) -> Version | None:
    """Return the version if the person may see it: `visible_to` for one row."""
    return version if version and can(by, Action.READ, version) else None
