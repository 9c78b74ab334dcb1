"""The tree of a project's collections: by type, then by name."""

from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import Lower

from artifacts.models import Collection, Project
from artifacts.querysets.collections import CollectionQuerySet
from registry_site.queries.keyset import Key
from registry_site.queries.prepared import prepared

SIZE = 100  # collections on a page of the tree
ORDER = ("artifact_type__name", Key("lower_name", value=Lower("name")), "pk")


def in_tree(project: Any) -> CollectionQuerySet:
    """Return the project's collections with what a line of the tree shows."""
    return Collection.objects.filter(project=project).listed().select_related("artifact_type")


def count_in_tree(project: Project) -> int:
    rows = _count_in_tree(project.pk)
    return rows[0][1] if rows else 0


def first_in_tree(project: Project) -> list[Collection]:
    """Return the first page of the tree, and one row more if there is another page."""
    return _first_in_tree(project.pk)


@prepared
def _count_in_tree(project: Any) -> QuerySet:
    listed = Collection.objects.filter(project=project).listed().order_by()
    return listed.values("project").annotate(n=Count("pk")).values_list("project", "n")


@prepared
def _first_in_tree(project: Any) -> QuerySet:
    rows = in_tree(project).annotate(lower_name=Lower("name"))
    return rows.order_by("artifact_type__name", "lower_name", "pk")[: SIZE + 1]
