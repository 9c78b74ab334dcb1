"""Names that projects and collections had: where each leads now, and which numbers are used up.

A row is written when a project or collection leaves its path, because it is renamed or deleted;
a path in use needs no row. What a person may not see has a placeholder as its path, made from
one key.
"""

import secrets

from django.db import models
from django.db.models.functions import Lower

from artifacts.models.collections import Collection
from artifacts.models.projects import Project
from artifacts.querysets.paths import CollectionPathQuerySet, ProjectPathQuerySet
from registry_site.accounts.models import Entity, User


class ProjectPath(models.Model):
    """A former name of a project. It leads to that project until another one takes the name."""

    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=128)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="former_paths")

    objects = ProjectPathQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "name"], name="project_path_unique")
        ]
        indexes = [models.Index("entity", Lower("name"), name="project_path_named")]

    def __str__(self) -> str:
        return f"{self.entity.name}/{self.name}"


class CollectionPath(models.Model):
    """A path that a collection left. A collection made there later numbers from `next_index`.

    `collection` is the one that left it last. The path leads to it until it is deleted, or until
    another one takes the name. Numbers ignore the name's capitals; leading does not.
    """

    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="+", db_index=False)
    project_name = models.CharField(max_length=128)
    name = models.CharField(max_length=128)
    next_index = models.PositiveIntegerField(default=0)
    collection = models.ForeignKey(
        Collection, null=True, on_delete=models.SET_NULL, related_name="former_paths"
    )

    objects = CollectionPathQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "project_name", "name"], name="collection_path_unique"
            )
        ]
        indexes = [
            models.Index(
                "entity", Lower("project_name"), Lower("name"), name="collection_path_named"
            )
        ]

    def __str__(self) -> str:
        return f"{self.entity.name}/{self.project_name}/{self.name}"


class FormerPathUse(models.Model):
    """A person used a former path on one day, and was led on to the project.

    The database doesn't check what the row refers to: the row is written during a read, and a
    check would wait for whoever has locked the project.
    """

    project = models.ForeignKey(
        Project,
        on_delete=models.CASCADE,
        related_name="former_path_uses",
        db_constraint=False,
        db_index=False,
    )
    project_name = models.CharField(max_length=128)  # as it was used
    path = models.CharField(max_length=400)  # entity/project or entity/project/collection
    user = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False
    )
    day = models.DateField()
    at = models.DateTimeField()  # the first use on that day

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "path", "user", "day"], name="former_path_use_unique"
            )
        ]
        indexes = [models.Index(fields=["project", "-at"], name="former_path_use_newest")]

    def __str__(self) -> str:
        return f"{self.path} by {self.user_id}"


def new_key() -> str:
    return secrets.token_hex(32)


class PlaceholderKey(models.Model):
    """The one key of all placeholders, made by a migration.

    It is kept in the database because a placeholder must outlast a change of SECRET_KEY and a move
    to another machine: clients keep folders under these names.
    """

    value = models.CharField(max_length=64, default=new_key)

    def __str__(self) -> str:
        return "key of placeholders"
