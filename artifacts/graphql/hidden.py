"""Stand-ins for collections, projects, entities and types that the viewer may not see.

These objects are made here and nowhere else: every row of a guarded model passes `guard` on its
way into an answer. They hold no row, only its number, from which placeholders are made; what
they answer is all in this file. A client that sends a placeholder back reaches the same object.

What wandb 0.31 does with them:
- names: it makes folders of them (`{collection}:v{N}`), sends them back in paths, and decides by
  them whether an artifact is a link. So each thing has one name, for good. Without a project it
  drops the artifact from `run.used_artifacts()`, and `source_project` is "".
- ids: it sends them back (for a collection's aliases).
- `createdAt`: it must be a time, and is only displayed: it is NEVER, or null where it may be.
- `readOnly`: true keeps it from writing to the source when an alias of a link is saved.
- an entity's organization: `link()` looks there for the registry; only members get the answer.
- lists of versions have those that the viewer sees through other collections. Other lists are
  empty where they must not be null; else they are null, and the client reports that it can't read
  the answer.
- runs have no stand-in: `createdBy` is null, and `logged_by()` is None, as without a run.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from artifacts.graphql.files.files import files_of_version
from artifacts.graphql.loading import list_together, may_see
from artifacts.models import ArtifactType, Collection, Project, Version
from artifacts.querysets.collections import NUMBER
from artifacts.services.paths.placeholders import (
    placeholder_of,
    project_behind,
    sequence_behind,
    sequences_behind,
    versions_in,
)
from registry_site.accounts.models import Entity, Organization
from registry_site.accounts.permissions import Action, can
from registry_site.errors import Invalid
from registry_site.filters import Column, read_order
from registry_site.graphql.binding import Context, Hidden, abstract, guard
from registry_site.graphql.connections import MAX_PAGE, connection, whole_list
from registry_site.texts.ids import encode_id, encode_opaque_id

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
COMMITTED = {"state": "COMMITTED"}  # what wandb 0.31 asks for: the only ones that are listed
_ORDERS = {name: Column(name) for name in ("version_index", "created_at", "updated_at", "size")}


@dataclass(frozen=True)
class _Named(Hidden):
    """A hidden thing that has a name and an id."""

    pk: int

    kind: ClassVar[str]
    type_name: ClassVar[str]
    created_at: ClassVar[datetime] = NEVER

    @property
    def name(self) -> str:
        return placeholder_of(self.kind, self.pk)

    @property
    def id(self) -> str:
        return encode_opaque_id(self.type_name, self.name)


@dataclass(frozen=True)
class HiddenEntity(_Named):
    """The owner of a hidden project; to the viewer it is always a team."""

    kind, type_name = "entity", "Entity"
    is_team = read_only = private_only = True
    read_only_admin = code_saving_enabled = False
    default_access = "PRIVATE"
    members = ()
    storage_bytes = 0

    def organization(self, info: Any) -> Organization | None:
        visible = Organization.objects.visible_to(info.context.user).select_related("entity")
        return visible.filter(teams__entity=self.pk).first()

    def project(self, info: Any, name: str | None = None) -> "HiddenProject | None":
        hidden = project_behind(by=info.context.user, entity_name=self.name, name=name or "")
        return hide_project(hidden) if hidden else None


@dataclass(frozen=True)
class HiddenProject(_Named):
    """A project of which the viewer sees single versions, through links to them."""

    entity_pk: int

    kind, type_name = "project", "Project"
    read_only, is_benchmark, allow_all_artifact_types_in_registry = True, False, False
    members = team_members = ()
    run_count = 0

    @property
    def internal_id(self) -> str:
        return encode_opaque_id("ProjectInternalId", self.name)

    @property
    def entity(self) -> HiddenEntity:
        return HiddenEntity(self.entity_pk)

    @property
    def entity_name(self) -> str:
        return self.entity.name

    def artifact_collection(self, info: Any, name: str) -> "HiddenCollection | None":
        sequence = sequence_behind(by=info.context.user, name=name, project_pk=self.pk)
        return hide_collection(sequence) if sequence else None

    def artifact_collection_membership(self, info: Any, name: str) -> "HiddenMembership | None":
        collection, _colon, reference = name.partition(":")
        hidden = self.artifact_collection(info, collection)
        return hidden.artifact_membership(info, reference) if hidden else None

    def artifact(self, info: Any, name: str, **_tracking: Any) -> Version | None:
        membership = self.artifact_collection_membership(info, name)
        return membership.artifact if membership else None

    def artifact_type(self, info: Any, name: str) -> "HiddenType | None":
        kind = ArtifactType.objects.filter(project=self.pk, name=name).first()
        visible = Version.objects.visible_to(info.context.user).filter(sequence__artifact_type=kind)
        return HiddenType(kind.pk, kind.name, self) if kind and visible.exists() else None

    def artifact_types(self, info: Any, **_page: Any) -> dict[str, Any]:
        visible = Version.objects.visible_to(info.context.user).filter(sequence__project=self.pk)
        kinds = ArtifactType.objects.filter(pk__in=visible.values("sequence__artifact_type"))
        return whole_list([HiddenType(kind.pk, kind.name, self) for kind in kinds.order_by("name")])

    def artifact_collections(self, info: Any, **_page: Any) -> dict[str, Any]:
        sequences = sequences_behind(by=info.context.user, project=self.pk)
        return whole_list([hide_collection(each) for each in sequences[:MAX_PAGE]])


@dataclass(frozen=True)
class HiddenType(_Named):
    """The type of a version whose source is hidden; its name is real, since it is the version's."""

    name: str = ""  # the real name
    project: HiddenProject | None = None

    kind, type_name = "type", "ArtifactType"

    @property
    def id(self) -> str:
        return encode_opaque_id(self.type_name, placeholder_of(self.kind, self.pk))

    def artifact_collection(self, info: Any, name: str) -> "HiddenCollection | None":
        hidden = self.project and self.project.artifact_collection(info, name)
        return hidden if hidden and hidden.default_artifact_type == self else None

    artifact_sequence = artifact_collection

    def artifact_collections(self, info: Any, **_page: Any) -> dict[str, Any]:
        sequences = sequences_behind(by=info.context.user, artifact_type=self.pk)
        return whole_list([hide_collection(each) for each in sequences[:MAX_PAGE]])

    def artifact(self, info: Any, name: str) -> Version | None:
        collection, _colon, reference = name.partition(":")
        hidden = self.artifact_collection(info, collection)
        membership = hidden and hidden.artifact_membership(info, reference)
        return membership.artifact if membership else None


@dataclass(frozen=True)
class HiddenCollection(_Named):
    """A sequence of which the viewer sees single versions, or a portfolio that they don't see."""

    project: HiddenProject
    default_artifact_type: HiddenType
    is_portfolio: bool

    kind, type_name = "collection", "ArtifactCollection"
    state = "READY"

    def tags(self, info: Any) -> dict[str, Any]:
        return whole_list([])

    def aliases(self, info: Any, **_page: Any) -> dict[str, Any]:
        return whole_list([])

    # `aliasName`, `filters` and the like are named as the SDL has them
    def artifact_membership(self, info: Any, aliasName: str) -> "HiddenMembership | None":
        """Return the membership with this number; other aliases are hidden with the collection."""
        number = NUMBER.fullmatch(aliasName)
        versions = versions_in(by=info.context.user, sequence_pk=self.pk)
        version = number and versions.for_api().filter(version_index=int(number[1])).first()
        return HiddenMembership(version, self) if version else None

    def artifacts(
        self,
        info: Any,
        filters: Any = None,
        order: Any = None,
        after: str | None = None,
        first: int | None = None,
    ) -> dict[str, Any]:
        """Return those of its versions that the viewer sees elsewhere; the newest first."""
        if filters not in (None, {}, COMMITTED):
            raise Invalid(_("Versions of a collection that you may not see can't be filtered."))
        page = connection(
            info.context,
            versions_in(by=info.context.user, sequence_pk=self.pk),
            first=first,
            after=after,
            order=read_order(order, _ORDERS, "-version_index"),
            detail=Version.objects.for_list(),
            edge=lambda version: {"node": version, "version": f"v{version.version_index}"},
        )
        list_together(info.context, [edge["node"] for edge in page["edges"]])
        return page


@dataclass(frozen=True)
class HiddenMembership(Hidden):
    """The membership, in a hidden collection, of a version that the viewer sees."""

    artifact: Version
    artifact_collection: HiddenCollection

    @property
    def id(self) -> str:
        return encode_id("HiddenMembership", self.artifact.pk)

    @property
    def version_index(self) -> int | None:
        return self.artifact.version_index

    @property
    def created_at(self) -> datetime:
        return self.artifact.created_at

    def aliases(self, info: Any) -> list[dict[str, Any]]:
        number = f"v{self.version_index}"
        where = {"artifactCollection": self.artifact_collection}
        return [{"id": encode_id("NumberAlias", self.artifact.pk), "alias": number, **where}]

    def files(
        self, info: Any, names: Any = None, after: str | None = None, first: int | None = None
    ) -> dict[str, Any]:
        """Return files as for a version reached by id: the highest visible role decides."""
        may = can(info.context.user, Action.DOWNLOAD, self.artifact)
        return files_of_version(info.context, self.artifact, may, names, after=after, first=first)


def hide_entity(entity: Entity) -> HiddenEntity:
    return HiddenEntity(entity.pk)


def hide_project(project: Project) -> HiddenProject:
    return HiddenProject(project.pk, project.entity_id)


def hide_collection(collection: Collection) -> HiddenCollection:
    project, kind = hide_project(collection.project), collection.artifact_type
    hidden_type = HiddenType(kind.pk, kind.name, project)
    return HiddenCollection(collection.pk, project, hidden_type, collection.is_portfolio)


def _seen_project(project: Project, context: Context) -> Project | HiddenProject:
    return project if may_see(context, project) else hide_project(project)


def _seen_collection(collection: Collection, context: Context) -> Collection | HiddenCollection:
    return collection if may_see(context, collection.project) else hide_collection(collection)


def _seen_type(kind: ArtifactType, context: Context) -> ArtifactType | HiddenType:
    if may_see(context, kind.project):
        return kind
    return HiddenType(kind.pk, kind.name, hide_project(kind.project))


guard(Project, _seen_project)
guard(Collection, _seen_collection)
guard(ArtifactType, _seen_type)
abstract(
    HiddenCollection,
    lambda hidden: "ArtifactPortfolio" if hidden.is_portfolio else "ArtifactSequence",
)
