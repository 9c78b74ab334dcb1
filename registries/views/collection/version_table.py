"""The table of a collection's versions, as its query string asks for it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from artifacts.models import Collection
from artifacts.views.collection.version_rows import VersionRow
from artifacts.views.collection.version_table import versions_of
from artifacts.views.saved_views import views_menu
from registries.views.collection.menus import unlink_items
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, ask_url, role_reason
from registry_site.pages import HtmxRequest


def version_table(request: HtmxRequest, collection: Collection, query: QueryDict) -> dict[str, Any]:
    """Return the context of `collection_detail.html#versions`."""
    text = query.get("q", "").strip()
    url = collection.get_absolute_url()
    table = versions_of(request, collection, text, url=url, query=query)
    edit = role_reason(request.user, Action.EDIT, collection.project)
    return {
        "collection": collection,
        "rows": _with_menus(request.user, collection, table.page.rows),
        "page": table.page,
        "metrics": table.metrics,
        "ticks": table.ticks,
        "q": text,
        "is_empty": not collection.version_count,
        "views": views_menu(request.user, query, collection.project, "versions", collection),
        "protected": collection.project.protected_alias_names,
        "may_edit": not edit,
        "edit_reason": edit,
        "ask_url": ask_url(Action.EDIT, collection.project) if edit else "",
    }


def _with_menus(user: User, collection: Collection, rows: Sequence[VersionRow]) -> list[VersionRow]:
    copy = {"label": _("Copy full name"), "icon": "copy"}
    unlinks = unlink_items(user, collection.project, rows)
    return [
        replace(row, menu=[copy | {"copy": row.names.full_name}, unlink])
        for row, unlink in zip(rows, unlinks, strict=True)
    ]
