"""Named reads of versions."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Sum

from registry_site.accounts.permissions import Action

if TYPE_CHECKING:
    from registry_site.accounts.models import User


class VersionQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Versions that the person may reach through any collection."""
        return self.permitting(Action.READ, user)

    def permitting(self, action: Action, user: "User") -> Self:
        """Versions with a membership, or a source, in a project where the person may do this."""
        memberships = apps.get_model("artifacts", "Membership").objects.permitting(action, user)
        projects = apps.get_model("artifacts", "Project").objects.permitting(action, user)
        return self.filter(
            Exists(memberships.filter(version=OuterRef("pk")))
            | models.Q(sequence__project__in=projects)
        )

    def committed(self) -> Self:
        return self.filter(state="COMMITTED", deleted_at__isnull=True)

    def bytes_by_entity(self, entities: Iterable[int]) -> dict[int, int]:
        """The sizes of all versions that the entities logged, 0 where there are none."""
        totals = dict.fromkeys(entities, 0)
        logged = self.committed().filter(
            sequence__project__entity__in=list(totals), sequence__project__deleted_at__isnull=True
        )
        sums = logged.order_by().values_list("sequence__project__entity").annotate(Sum("size"))
        return totals | dict(sums)

    def in_trash(self) -> Self:
        """Deleted ones that can be brought back: they were committed."""
        return self.filter(deleted_at__isnull=False, version_index__isnull=False)

    def for_trash(self) -> Self:
        """With what one row of the trash shows, joined."""
        return self.select_related("sequence__artifact_type", "deleted_by")

    def for_path(self) -> Self:
        """With what names, addresses and roles of a version need, joined."""
        return self.select_related(
            "sequence__artifact_type",
            "sequence__project__entity__organization",
            "sequence__project__entity__team__organization",
        )

    def for_api(self) -> Self:
        """With what the SDK asks of each: fewer joins than a page needs."""
        return self.select_related("sequence__artifact_type", "sequence__project__entity")

    def for_list(self) -> Self:
        """With what the SDK lists of each; sequences that versions share are read once."""
        sequences = apps.get_model("artifacts", "Collection").objects.for_api()
        return self.prefetch_related("tags", Prefetch("sequence", queryset=sequences))


_Versions = models.Manager.from_queryset(VersionQuerySet)


class StoredVersions(_Versions):
    """A version that was removed for good stays as a row: runs and links point at it."""

    def get_queryset(self) -> VersionQuerySet:
        return VersionQuerySet(self.model, using=self._db).filter(removed_at__isnull=True)
