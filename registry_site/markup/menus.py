"""Entries of menus, as components/page/menu.html takes them."""

from typing import Any


def danger_item(label: str, url: str, *, icon: str = "trash", reason: str = "") -> dict[str, Any]:
    """Return the entry that opens a dialog to delete something, disabled with a `reason`."""
    return {
        "label": label,
        "icon": icon,
        "url": url,
        "danger": True,
        "dialog": True,
        "disabled": bool(reason),
        "reason": reason,
    }
