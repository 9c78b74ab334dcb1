"""Collections, memberships in them and aliases as the SDK reads them."""

from dataclasses import dataclass
from typing import Any

from artifacts.graphql.files import files_of_version
from artifacts.models import Alias, ArtifactType, Collection, CollectionTag, Membership
from artifacts.reads.lookups import find_membership
from registry_site.accounts.names import is_version_number
from registry_site.accounts.permissions import Action, can
from registry_site.graphql.binding import abstract, field, fields
from registry_site.graphql.connections import connection, whole_list
from registry_site.queries.keyset import cursor_of
from registry_site.texts.ids import encode_id

abstract(
    Collection,
    lambda collection: "ArtifactPortfolio" if collection.is_portfolio else "ArtifactSequence",
)


@dataclass(frozen=True)
class AliasName:
    """An alias as it is listed: a row, or one of those that follow from the numbers."""

    id: str
    alias: str
    artifact_collection: Collection


def type_of_collection(collection: Collection) -> ArtifactType:
    """The collection's type, which knows its project without a query."""
    kind = collection.artifact_type
    kind.project = collection.project
    return kind


# What follows is told only of what the viewer may see: see hidden.py.
for _type in ("ArtifactSequence", "ArtifactPortfolio"):
    fields(
        _type,
        id=lambda collection: encode_id("ArtifactCollection", collection.pk),
        state=lambda collection: "DELETED" if collection.deleted_at else "READY",
        defaultArtifactType=type_of_collection,
        tags=lambda collection: whole_list(list(collection.tags.all())),
    )

    @field(_type, "aliases")
    def collection_aliases(collection: Collection, info, after=None, first=None):
        """All aliases but `vN`, and what the SDK takes for it; `latest` stands in front."""
        aliases = Alias.objects.filter(collection=collection).readable()
        page = connection(
            info.context, aliases, first=first, after=after,
            edge=lambda alias: {"node": AliasName(_alias_id(alias), alias.name, collection)},
        )  # fmt: skip
        return page if after else _with_latest(page, collection)

    @field(_type, "artifactMembership")
    def collection_membership(collection: Collection, info, aliasName):
        membership = find_membership(collection, aliasName)
        if membership:
            membership.asked_as = aliasName
        return membership


@field("ArtifactSequence", "latestArtifact")
def sequence_latest(sequence: Collection, info):
    newest = _newest(sequence)
    return newest and newest.version


@field("ArtifactSequence", "digestAlgorithm")
def sequence_algorithm(sequence: Collection, info):
    """By what the sequence's versions are summed; null while it has none."""
    newest = _newest(sequence)
    return newest and newest.version.digest_algorithm


fields(
    "ArtifactCollectionMembership",
    id=lambda membership: encode_id("ArtifactCollectionMembership", membership.pk),
    versionIndex=lambda membership: membership.index,
    artifactCollection=lambda membership: membership.collection,
    artifact=lambda membership: membership.version,
)


@field("ArtifactCollectionMembership", "aliases")
def membership_aliases(membership: Membership, info):
    return alias_names(membership)


@field("ArtifactCollectionMembership", "files")
def membership_files(membership: Membership, info, names=None, after=None, first=None):
    """List files for whoever sees the membership, with addresses for whoever may download."""
    may = can(info.context.user, Action.DOWNLOAD, membership.collection.project)
    return files_of_version(
        info.context, membership.version, may, names, membership, after=after, first=first
    )


def _with_latest(page: dict[str, Any], collection: Collection) -> dict[str, Any]:
    newest = _newest(collection)
    if newest is None:
        return page
    cursor = cursor_of(Alias(pk=0), ["pk"])
    page["edges"].insert(0, {"node": _latest(newest, collection), "cursor": cursor})
    page["pageInfo"]["endCursor"] = page["edges"][-1]["cursor"]
    return page


def alias_names(membership: Membership) -> list[AliasName]:
    """A membership's aliases, `latest` if it is the newest, and `vN`.

    SDKs 0.19 to 0.23 know a link's number only from `vN` and else download another version's
    files; newer ones leave it out. A second one, such as an old alias `v01`, they can't read.
    """
    stored = sorted(membership.aliases.all(), key=lambda alias: alias.name)
    names = [
        AliasName(_alias_id(alias), alias.name, membership.collection)
        for alias in stored
        if not is_version_number(alias.name)
    ]
    if _is_newest(membership):
        names.append(_latest(membership, membership.collection))
    number = AliasName(
        encode_id("NumberAlias", membership.pk), membership.number, membership.collection
    )
    return [*names, number]


def _is_newest(membership: Membership) -> bool:
    known = getattr(membership, "is_newest", None)  # read along in lists
    if known is None:
        newer = Membership.objects.live().filter(collection=membership.collection_id)
        return not newer.filter(index__gt=membership.index).exists()
    return known


def _latest(membership: Membership, collection: Collection) -> AliasName:
    return AliasName(encode_id("LatestAlias", membership.pk), "latest", collection)


def _alias_id(alias: Alias) -> str:
    return encode_id("ArtifactAlias", alias.pk)


def _newest(collection: Collection) -> Membership | None:
    return find_membership(collection, "latest")


fields(
    "Tag",
    id=lambda tag: encode_id("CollectionTag" if isinstance(tag, CollectionTag) else "Tag", tag.pk),
    tagCategoryName=lambda tag: None,
)
