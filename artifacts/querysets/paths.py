"""Named reads of the names that projects and collections had."""

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q, Subquery, Value
from django.db.models.functions import Lower

from registry_site.accounts.names import REGISTRY_PREFIX


def same_project(field: str, name: str) -> Q:
    """Where the field is this name of a project; capitals don't tell registries apart."""
    if name.startswith(REGISTRY_PREFIX):
        return Q(**{f"{field}__lower": Lower(Value(name))})
    return Q(**{field: name})


class ProjectPathQuerySet(models.QuerySet):
    def at(self, entity_name: str, name: str) -> Self:
        """The row of this path, if the project that it leads to lives."""
        rows = self.filter(same_project("name", name), entity__name__lower=entity_name.lower())
        return rows.filter(project__deleted_at=None).select_related(
            "project__entity__organization", "project__entity__team__organization"
        )


class CollectionPathQuerySet(models.QuerySet):
    def at(self, entity_name: str, project_name: str, name: str) -> Self:
        """The row of this path, if the collection that it leads to lives."""
        return self.within(entity_name, project_name).filter(name=name)

    def within(self, entity_name: str, project_name: str) -> Self:
        """Rows of the paths in a project of this name, whose collection lives."""
        return self.filter(
            same_project("project_name", project_name),
            entity__name__lower=entity_name.lower(),
            collection__deleted_at=None,
            collection__project__deleted_at=None,
        ).exclude(collection=None)

    def counting(self, collection: Any) -> Self:
        """Rows of the path where the collection stands, under any capitals.

        The project's name is read from its row: somebody may have changed it a moment ago.
        """
        projects = apps.get_model("artifacts", "Project").objects
        own_project = projects.filter(pk=collection.project_id).annotate(lower=Lower("name"))
        return self.filter(
            entity=collection.project.entity_id,
            project_name__lower=Subquery(own_project.values("lower")),
            name__lower=Lower(Value(collection.name)),
        )
