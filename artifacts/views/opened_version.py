"""A version under the name that the address of its page has for it."""

from dataclasses import dataclass
from typing import Self

from artifacts.models import Membership
from artifacts.querysets.collections import alias_in


@dataclass(frozen=True)
class OpenedVersion:
    """A membership, and the alias by which its page was opened: "" for its number, which stays."""

    membership: Membership
    alias: str = ""

    @classmethod
    def at(cls, membership: Membership, reference: str) -> Self:
        """Return the version that the address names by a number or an alias."""
        return cls(membership, alias_in(reference))

    def __str__(self) -> str:
        return f"{self.membership.collection.name}:{self.name}"

    @property
    def name(self) -> str:
        return self.alias or self.membership.number

    @property
    def full_name(self) -> str:
        return f"{self.membership.collection.target_path}:{self.name}"

    def tab_url(self, tab: str) -> str:
        """Return the address of the page, or of a tab, under the same name."""
        return self.membership.url_as(self.name, tab)
