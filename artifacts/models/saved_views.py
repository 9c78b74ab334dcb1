"""Saved views: the filter, order and columns of a table, under a name."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from artifacts.models.collections import Collection
from artifacts.models.projects import Project
from artifacts.querysets.projects import SavedViewQuerySet
from registry_site.accounts.models import User


class SavedView(models.Model):
    """A named view of a table: the filter, order and columns that its address asks for.

    Private to its owner, or shared with everybody who sees the project.
    """

    class Table(models.TextChoices):
        RUNS = "runs", gettext_lazy("Runs")  # of a project
        COLLECTIONS = "collections", gettext_lazy("Collections")  # of a registry
        VERSIONS = "versions", gettext_lazy("Versions")  # of a collection

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="saved_views", db_index=False
    )
    collection = models.ForeignKey(
        Collection, null=True, blank=True, on_delete=models.CASCADE, related_name="saved_views"
    )  # of a table of versions
    table = models.CharField(max_length=16, choices=Table)
    name = models.CharField(max_length=64)
    query = models.CharField(max_length=2000, blank=True)  # encoded, without page and `?`
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "collection", "name"],
                condition=Q(collection__isnull=False),
                name="saved_view_of_collection_unique",
            ),
            models.UniqueConstraint(
                fields=["owner", "project", "table", "name"],
                condition=Q(collection__isnull=True),
                name="saved_view_of_project_unique",
            ),
            models.CheckConstraint(
                condition=Q(table="versions") ^ Q(collection__isnull=True),
                name="saved_view_of_versions_has_collection",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "table", "collection"], name="saved_view_of_table")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def page(self) -> str:
        """The address of the page that has the table."""
        return (self.collection or self.project).get_absolute_url()

    def get_absolute_url(self) -> str:
        return f"{self.page}?{self.query}" if self.query else self.page
