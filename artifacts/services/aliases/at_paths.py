"""Changes of one version's aliases in several collections at once, each named by its path."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db import transaction

from artifacts.models import Version
from artifacts.services.aliases.aliases import add_aliases, remove_aliases
from artifacts.services.reach.memberships import reach_membership_of
from registry_site.accounts.models import User


class CollectionPath(NamedTuple):
    """`{entity}/{project}/{collection}`."""

    entity_name: str
    project_name: str
    collection_name: str


Names = Mapping[CollectionPath, Iterable[str]]


@transaction.atomic
def change_aliases(
    *, by: User, version: Version, added: Names | None = None, removed: Names | None = None
) -> None:
    """Add and remove aliases of the version in the collections of these paths: all, or none.

    Raises NotFound where the version isn't in such a collection, and what `add_aliases` and
    `remove_aliases` raise.
    """
    for path, names in sorted((added or {}).items()):
        membership = reach_membership_of(by=by, version=version, **path._asdict())
        add_aliases(by=by, membership=membership, names=names)
    for path, names in sorted((removed or {}).items()):
        membership = reach_membership_of(by=by, version=version, **path._asdict())
        remove_aliases(by=by, membership=membership, names=names)
