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
        """Versions logged or linked in a project where the person may do this."""
        memberships = apps.get_model("artifacts", "Membership").objects.permitting(action, user)
        projects = apps.get_model("artifacts", "Project").objects.permitting(action, user)
        return self.filter(
            Exists(memberships.filter(version=OuterRef("pk")))
            | models.Q(sequence__project__in=projects)
        )

    def committed(self) -> Self:
        return self.filter(state="COMMITTED", deleted_at__isnull=True)

    def bytes_by_entity(self, entities: Iterable[int]) -> dict[int, int]:
        """Return the bytes of all versions that each entity logged, 0 where it has none."""
        totals = dict.fromkeys(entities, 0)
        logged = self.committed().filter(
            sequence__project__entity__in=list(totals), sequence__project__deleted_at__isnull=True
        )
        sums = logged.order_by().values_list("sequence__project__entity").annotate(Sum("size"))
        return totals | dict(sums)

    def in_trash(self) -> Self:
        """Deleted versions that can be restored, which are those that were committed."""
        return self.filter(deleted_at__isnull=False, version_index__isnull=False)

    def for_trash(self) -> Self:
        """Versions joined with what a row of the trash shows."""
        return self.select_related("sequence__artifact_type", "deleted_by")

    def for_path(self) -> Self:
        """Versions joined with what names, addresses and roles need."""
        return self.select_related(
            "sequence__artifact_type",
            "sequence__project__entity__organization",
            "sequence__project__entity__team__organization",
        )

    def for_api(self) -> Self:
        """Versions joined with what the SDK asks for, which is less than a page needs."""
        return self.select_related("sequence__artifact_type", "sequence__project__entity")

    def for_list(self) -> Self:
        """Versions with what the SDK lists; a sequence that several share is read once."""
        sequences = apps.get_model("artifacts", "Collection").objects.for_api()
        return self.prefetch_related("tags", Prefetch("sequence", queryset=sequences))


_Versions = models.Manager.from_queryset(VersionQuerySet)


class StoredVersions(_Versions):
    """Versions without those removed for good, whose rows stay because others point at them."""

    def get_queryset(self) -> VersionQuerySet:
        return VersionQuerySet(self.model, using=self._db).filter(removed_at__isnull=True)
