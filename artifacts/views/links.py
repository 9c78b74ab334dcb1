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
        names = VersionName.of(membership)
        rows = membership.aliases.all() if aliases is None else aliases
        # by the names, whose addresses are made faster: a version may have 1,000 links
        is_latest = getattr(membership, "is_newest", False)
        chips = alias_chips(names, aliases=rows, is_latest=is_latest, protected=protected)
        return cls(names, chips)
