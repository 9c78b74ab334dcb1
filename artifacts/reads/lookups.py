"""Single rows by their names: what the SDK asks for all the time, with SQL compiled once.

Nothing here checks rights: that is for `can`, `check` and `visible_to`.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet

from artifacts.models import (
    Alias,
    Collection,
    CollectionPath,
    Membership,
    Project,
    ProjectPath,
    Run,
    Version,
    VersionTag,
)
from artifacts.querysets.collections import LATEST, NUMBER, MembershipQuerySet
from registry_site.accounts.alias_names import AliasNames
from registry_site.accounts.models import User
from registry_site.queries.prepared import first, prepared


def find_project(entity_name: str, name: str) -> Project | None:
    """Return the project of this path, whatever the capitals of the entity."""
    return first(_projects(entity_name.lower(), name))


def find_collection(project: Project, name: str) -> Collection | None:
    """Return the project's collection of this name."""
    collection = first(_collections(project.pk, name))
    if collection:
        collection.project = project
    return collection


def find_collection_of_type(
    entity_name: str, project_name: str, type_name: str, name: str
) -> Collection | None:
    """Return the collection of this path and type, with its type's project set as well."""
    collection = first(_typed_collections(entity_name.lower(), project_name, type_name, name))
    if collection:
        collection.artifact_type.project = collection.project
    return collection


def find_former_collection(entity_name: str, project_name: str, name: str) -> Collection | None:
    """Return the collection that left this path last, unless a new one has the path."""
    rows = CollectionPath.objects.at(entity_name, project_name, name)
    row = rows.select_related("collection__artifact_type", "collection__project__entity").first()
    return row.collection if row else None


def was_left(user: User, entity_name: str, project_name: str) -> bool:
    """Return whether a collection that the person may see had a path in a project of this name."""
    visible = Project.objects.visible_to(user)
    paths = CollectionPath.objects.within(entity_name, project_name)
    return paths.filter(collection__project__in=visible).exists()


def find_former_project(entity_name: str, name: str) -> Project | None:
    """Return the project that had this name last, unless a new one has the name."""
    row = ProjectPath.objects.at(entity_name, name).first()
    return row.project if row else None


def find_membership(collection: Collection, reference: str) -> Membership | None:
    """Return the live membership that `v3`, `latest`, "" or an alias names in the collection."""
    if reference in {"", LATEST}:
        membership = first(_newest_memberships(collection.pk))
    elif number := NUMBER.fullmatch(reference):
        membership = first(_numbered_memberships(collection.pk, int(number[1])))
    else:
        membership = first(_called_memberships(collection.pk, reference))
    if membership:
        membership.collection = collection
    return membership


def find_membership_of(version: Version, collection: Collection) -> Membership | None:
    """Return the version's live membership in the collection."""
    membership = first(_memberships_in(version.pk, collection.pk))
    if membership:
        membership.collection, membership.version = collection, version
    return membership


def find_membership_at(
    version_pk: int, entity_name: str, project_name: str, name: str
) -> Membership | None:
    """Return the version's live membership at this path, with the project's protected aliases."""
    rows = _memberships_at(version_pk, entity_name.lower(), project_name, name)
    membership: Membership | None = first(rows)
    if membership:
        protected = (row.protected_alias for row in rows)
        membership.collection.project.protected_alias_names = AliasNames(filter(None, protected))
    return membership


def find_version(pk: int) -> Version | None:
    """Return the version, pending or committed, with its sequence and project."""
    return first(_versions(pk))


def find_version_by_client_id(client_id: str) -> Version | None:
    """Return the version to which a client gave this id."""
    return first(_client_versions(client_id))


def find_content(sequence: Collection, digest: str, algorithm: str) -> Version | None:
    """Return the newest committed version of the sequence that has this content."""
    return first(_contents(sequence.pk, digest, algorithm))


def find_run(project: Project, name: str) -> Run | None:
    """Return the project's run of this name."""
    run = first(_runs(project.pk, name))
    if run:
        run.project = project
    return run


def read_memberships(version: Version) -> list[Membership]:
    """Return the version's live memberships, the source first, each with its aliases."""
    rows = _live_memberships(version.pk)  # a row for each alias, and for each membership without
    live = list({row.pk: row for row in rows}.values())
    _join([version], live, [_alias_of(row) for row in rows if row.alias_id])
    return live


def _alias_of(row: Membership) -> Alias:
    return Alias(
        pk=row.alias_id,
        name=row.alias_name,
        collection_id=row.collection_id,
        membership_id=row.pk,
    )


def read_memberships_of_all(versions: list[Version]) -> dict[int, list[Membership]]:
    """Return `read_memberships` of many versions, by version key; the queries don't grow."""
    among = [version.pk for version in versions]
    live = Membership.objects.live().filter(version__in=among).marking_newest()
    collections = Prefetch("collection", queryset=Collection.objects.for_api())
    aliases = Alias.objects.filter(membership__version__in=among).order_by("name")
    memberships = list(live.order_by("pk").prefetch_related(collections))
    _join(versions, memberships, aliases)
    return _by(memberships, "version_id")


def _join(
    versions: Iterable[Version], memberships: Iterable[Membership], aliases: Iterable[Alias]
) -> None:
    """Set each membership's version and aliases, which have been read already."""
    of_pk = {version.pk: version for version in versions}
    of_membership = _by(aliases, "membership_id")
    for membership in memberships:
        membership.version = of_pk[membership.version_id]
        _at_hand(membership, aliases=of_membership[membership.pk])


def fill_memberships(memberships: list[Membership]) -> None:
    """Set the collections, tags and aliases of listed memberships and of their versions.

    The number of queries doesn't grow with the list; a shared collection is one object.
    """
    versions = [membership.version for membership in memberships]
    collection_pks = {membership.collection_id for membership in memberships} | {
        each.sequence_id for each in versions
    }
    collections = Collection.with_deleted.for_api().in_bulk(collection_pks)
    tags = VersionTag.objects.filter(version__in=[version.pk for version in versions])
    aliases = Alias.objects.filter(membership__in=[membership.pk for membership in memberships])
    of_membership, of_version = _by(aliases, "membership_id"), _by(tags, "version_id")
    for membership in memberships:
        membership.collection = collections[membership.collection_id]
        membership.version.sequence = collections[membership.version.sequence_id]
        _at_hand(membership, aliases=of_membership[membership.pk])
        _at_hand(membership.version, tags=of_version[membership.version_id])


def _by(rows: Iterable[Any], key: str) -> dict[int, list[Any]]:
    rows_of: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        rows_of[getattr(row, key)].append(row)
    return rows_of


def _at_hand(row: Any, **related: list[Any]) -> None:
    """Make `row.tags.all()` return these rows, as after a prefetch, which takes far longer."""
    row._prefetched_objects_cache = related


def read_tags(version: Version) -> list[VersionTag]:
    """Return the version's tags by name, without a query where they were read before."""
    if "tags" in getattr(version, "_prefetched_objects_cache", {}):
        return sorted(version.tags.all(), key=lambda tag: tag.name)
    return _tags(version.pk)


@prepared
def _projects(entity_name: Any, name: Any) -> QuerySet:
    rows = Project.objects.filter(entity__name__lower=entity_name, name=name)
    return rows.select_related("entity")


@prepared
def _collections(project: Any, name: Any) -> QuerySet:
    rows = Collection.objects.filter(project=project, name=name)
    return rows.select_related("artifact_type")


@prepared
def _typed_collections(entity_name: Any, project_name: Any, type_name: Any, name: Any) -> QuerySet:
    rows = Collection.objects.filter(artifact_type__name=type_name, name=name).for_api()
    return rows.filter(project__entity__name__lower=entity_name, project__name=project_name)


def _memberships(**where: Any) -> MembershipQuerySet:
    """Return live memberships joined with their versions and the sequences of these."""
    sources = "version__sequence__artifact_type", "version__sequence__project__entity"
    return Membership.objects.live().filter(**where).marking_newest().select_related(*sources)


@prepared
def _newest_memberships(collection: Any) -> QuerySet:
    return _memberships(collection=collection).newest_first()[:1]


@prepared
def _numbered_memberships(collection: Any, index: Any) -> QuerySet:
    return _memberships(collection=collection, index=index)


@prepared
def _called_memberships(collection: Any, alias: Any) -> QuerySet:
    return _memberships(aliases__collection=collection, aliases__name=alias)


@prepared
def _memberships_in(version: Any, collection: Any) -> QuerySet:
    return Membership.objects.live().filter(version=version, collection=collection)


@prepared
def _memberships_at(version: Any, entity_name: Any, project_name: Any, name: Any) -> QuerySet:
    """Return the membership once for each protected alias of its project, or once."""
    rows = Membership.objects.live().filter(
        version=version,
        collection__name=name,
        collection__deleted_at__isnull=True,
        collection__project__name=project_name,
        collection__project__entity__name__lower=entity_name,
    )
    return rows.for_each_protected_alias().select_related("collection__project__entity")


@prepared
def _live_memberships(version: Any) -> QuerySet:
    rows = Membership.objects.live().filter(version=version).marking_newest().for_each_alias()
    return rows.select_related("collection__artifact_type", "collection__project__entity")


@prepared
def _versions(pk: Any) -> QuerySet:
    return Version.objects.filter(pk=pk, deleted_at__isnull=True).for_path()


@prepared
def _client_versions(client_id: Any) -> QuerySet:
    rows = Version.objects.filter(client_ids__client_id=client_id, deleted_at__isnull=True)
    return rows.for_path()


@prepared
def _contents(sequence: Any, digest: Any, algorithm: Any) -> QuerySet:
    rows = Version.objects.committed().filter(sequence=sequence, digest=digest)
    rows = rows.filter(digest_algorithm=algorithm).for_path()
    return rows.order_by("-version_index")[:1]


@prepared
def _runs(project: Any, name: Any) -> QuerySet:
    return Run.objects.filter(project=project, name=name).select_related("user__entity")


@prepared
def _tags(version: Any) -> QuerySet:
    return VersionTag.objects.filter(version=version).order_by("name")
