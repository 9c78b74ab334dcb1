"""The comparisons that a version's page offers: those that one most likely wants."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from artifacts.models import Membership
from artifacts.querysets.collections import LATEST
from artifacts.reads.pages.governed_aliases import PRODUCTION, read_aliases_called
from artifacts.views.compare.choice import compare_url
from registry_site.accounts.alias_names import AliasNames
from registry_site.markup.menus import MenuItem

_MOST = 5  # protected aliases in the menu


@dataclass(frozen=True)
class Comparisons:
    """The comparison in one click, and the menu of the others.

    One click compares with the version in production, or under another protected alias.
    """

    first: MenuItem | None
    menu: list[MenuItem]
    base_alias: str  # of the version in that comparison, "" for none


def comparisons_of(membership: Membership) -> Comparisons:
    """Return what a version's page offers, which was read with the numbers around it."""
    path, name = membership.collection.target_path, membership.full_name
    aliases = _governed_aliases(membership)
    menu = [
        _item(_("Compare with {alias}").format(alias=alias), compare_url(f"{path}:{alias}", name))
        for alias in aliases
    ]
    first = menu.pop(0) if menu else None
    if (previous := membership.previous_index) is not None:
        label = _("Compare with the previous version, {version}").format(version=f"v{previous}")
        menu.append(_item(label, compare_url(f"{path}:v{previous}", name)))
    if not membership.is_newest:
        url = compare_url(name, f"{path}:{LATEST}")
        menu.append(_item(_("Compare with latest"), url))
    menu.append(MenuItem(_("Compare with another version"), compare_url(name), "search"))
    return Comparisons(first, menu, base_alias=aliases[0] if aliases else "")


def _item(label: str, url: str) -> MenuItem:
    return MenuItem(label, url, "compare")


def _governed_aliases(membership: Membership) -> list[str]:
    """Return protected aliases on other versions of the collection, production first."""
    protected = membership.collection.project.protected_alias_names
    names = AliasNames([*protected.all(), PRODUCTION])
    others = [
        alias.name
        for alias in read_aliases_called(names, membership.collection)
        if alias.version_id != membership.version_id
    ]
    return sorted(others, key=lambda name: (name != PRODUCTION, name))[:_MOST]
