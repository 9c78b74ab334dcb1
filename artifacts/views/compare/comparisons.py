"""Where a version's page leads to a comparison: what one most wants to compare it with."""

from typing import Any

from django.utils.translation import gettext as _

from artifacts.models import Alias, Membership
from artifacts.querysets.collections import LATEST
from artifacts.views.compare.choice import compare_url
from registry_site.accounts.alias_names import AliasNames

PRODUCTION = "production"
_MOST = 5  # protected aliases in the menu


def comparisons_of(membership: Membership) -> dict[str, Any]:
    """Return the comparison in one click, None if there is none, and the menu of the others.

    `base_alias` is the alias that the one in one click compares with, "" for none.
    In one click: with what is in production, or under another alias that the project protects.
    `membership.is_newest` is at hand.
    """
    path, name = membership.collection.target_path, membership.full_name
    aliases = _governed_aliases(membership)
    menu = [
        {
            "label": _("Compare with {alias}").format(alias=alias),
            "url": compare_url(f"{path}:{alias}", name),
            "icon": "compare",
        }
        for alias in aliases
    ]
    first = menu.pop(0) if menu else None
    base_alias = aliases[0] if aliases else ""
    if (previous := _previous_index(membership)) is not None:
        label = _("Compare with the previous version, {version}").format(version=f"v{previous}")
        url = compare_url(f"{path}:v{previous}", name)
        menu.append({"label": label, "url": url, "icon": "compare"})
    if not membership.is_newest:
        url = compare_url(name, f"{path}:{LATEST}")
        menu.append({"label": _("Compare with latest"), "url": url, "icon": "compare"})
    another = {"label": _("Compare with another version"), "url": compare_url(name)}
    menu.append(another | {"icon": "search"})
    return {"first": first, "menu": menu, "base_alias": base_alias}


def _governed_aliases(membership: Membership) -> list[str]:
    """Aliases on other versions of the collection that say what counts; production comes first."""
    names = AliasNames([*membership.collection.project.protected_alias_names.all(), PRODUCTION])
    others = Alias.objects.filter(collection=membership.collection).exclude(membership=membership)
    named = others.filter(membership__hidden_at__isnull=True).among(names)
    found = [alias.name for alias in named]
    return sorted(found, key=lambda name: (name != PRODUCTION, name))[:_MOST]


def _previous_index(membership: Membership) -> int | None:
    live = Membership.objects.live().filter(
        collection=membership.collection, index__lt=membership.index
    )
    return live.newest_first().values_list("index", flat=True).first()
