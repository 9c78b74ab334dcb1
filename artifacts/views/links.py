"""One collection of a version, as the pages of the version in another collection name it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.utils.safestring import SafeString

from artifacts.models import Alias, Membership
from artifacts.reads.pages.names import VersionName
from registry_site.accounts.alias_names import AliasNames
from registry_site.markup.chips import alias_chips


@dataclass(frozen=True)
class Link:
    """A version in a collection that the person may see, with its aliases there as chips."""

    names: VersionName
    chips: SafeString

    @classmethod
    def to(
        cls, membership: Membership, protected: AliasNames, aliases: Iterable[Alias] | None = None
    ) -> Self:
        """Return the link; without `aliases` the membership's prefetched ones are taken."""
        chips = alias_chips(membership, aliases=aliases, protected=protected)
        return cls(VersionName.of(membership), chips)
