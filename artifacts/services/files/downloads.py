"""The bytes that a person may download, by the membership through which they reach the version."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from artifacts.models import Collection, ManifestEntry, Membership, Version
from artifacts.reads.lookups import find_former_collection
from artifacts.reads.plain_files import PlainFile, find_file_by_digest
from artifacts.services.paths.former_uses import record_former_use
from artifacts.services.paths.placeholders import project_behind, sequence_behind, versions_in
from artifacts.services.usage.last_references import last_reference
from artifacts.services.usage.usage import record_download
from registry_site.accounts.models import ApiKey, User
from registry_site.accounts.permissions import Action, can, check
from registry_site.errors import NotFound


def allowed_file(by: User, file: PlainFile | None) -> PlainFile | None:
    """Return a file that was found by its plain address, if the person may download it.

    None says nothing: the long way there finds former addresses too, and says why it refuses.
    """
    may = file is not None and can(by, Action.DOWNLOAD, file.membership.collection.project)
    return file if may else None


def downloadable_file(
    *,
    by: User,
    entity_name: str,
    project_name: str,
    collection_name: str,
    digest: str,
    version_pk: int | None = None,
    api_key: ApiKey | None = None,
) -> tuple[str, str]:
    """Return SHA-256 and name of an entry with this digest (base64) in this collection.

    Without `version_pk`, the entry may be in any live version of the collection. Raises NotFound,
    and Denied where the role in the collection's project is too low to download.
    """
    if version_pk is not None:
        file = find_file_by_digest(
            entity=entity_name,
            project=project_name,
            collection=collection_name,
            version_pk=version_pk,
            digest=digest,
        )
        if allowed := allowed_file(by, file):
            _note_at(by, allowed.membership, api_key)
            return allowed.sha256, allowed.name
    return _searched_file(
        by, (entity_name, project_name, collection_name), digest, version_pk, api_key
    )


def _searched_file(
    by: User,
    path: tuple[str, str, str],
    digest: str,
    version_pk: int | None,
    api_key: ApiKey | None,
) -> tuple[str, str]:
    """Do the same at former and hidden paths, too."""
    entity_name, project_name, collection_name = path
    collection, entries = _entries_at(by, entity_name, project_name, collection_name)
    entries = entries.filter(digest=digest, blob__isnull=False)
    if version_pk is not None:
        entries = entries.filter(version=version_pk)
    entry = entries.select_related("blob", "version__sequence__project").order_by("pk").first()
    if entry is None or entry.blob is None:
        raise NotFound(_("The collection holds no such file."))
    if collection is None:
        check(by, Action.DOWNLOAD, entry.version)
    if version_pk is not None:  # else any version with the file may be meant
        _note(by, entry.version, collection, api_key)
    return entry.blob.sha256, entry.name


def _entries_at(
    by: User, entity_name: str, project_name: str, collection_name: str
) -> tuple[Collection | None, QuerySet]:
    """Return the collection of this path (None for a hidden path) and the entries under it."""
    at_path = Collection.objects.visible_to(by).at(entity_name, project_name, collection_name)
    path = entity_name, project_name, collection_name
    here = at_path.for_api().first()
    collection = here or find_former_collection(*path)
    if collection and can(by, Action.READ, collection.project):
        check(by, Action.DOWNLOAD, collection.project)
        if here is None:
            record_former_use(
                by=by,
                project=collection.project,
                project_name=project_name,
                collection_name=collection_name,
            )
        return collection, ManifestEntry.objects.filter(
            version__memberships__collection=collection,
            version__memberships__hidden_at__isnull=True,
        )
    project = project_behind(by=by, entity_name=entity_name, name=project_name)
    hidden = project and sequence_behind(by=by, name=collection_name, project_pk=project.pk)
    if hidden is None:
        raise NotFound(_("There is no such collection that you may see."))
    versions = versions_in(by=by, sequence_pk=hidden.pk)
    return None, ManifestEntry.objects.filter(version__in=versions)


def _note(
    by: User, version: Version, collection: Collection | None, api_key: ApiKey | None
) -> None:
    """Note the download in its collection; for a hidden path, in one that the person sees."""
    membership: Membership | None = (
        Membership(collection=collection, version=version)
        if collection
        else downloadable_membership(by=by, version=version)
    )
    if membership:
        _note_at(by, membership, api_key)


def _note_at(by: User, membership: Membership, api_key: ApiKey | None) -> None:
    reference = last_reference(api_key=api_key, membership=membership)
    record_download(by=by, membership=membership, reference=reference, api_key=api_key)


def downloadable_membership(*, by: User, version: Version) -> Membership | None:
    """Return a membership of the version from which the person may download, the source first."""
    memberships = Membership.objects.permitting(Action.DOWNLOAD, by).filter(version=version)
    return memberships.for_api().order_by("pk").first()
