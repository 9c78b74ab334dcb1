"""Who downloaded what, through which place and name."""

from django.db import models

from artifacts.models.collections import Collection
from artifacts.models.versions import Version
from artifacts.querysets.usage import DownloadQuerySet
from registry_site.accounts.models import User


class Download(models.Model):
    """Downloads of a version by one person with one key, through one name in one collection.

    The database doesn't check what the row refers to: it is written while others read, and a check
    would wait for whoever holds the collection.
    """

    version = models.ForeignKey(
        Version, on_delete=models.CASCADE, related_name="downloads",
        db_constraint=False, db_index=False,
    )  # fmt: skip
    collection = models.ForeignKey(
        Collection, null=True, on_delete=models.SET_NULL, related_name="+",
        db_constraint=False, db_index=False,
    )  # fmt: skip
    user = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False
    )
    key_name = models.CharField(max_length=140, blank=True)  # as text: keys are revoked
    reference = models.CharField(max_length=128, blank=True)  # alias or number, "" if unknown
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    objects = DownloadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "collection", "user", "key_name", "reference"],
                name="download_unique",
            )
        ]
        indexes = [
            models.Index(fields=["version", "-last_at", "-id"], name="download_newest"),
            models.Index(
                fields=["collection", "last_at", "version", "user"], name="download_collection"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} by {self.user_id}"
