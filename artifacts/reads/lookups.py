"""Single rows by their names: what the SDK asks for all the time, with SQL compiled once.

Nothing here checks rights: that is for `can`, `check` and `visible_to`.
"""

from typing import Any

from django.db.models import QuerySet

from artifacts.models import (
    Collection,
    CollectionPath,
    Membership,
    Project,
    ProjectPath,
    Run,
    Version,
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


def find_run_at(entity_name: str, project_name: str, name: str) -> Run | None:
    """Return the run of this path, with its project as `find_project` returns it."""
    return first(_runs_at(entity_name.lower(), project_name, name))


def find_run(project: Project, name: str) -> Run | None:
    """Return the project's run of this name."""
    run = first(_runs(project.pk, name))
    if run:
        run.project = project
    return run


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
def _runs_at(entity_name: Any, project_name: Any, name: Any) -> QuerySet:
    rows = Run.objects.filter(
        project__entity__name__lower=entity_name, project__name=project_name, name=name
    )
    return rows.select_related("user__entity", "project__entity")
