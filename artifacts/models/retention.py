"""Legal holds on versions and collections, retention rules, and the daily sweeps."""

from django.db import models

from artifacts.models.collections import Collection, Membership
from artifacts.models.versions import Version
from artifacts.querysets.retention import LegalHoldQuerySet
from registry_site.accounts.models import Organization, User


class LegalHold(models.Model):
    """An organization admin's order to keep a version, or all that is in a collection.

    Until the hold is lifted, these versions can't be deleted or unlinked and don't expire. The row
    stays afterwards.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="legal_holds", db_index=False
    )
    version = models.ForeignKey(
        Version, null=True, blank=True, on_delete=models.CASCADE, related_name="legal_holds"
    )
    collection = models.ForeignKey(
        Collection, null=True, blank=True, on_delete=models.CASCADE, related_name="legal_holds"
    )
    reason = models.TextField()
    placed_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    placed_at = models.DateTimeField(auto_now_add=True)
    lift_reason = models.TextField(blank=True)
    lifted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(version__isnull=True) ^ models.Q(collection__isnull=True),
                name="legal_hold_on_one_thing",
            ),
            models.UniqueConstraint(
                fields=["version"],
                condition=models.Q(lifted_at__isnull=True),
                name="legal_hold_version_once",
            ),
            models.UniqueConstraint(
                fields=["collection"],
                condition=models.Q(lifted_at__isnull=True),
                name="legal_hold_collection_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-placed_at", "-id"], name="legal_hold_newest")
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def thing(self) -> Version | Collection:
        """The version or collection that the hold is on."""
        return self.version or self.collection  # type: ignore[return-value]  # one of them is

    def get_absolute_url(self) -> str:
        """Return the address of the held thing's page; a version's is where it was logged."""
        if self.version is None:
            return self.collection.get_absolute_url() if self.collection else ""
        membership = Membership(
            collection=self.version.sequence,
            version=self.version,
            index=self.version.version_index or 0,
        )
        return membership.get_absolute_url()

    @property
    def full_name(self) -> str:
        """The path of the held collection, or of the held version where it was logged."""
        if self.version is None:
            return self.collection.target_path if self.collection else ""
        return f"{self.version.sequence.target_path}:v{self.version.version_index}"


class RetentionRule(models.Model):
    """Which versions of a sequence stay; a daily sweep moves the older ones to the trash."""

    collection = models.OneToOneField(
        Collection, on_delete=models.CASCADE, related_name="retention_rule"
    )
    keep_newest = models.PositiveIntegerField()
    older_than_days = models.PositiveIntegerField(null=True, blank=True)  # null: any age
    keeps_aliases = models.BooleanField(default=True)
    keeps_tags = models.BooleanField(default=True)
    keeps_links = models.BooleanField(default=True)
    updated_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.collection}: {self.keep_newest}"


class DailySweep(models.Model):
    """The sweep of one day (UTC), and the name of the worker that does it.

    `report` is the result of SweepReport.as_json(), null where the sweep failed.
    """

    day = models.DateField(unique=True)
    worker = models.CharField(max_length=64)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    report = models.JSONField(null=True, blank=True)

    def __str__(self) -> str:
        return f"sweep of {self.day}"
