"""Changes of one version's aliases in several collections at once, each named by its path."""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from typing import NamedTuple

from django.db import transaction

from artifacts.models import Membership
from artifacts.services.aliases.aliases import add_aliases, remove_aliases
from artifacts.services.reach.memberships import reach_membership_of, visible_membership_of
from artifacts.services.reach.versions import reach_version
from registry_site.accounts.models import User


class CollectionPath(NamedTuple):
    """`{entity}/{project}/{collection}`."""

    entity_name: str
    project_name: str
    collection_name: str


Names = Mapping[CollectionPath, Iterable[str]]


def change_aliases(
    *, by: User, version_pk: int, added: Names | None = None, removed: Names | None = None
) -> None:
    """Add and remove aliases of the version in the collections of these paths: all, or none.

    Raises NotFound where the version isn't in such a collection, and what `add_aliases` and
    `remove_aliases` raise.
    """
    additions = [(add_aliases, *each) for each in sorted((added or {}).items())]
    removals = [(remove_aliases, *each) for each in sorted((removed or {}).items())]
    changes = [*additions, *removals]
    if not changes:
        reach_version(by=by, pk=version_pk)
    with transaction.atomic() if len(changes) > 1 else nullcontext():  # each is all or none
        for change, path, names in changes:
            change(by=by, membership=_membership(by, version_pk, path), names=names)


def _membership(by: User, version_pk: int, path: CollectionPath) -> Membership:
    at_path = path._asdict()
    membership = visible_membership_of(by=by, version_pk=version_pk, **at_path)
    if membership:
        return membership
    version = reach_version(by=by, pk=version_pk)
    return reach_membership_of(by=by, version=version, **at_path)
