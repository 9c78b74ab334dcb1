"""Named reads and the one write of downloads."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.apps import apps
from django.db import connections, models

from registry_site.accounts.permissions import Action

APART = timedelta(minutes=1)  # what comes sooner belongs to the same download


class DownloadQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Downloads through collections that the person may know of, by people they may know.

        A collection that was deleted, alone or with its project, hides nothing, nor does one that
        is not known any more.
        """
        projects = apps.get_model("artifacts", "Project").objects
        collections = apps.get_model("artifacts", "Collection").with_deleted.filter(
            project__in=projects.permitting_until_deletion(Action.READ, user)
        )
        people = apps.get_model("accounts", "User").objects.visible_to(user)
        return self.filter(
            models.Q(user__isnull=True) | models.Q(user__in=people.values("pk")),
            models.Q(collection__isnull=True) | models.Q(collection__in=collections.values("pk")),
        )

    def touch(
        self, *, version_id: int, collection_id: int, user_id: int, key_name: str, reference: str,
        at: datetime,
    ) -> None:  # fmt: skip
        """Note one download: a row, or one more in the row that there is, in one statement."""
        connection = connections[self.db]
        now, apart = (connection.ops.adapt_datetimefield_value(each) for each in (at, at - APART))
        same: list[Any] = [version_id, collection_id, user_id, key_name, reference]
        with connection.cursor() as cursor:
            cursor.execute(_TOUCH, [*same, now, now, apart])


_TOUCH = """
INSERT INTO artifacts_download
  (version_id, collection_id, user_id, key_name, reference, first_at, last_at, count)
VALUES (%s, %s, %s, %s, %s, %s, %s, 1)
ON CONFLICT (version_id, collection_id, user_id, key_name, reference) DO UPDATE
SET last_at = excluded.last_at, count = artifacts_download.count + 1
WHERE artifacts_download.last_at < %s
"""
