"""Named reads of the former paths of projects and collections."""

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q, Subquery, Value
from django.db.models.functions import Lower

from registry_site.accounts.names import REGISTRY_PREFIX


def same_project(field: str, name: str) -> Q:
    """Return the condition that a field is this project name; registries ignore capitals."""
    if name.startswith(REGISTRY_PREFIX):
        return Q(**{f"{field}__lower": Lower(Value(name))})
    return Q(**{field: name})


class ProjectPathQuerySet(models.QuerySet):
    def at(self, entity_name: str, name: str) -> Self:
        """The row of this path, if the project that it leads to isn't deleted."""
        rows = self.filter(same_project("name", name), entity__name__lower=entity_name.lower())
        return rows.filter(project__deleted_at=None).select_related(
            "project__entity__organization", "project__entity__team__organization"
        )


class CollectionPathQuerySet(models.QuerySet):
    def at(self, entity_name: str, project_name: str, name: str) -> Self:
        """The row of this path, if the collection that it leads to isn't deleted."""
        return self.within(entity_name, project_name).filter(name=name)

    def within(self, entity_name: str, project_name: str) -> Self:
        """Rows of paths in a project of this name, whose collection isn't deleted."""
        return self.filter(
            same_project("project_name", project_name),
            entity__name__lower=entity_name.lower(),
            collection__deleted_at=None,
            collection__project__deleted_at=None,
        ).exclude(collection=None)

    def counting(self, collection: Any) -> Self:
        """Rows of the collection's own path, whatever their capitals: they say how to number.

        The project's name is read from the database, because it may have changed a moment ago.
        """
        projects = apps.get_model("artifacts", "Project").objects
        own_project = projects.filter(pk=collection.project_id).annotate(lower=Lower("name"))
        return self.filter(
            entity=collection.project.entity_id,
            project_name__lower=Subquery(own_project.values("lower")),
            name__lower=Lower(Value(collection.name)),
        )
