"""Aliases as the SDK reads and moves them."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from artifacts.models import Alias, Collection, Membership
from artifacts.querysets.collections import LATEST
from artifacts.reads.lookups import find_membership
from artifacts.reads.version_names import MembershipNames
from artifacts.services.aliases.at_paths import CollectionPath, change_aliases
from registry_site.accounts.names import is_version_number
from registry_site.graphql.binding import field
from registry_site.graphql.connections import connection
from registry_site.queries.keyset import cursor_of
from registry_site.texts.ids import decode_id, encode_id


@dataclass(frozen=True)
class AliasName:
    """An alias in a list: a row, or one of those that follow from the numbers."""

    id: str
    alias: str
    artifact_collection: Collection


@field("ArtifactSequence", "aliases")
@field("ArtifactPortfolio", "aliases")
def collection_aliases(collection: Collection, info, after=None, first=None):
    """Return all aliases, `latest` first, without `vN` and what the SDK mistakes for it."""

    def edge(alias: Alias) -> dict[str, Any]:
        return {"node": AliasName(_alias_id(alias.pk), alias.name, collection)}

    aliases = Alias.objects.filter(collection=collection).readable()
    page = connection(info.context, aliases, first=first, after=after, edge=edge)
    return page if after else _with_latest(page, collection)


def _with_latest(page: dict[str, Any], collection: Collection) -> dict[str, Any]:
    newest = find_membership(collection, LATEST)
    if newest is None:
        return page
    cursor = cursor_of(Alias(pk=0), ["pk"])
    page["edges"].insert(0, {"node": _latest(newest, collection), "cursor": cursor})
    page["pageInfo"]["endCursor"] = page["edges"][-1]["cursor"]
    return page


def alias_names(names: MembershipNames) -> list[AliasName]:
    """Return a membership's aliases, with `latest` if it is the newest, and `vN`.

    SDKs 0.19 to 0.23 know a link's number only from `vN` and else download another version's files;
    newer ones leave it out. They can't read a second one, such as an old alias `v01`.
    """
    aliases = [
        AliasName(_alias_id(pk), name, names.collection)
        for pk, name in sorted(names.aliases, key=lambda alias: alias[1])
        if not is_version_number(name)
    ]
    if names.is_newest:
        aliases.append(_latest(names, names.collection))
    number = AliasName(encode_id("NumberAlias", names.pk), names.number, names.collection)
    return [*aliases, number]


def _latest(membership: Membership | MembershipNames, collection: Collection) -> AliasName:
    return AliasName(encode_id("LatestAlias", membership.pk), LATEST, collection)


def _alias_id(pk: int) -> str:
    return encode_id("ArtifactAlias", pk)


@field("Mutation", "addAliases")
def add_aliases(root, info, input):
    change_aliases(by=info.context.user, version_pk=_version_pk(input), added=_by_path(input))
    return {"success": True}


@field("Mutation", "deleteAliases")
def delete_aliases(root, info, input):
    change_aliases(by=info.context.user, version_pk=_version_pk(input), removed=_by_path(input))
    return {"success": True}


def _version_pk(input) -> int:
    return decode_id(input["artifactID"], "Artifact")


def _by_path(input) -> dict[CollectionPath, list[str]]:
    names: dict[CollectionPath, list[str]] = defaultdict(list)
    for alias in input["aliases"]:
        path = alias["entityName"], alias["projectName"], alias["artifactCollectionName"]
        names[CollectionPath(*path)].append(alias["alias"])
    return names
