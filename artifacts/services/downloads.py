"""Which bytes a person may read, by the place where they found the version."""

from django.utils.translation import gettext as _

from artifacts.lookups import find_former_collection
from artifacts.models import Blob, Collection, ManifestEntry, Membership, Version
from artifacts.services.reached import last_reference
from artifacts.services.usage import record_download
from registry_site.accounts.models import ApiKey, User
from registry_site.accounts.permissions import Action, can, check
from registry_site.errors import NotFound
from registry_site.graphql.ids import decode_id


def downloadable_file(
    *,
    by: User,
    entity_name: str,
    project_name: str,
    collection_name: str,
    digest: str,
    artifact_id: str = "",
    api_key: ApiKey | None = None,
) -> tuple[Blob, str]:
    """Return the bytes and the name of an entry with this digest (base64) in this collection.

    Without `artifact_id` any live version of the collection may hold it. Raises NotFound, and
    Denied where the role in the collection's project is too low to download.
    """
    named = Collection.objects.visible_to(by).at(entity_name, project_name, collection_name)
    collection = named.for_api().first() or find_former_collection(
        entity_name, project_name, collection_name
    )
    if collection is None or not can(by, Action.READ, collection.project):
        raise NotFound(_("There is no such collection that you may see."))
    check(by, Action.DOWNLOAD, collection.project)
    entries = ManifestEntry.objects.filter(
        digest=digest, blob__isnull=False,
        version__memberships__collection=collection,
        version__memberships__hidden_at__isnull=True,
    )  # fmt: skip
    if artifact_id:
        entries = entries.filter(version=decode_id(artifact_id, "Artifact"))
    entry = entries.select_related("blob").order_by("pk").first()
    if entry is None or entry.blob is None:
        raise NotFound(_("The collection holds no such file."))
    if artifact_id:  # else it may have been any version that has the file
        place = Membership(collection=collection, version_id=entry.version_id)
        reference = last_reference(api_key=api_key, membership=place)
        record_download(by=by, membership=place, reference=reference, api_key=api_key)
    return entry.blob, entry.name


def downloadable_place(*, by: User, version: Version) -> Membership | None:
    """Return a place of the version from which the person may download, the source first."""
    places = Membership.objects.permitting(Action.DOWNLOAD, by).filter(version=version)
    return places.for_api().order_by("pk").first()
