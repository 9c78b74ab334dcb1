"""The saved views in the menu of a table, for a project or collection that the person sees."""

from typing import Any

from django.db.models import Q, QuerySet

from artifacts.models import Collection, Project, SavedView
from registry_site.accounts.models import User
from registry_site.queries.prepared import prepared


def read_views(
    user: User, project: Project, table: str, collection: Collection | None
) -> list[SavedView]:
    """Return the person's own views of the table and the shared ones, by name."""
    if collection:
        return _views_of_collection(user.pk, project.pk, table, collection.pk)
    return _views_of_project(user.pk, project.pk, table)


@prepared
def _views_of_collection(person: Any, project: Any, table: Any, collection: Any) -> QuerySet:
    return _own_and_shared(person).of_table(project, table, collection)


@prepared
def _views_of_project(person: Any, project: Any, table: Any) -> QuerySet:
    return _own_and_shared(person).of_table(project, table)


def _own_and_shared(person: Any) -> Any:
    return SavedView.objects.filter(Q(owner=person) | Q(is_shared=True))
