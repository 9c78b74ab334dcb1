"""The table of a collection's versions, as its query string asks for it."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership
from artifacts.views.collection.collections import versions_of
from artifacts.views.collection.metrics import metrics_panel
from artifacts.views.collection.ticked_versions import ticks_of
from artifacts.views.saved_views import views_menu
from registries.views.collection.menus import unlink_item
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, ask_url, role_reason
from registry_site.pages import HtmxRequest


@dataclass(frozen=True)
class VersionRow:
    """A version in the table of its collection."""

    membership: Membership
    menu: list[dict[str, Any]]

    @property
    def url(self) -> str:
        return self.membership.get_absolute_url()

    @property
    def menu_id(self) -> str:
        return f"version-{self.membership.pk}-menu"


def version_table(request: HtmxRequest, collection: Collection, query: QueryDict) -> dict[str, Any]:
    """Return the context of `collection_detail.html#versions`."""
    text = query.get("q", "").strip()
    url = collection.get_absolute_url()
    page = versions_of(request, collection, text, url=url, query=query)
    edit = role_reason(request.user, Action.EDIT, collection.project)
    return {
        "collection": collection,
        "rows": [_version_row(request.user, membership) for membership in page.rows],
        "page": page,
        "metrics": metrics_panel(request.user, collection, page.rows, url=url, query=query),
        "ticks": ticks_of(query, collection, page.rows),
        "q": text,
        "is_empty": not collection.version_count,
        "views": views_menu(request.user, query, collection.project, "versions", collection),
        "protected": collection.project.protected_alias_names,
        "may_edit": not edit,
        "edit_reason": edit,
        "ask_url": ask_url(Action.EDIT, collection.project) if edit else "",
    }


def _version_row(user: User, membership: Membership) -> VersionRow:
    copy = {"label": _("Copy full name"), "icon": "copy", "copy": membership.full_name}
    return VersionRow(membership, menu=[copy, unlink_item(user, membership)])
