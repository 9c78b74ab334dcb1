"""The names of a version, each with an address of its own: the number stays, aliases move."""

from typing import Any

from artifacts.models import Membership
from artifacts.querysets.collections import LATEST
from registry_site.accounts.names import can_be_alias

SHOWN = 3  # aliases beside the full name; the tab Usage has all of them


def names_of(membership: Membership) -> list[str]:
    """The number first, then what moves, protected aliases before others and `latest` last.

    `membership` knows whether it `is_newest`. What the SDK or an address can't take is left out.
    """
    protected = membership.collection.project.protected_alias_names
    aliases = [alias.name for alias in membership.aliases.all() if can_be_alias(alias.name)]
    aliases.sort(key=lambda name: (name not in protected, name))
    return [membership.number, *aliases, *([LATEST] if membership.is_newest else [])]


def names_context(membership: Membership, tab: str) -> dict[str, Any]:
    """Return what artifacts/version/_names.html shows: on each tab one switches to the same tab."""
    names = names_of(membership)
    opened = membership.opened_as or membership.number
    first = sorted(names[1:], key=lambda name: name != opened)[:SHOWN]
    return {
        "names": [
            {"name": name, "url": membership.url_as(name, tab), "current": name == opened}
            for name in names
            if name in {membership.number, *first}
        ],
        "more": max(len(names) - 1 - SHOWN, 0),
        "more_url": f"{membership.tab_url('usage')}#usage",
    }


def aliases_of(membership: Membership, *, is_latest: bool) -> list[str]:
    """Return the aliases by name, as all lists and files have them: `latest` in front."""
    names = sorted(alias.name for alias in membership.aliases.all())
    return [LATEST, *names] if is_latest else names
