"""The names of a version, each with an address of its own: the number stays, aliases move."""

from dataclasses import dataclass

from artifacts.models import Membership
from artifacts.querysets.collections import LATEST
from artifacts.views.opened_version import OpenedVersion
from registry_site.accounts.names import can_be_alias

SHOWN = 3  # aliases beside the full name; the tab Usage has all of them


@dataclass(frozen=True)
class Name:
    """One name of a version, with the address of its page under that name."""

    name: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Naming:
    """What artifacts/version/_names.html shows: the number, and the first of the aliases."""

    names: list[Name]
    more: int  # names that only the tab Usage has
    more_url: str


def names_of(membership: Membership) -> list[str]:
    """Return the number, then the aliases: protected ones before others, and `latest` last.

    `membership` has `is_newest`. Names that the SDK or an address can't take are left out.
    """
    protected = membership.collection.project.protected_alias_names
    aliases = [alias.name for alias in membership.alias_rows if can_be_alias(alias.name)]
    aliases.sort(key=lambda name: (name not in protected, name))
    return [membership.number, *aliases, *([LATEST] if membership.is_newest else [])]


def naming_of(opened: OpenedVersion, tab: str) -> Naming:
    """Return the names of the version; each leads to the same tab of its page."""
    membership = opened.membership
    names = names_of(membership)
    first = sorted(names[1:], key=lambda name: name != opened.name)[:SHOWN]
    return Naming(
        names=[
            Name(name, membership.url_as(name, tab), name == opened.name)
            for name in names
            if name in {membership.number, *first}
        ],
        more=max(len(names) - 1 - SHOWN, 0),
        more_url=f"{opened.tab_url('usage')}#usage",
    )
