"""Named reads of registries."""

from typing import Any, Self

from django.db import models
from django.db.models import Count, Max, Sum

from artifacts.models import Project


class RegistryQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Registries that the person may know of."""
        return self.filter(project__in=Project.objects.visible_to(user))

    def at(self, organization_name: str, name: str) -> Self:
        """The registry of this name in the organization of this display or entity name."""
        return self.filter(
            models.Q(organization__name__iexact=organization_name)
            | models.Q(organization__entity__name__iexact=organization_name),
            name__iexact=name,
        ).for_path()

    def for_path(self) -> Self:
        return self.select_related("organization__entity", "project__entity__organization")

    def with_counts(self) -> Self:
        """Annotate the numbers of collections and versions and when the newest change was."""
        return self.annotate(
            collection_count=Count("project__collections"),
            version_total=Sum("project__collections__version_count", default=0),
            changed_at=Max("project__collections__updated_at"),
        )
