"""The rows that there are, without the tombstones of what was deleted."""

from django.db import models

from artifacts.querysets.collections import CollectionQuerySet
from artifacts.querysets.runs import RunQuerySet
from artifacts.querysets.versions import VersionQuerySet

_Collections = models.Manager.from_queryset(CollectionQuerySet)
_Runs = models.Manager.from_queryset(RunQuerySet)
_Versions = models.Manager.from_queryset(VersionQuerySet)


class LiveCollections(_Collections):
    """A deleted collection stays as a row: its name goes on with the numbers that it gave."""

    def get_queryset(self) -> CollectionQuerySet:
        return CollectionQuerySet(self.model, using=self._db).filter(deleted_at__isnull=True)


class LiveRuns(_Runs):
    """A deleted run stays as a row: what it used and made points at it, and its id is taken."""

    def get_queryset(self) -> RunQuerySet:
        return RunQuerySet(self.model, using=self._db).filter(deleted_at__isnull=True)


class StoredVersions(_Versions):
    """A version that was removed for good stays as a row: runs and links point at it."""

    def get_queryset(self) -> VersionQuerySet:
        return VersionQuerySet(self.model, using=self._db).filter(removed_at__isnull=True)
