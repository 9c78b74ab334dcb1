"""Bytes and lists of bytes: blobs, files that were promised to a version, manifests."""

from django.db import models
from django.utils import timezone

from artifacts.models.versions import Version


class Blob(models.Model):
    """Bytes in the store, once for the whole server, named by the SHA-256 computed on receipt."""

    sha256 = models.CharField(max_length=64, unique=True)  # hex
    md5 = models.CharField(max_length=24)  # base64, as the SDK writes it
    size = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    # when somebody last sent or borrowed these bytes: what is about to be used isn't swept away
    wanted_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.sha256[:12]


class ArtifactFile(models.Model):
    """A file that a client said it would upload for a version; `blob` is set when it came."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="files")
    path = models.TextField()
    md5 = models.CharField(max_length=24)  # base64 of the bytes' MD5
    digest = models.CharField(max_length=24)  # base64, by the version's own algorithm
    blob = models.ForeignKey(
        Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="files"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "path"], name="artifact_file_unique")
        ]
        indexes = [models.Index(fields=["md5"], name="artifact_file_md5")]

    def __str__(self) -> str:
        return self.path


class Manifest(models.Model):
    """A manifest as a client announced and uploaded it; the version keeps the one that counts."""

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

    def __str__(self) -> str:
        return f"{self.kind} {self.digest}"


class ManifestEntry(models.Model):
    """One path of a committed version: bytes in the store, or a reference to elsewhere."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="entries")
    path = models.TextField()
    digest = models.TextField()  # base64 for bytes; for references whatever the client took
    size = models.BigIntegerField(default=0)
    ref = models.TextField(blank=True)
    birth_version_id = models.BigIntegerField(null=True, blank=True)  # whose upload has the bytes
    blob = models.ForeignKey(
        Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="entries"
    )

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
