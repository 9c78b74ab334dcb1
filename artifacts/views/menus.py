"""Menu entries that open the dialogs of deletion; one that is disabled says why."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership, Project, Run
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, role_reason
from registry_site.markup.menus import MenuItem, danger_item


def versions_url(collection: Collection) -> str:
    """Return where versions of a sequence are deleted; "" for a portfolio, which only has links."""
    if collection.is_portfolio:
        return ""
    return reverse("artifacts:versions_delete", args=[collection.pk])


def collection_menu(
    user: User, collection: Collection, hold_item: MenuItem | None
) -> list[MenuItem]:
    """Return the menu of a collection's page in a project."""
    project = collection.project
    items = [hold_item] if hold_item else []
    if url := versions_url(collection):
        items.append(_item(user, project, _("Delete versions"), url))
    url = reverse("artifacts:collections_delete", args=[project.pk])
    query = {"collection": collection.pk, "only": 1}
    items.append(_item(user, project, _("Delete collection"), url, query))
    return items


def version_menu(user: User, membership: Membership, hold_item: MenuItem | None) -> list[MenuItem]:
    """Return the menu of a version's page where it was logged; empty elsewhere."""
    url = versions_url(membership.collection)
    query = {"version": f"{membership.collection.target_path}:{membership.number}", "only": 1}
    project = membership.collection.project
    if not url:
        return []
    item = _item(user, project, _("Delete version"), url, query)
    return [hold_item, item] if hold_item else [item]


def run_menu(user: User, run: Run) -> list[MenuItem]:
    """Return the entry that deletes a run."""
    url = reverse("artifacts:runs_delete", args=[run.project_id])
    return [_item(user, run.project, _("Delete run"), url, {"run": run.name, "only": 1})]


def _item(
    user: User, project: Project, label: str, url: str, query: dict[str, Any] | None = None
) -> MenuItem:
    address = f"{url}?{urlencode(query)}" if query else url
    return danger_item(label, address, reason=role_reason(user, Action.EDIT, project))
