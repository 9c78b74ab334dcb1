"""Blobs, files that clients announced for versions, manifests and their entries, and downloads."""

from django.db import models
from django.utils import timezone

from artifacts.models.collections import Collection
from artifacts.models.versions import Version
from artifacts.querysets.files import (
    ArtifactFileQuerySet,
    BlobQuerySet,
    DownloadQuerySet,
    ManifestQuerySet,
    RowQuerySet,
)
from registry_site.accounts.models import User


class Blob(models.Model):
    """Bytes in the store, kept once per server and named by the SHA-256 computed on receipt."""

    sha256 = models.CharField(max_length=64, unique=True)  # hex
    md5 = models.CharField(max_length=24)  # base64, as the SDK writes it
    # base64, computed on receipt; "" for bytes received before the server computed it
    xxh128 = models.CharField(max_length=24, blank=True)
    size = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    # when these bytes were last sent or needed; the sweep spares recently needed ones
    wanted_at = models.DateTimeField(default=timezone.now)

    objects = BlobQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["md5"], name="blob_md5")]

    def __str__(self) -> str:
        return self.sha256[:12]


class ArtifactFile(models.Model):
    """A file that a client announced for a version; `blob` is set once it has arrived.

    An announcement never changes. Processes that share a version (`upsert_artifact`) may announce
    one path with different bytes; the version's manifest then decides which bytes it has.
    """

    version = models.ForeignKey(
        Version, on_delete=models.CASCADE, related_name="files", db_index=False
    )
    path = models.TextField()
    md5 = models.CharField(max_length=24, blank=True)  # base64; "" if the client sent none
    digest = models.CharField(max_length=24)  # base64, by the version's own algorithm
    blob = models.ForeignKey(
        Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="files"
    )
    # MD5s (hex) of the parts, in order; empty where the file is uploaded in one piece
    part_sums = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ArtifactFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "path", "digest"], name="artifact_file_unique"
            )
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def storage_path(self) -> str:
        """The SDK's name for the place where the bytes are uploaded."""
        return f"wandb_artifacts/{self.version_id}/{self.path}"


class Manifest(models.Model):
    """A manifest that a client announced and uploaded; the commit merges them into one."""

    class Kind(models.TextChoices):
        FULL = "FULL", "full"
        PATCH = "PATCH", "patch"
        INCREMENTAL = "INCREMENTAL", "incremental"

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="manifests")
    base = models.ForeignKey(
        Version, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.FULL)
    digest = models.CharField(max_length=24, blank=True)  # base64 MD5 of the JSON; "" = placeholder
    blob = models.ForeignKey(
        Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ManifestQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} {self.digest}"


class ManifestEntry(models.Model):
    """One path of a committed version: bytes in the store, or a reference to elsewhere."""

    version = models.ForeignKey(
        Version, on_delete=models.CASCADE, related_name="entries", db_index=False
    )
    path = models.TextField()
    digest = models.TextField()  # base64 for bytes; for references as the client sent it
    size = models.BigIntegerField(default=0)
    ref = models.TextField(blank=True)
    birth_version_id = models.BigIntegerField(null=True, blank=True)  # uploaded the bytes
    blob = models.ForeignKey(
        Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="entries"
    )

    objects = RowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "path"], name="manifest_entry_unique")
        ]
        verbose_name_plural = "manifest entries"

    def __str__(self) -> str:
        return self.path

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


class Download(models.Model):
    """Downloads of a version by one person with one key, under one name in one collection.

    The database doesn't check what the row refers to: the row is written during a read, and a
    check would wait for whoever has locked the collection.
    """

    version = models.ForeignKey(
        Version,
        on_delete=models.CASCADE,
        related_name="downloads",
        db_constraint=False,
        db_index=False,
    )
    collection = models.ForeignKey(
        Collection,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    user = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False
    )
    key_name = models.CharField(max_length=140, blank=True)  # text, as keys may go
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
