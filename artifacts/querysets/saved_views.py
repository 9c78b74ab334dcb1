"""Named reads of saved views."""

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The person's own, and those shared with all who see the project; both only while they
        see it themselves, and while their collection is not in the trash.
        """
        projects = apps.get_model("artifacts", "Project").objects.visible_to(user)
        mine_or_shared = Q(owner=user.pk) | Q(is_shared=True)
        return self.filter(
            mine_or_shared, project__in=projects, collection__deleted_at__isnull=True
        )

    def of_table(self, project: Any, table: str, collection: Any = None) -> Self:
        """Those of one table, by name."""
        found = self.filter(project=project, table=table, collection=collection)
        return found.select_related("owner").order_by("name", "pk")

    def for_path(self) -> Self:
        """With what addresses and rights need, joined."""
        return self.select_related(
            "owner",
            "collection__artifact_type",
            "project__entity__organization",
            "project__entity__team__organization",
        )
