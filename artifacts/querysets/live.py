"""The collections that there are, without those that were deleted."""

from django.db import models

from artifacts.querysets.collections import CollectionQuerySet

_Collections = models.Manager.from_queryset(CollectionQuerySet)


class LiveCollections(_Collections):
    """A deleted collection stays as a row: its name goes on with the numbers that it gave."""

    def get_queryset(self) -> CollectionQuerySet:
        return CollectionQuerySet(self.model, using=self._db).filter(deleted_at__isnull=True)
