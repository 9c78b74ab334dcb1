"""Collections, the memberships of versions in them, and the aliases of these memberships."""

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property

from artifacts.models.projects import ArtifactType, Project
from artifacts.querysets.collections import (
    LATEST,
    AliasQuerySet,
    CollectionQuerySet,
    LiveCollections,
    MembershipQuerySet,
)
from registry_site.accounts.models import Event, User
from registry_site.accounts.names import can_be_alias
from registry_site.queries.prepared import prepared


class Collection(models.Model):
    """A named, numbered list of versions of one artifact type.

    Versions are logged to a sequence and linked to a portfolio. `next_index` and `version_count`
    change only under a lock on this row, so no number is skipped or given twice. `objects` leaves
    out deleted collections; `with_deleted` has all.
    """

    class Kind(models.TextChoices):
        SEQUENCE = "sequence", "sequence"
        PORTFOLIO = "portfolio", "portfolio"

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="collections", db_index=False
    )
    artifact_type = models.ForeignKey(
        ArtifactType, on_delete=models.PROTECT, related_name="collections"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=128)
    description = models.TextField(null=True, blank=True)  # the card; null: never written
    next_index = models.PositiveIntegerField(default=0)
    version_count = models.PositiveIntegerField(default=0)  # live versions
    client_id = models.CharField(max_length=128, blank=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)  # from then on it can't be restored

    newest_id: int | None  # from with_newest()

    objects = LiveCollections()
    with_deleted = CollectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"],
                condition=models.Q(deleted_at__isnull=True),
                name="collection_name_unique",
            )
        ]
        indexes = [
            models.Index(fields=["project", "-updated_at", "-id"], name="collection_changed"),
            # reads that go through memberships can't use the partial index of the constraint
            models.Index(fields=["project", "name"], name="collection_named"),
            models.Index(
                fields=["project", "-deleted_at", "-id"],
                condition=models.Q(deleted_at__isnull=False),
                name="collection_trash_of",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        project = self.project
        if project.is_registry:
            return reverse(
                "registries:collection_detail",
                args=[project.entity.organization.name, project.registry_name, self.name],
            )
        return reverse(
            "artifacts:collection_detail",
            args=[project.entity.name, project.own_name, self.artifact_type.name, self.name],
        )

    def alias_history_url(self, alias: str) -> str:
        """Return the address of an alias's page; "" where no address can contain the alias."""
        if not can_be_alias(alias):
            return ""
        project = self.project
        if project.is_registry:
            address = [project.entity.organization.name, project.registry_name]
            return reverse("registries:alias_history", args=[*address, self.name, alias])
        address = [project.entity.name, project.own_name, self.artifact_type.name]
        return reverse("artifacts:alias_history", args=[*address, self.name, alias])

    @property
    def is_portfolio(self) -> bool:
        return self.kind == self.Kind.PORTFOLIO

    @property
    def is_restorable(self) -> bool:
        """Whether it was deleted, and what it would bring back still exists."""
        return self.deleted_at is not None and self.removed_at is None

    @property
    def target_path(self) -> str:
        """The path to link to: `{ORG}/wandb-registry-{REGISTRY}/{COLLECTION}`."""
        return f"{self.project.entity.name}/{self.project.own_name}/{self.name}"


class CollectionTag(models.Model):
    """A free label on a collection."""

    collection = models.ForeignKey(
        Collection, on_delete=models.CASCADE, related_name="tags", db_index=False
    )
    name = models.CharField(max_length=128)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collection", "name"], name="collection_tag_unique")
        ]
        indexes = [models.Index(fields=["name"], name="collection_tag_name")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A version's membership in a collection, under a number: v0, v1, …

    It is hidden while its version is in the trash; a link also while its collection is.
    """

    collection = models.ForeignKey(
        Collection, on_delete=models.CASCADE, related_name="memberships", db_index=False
    )
    version = models.ForeignKey(
        "artifacts.Version", on_delete=models.CASCADE, related_name="memberships"
    )
    index = models.PositiveIntegerField()
    created_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    dropped_aliases = models.JSONField(default=list)  # aliases that it had when it was hidden
    # hidden by its collection's deletion, and restored with the collection
    hidden_with_collection = models.BooleanField(default=False)

    is_newest: bool  # from marking_newest()
    previous_index: int | None  # from marking_previous()
    alias_id: int | None  # from for_each_alias()
    alias_name: str
    protected_alias: str | None  # from for_each_protected_alias()
    names_rows: list | None  # from named_memberships()
    tag_rows: list | None

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collection", "index"], name="membership_index_unique"),
            models.UniqueConstraint(
                fields=["collection", "version"], name="membership_version_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["created_by", "-id"], name="membership_by_person"),
            models.Index(
                fields=["collection", "-index"],
                condition=models.Q(hidden_at__isnull=True),
                name="membership_live",
            ),
            models.Index(
                fields=["collection", "-hidden_at"],
                condition=models.Q(hidden_at__isnull=False),
                name="membership_hidden",
            ),
            models.Index(
                fields=["hidden_at"],
                condition=models.Q(hidden_with_collection=True),
                name="membership_trash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.collection.name}:{self.number}"

    @cached_property
    def alias_rows(self) -> list["Alias"]:
        """The aliases here, as they were when first read, with the event that put each there."""
        rows = _aliases_at(self.pk)
        for alias in rows:
            alias.membership = self
        return rows

    def admin_names(self) -> list[str]:
        return self.collection.project.admin_names()

    def get_absolute_url(self) -> str:
        """Return the address of the version's page, under its number."""
        return self.url_as(self.number)

    def tab_url(self, tab: str) -> str:
        """Return the address of the page, or of a tab, under its number."""
        return self.url_as(self.number, tab)

    def url_as(self, reference: str, tab: str = "") -> str:
        """Return the version's address under a number or an alias of the membership."""
        project = self.collection.project
        route = "version_tab" if tab else "version_detail"
        if project.is_registry:
            address = [project.entity.organization.name, project.registry_name]
            app = "registries"
        else:
            address = [project.entity.name, project.own_name, self.collection.artifact_type.name]
            app = "artifacts"
        return reverse(
            f"{app}:{route}", args=[*address, self.collection.name, reference, *([tab] * bool(tab))]
        )

    def alias_url(self, alias: str) -> str:
        """Return the address under the alias, or the number where no address can have it."""
        return self.url_as(alias if can_be_alias(alias) or alias == LATEST else self.number)

    @property
    def number(self) -> str:
        """The number as people read it: v0, v1, …"""
        return f"v{self.index}"

    @property
    def is_source(self) -> bool:
        return self.collection_id == self.version.sequence_id

    @property
    def full_name(self) -> str:
        """The name that `use_artifact` takes: `{entity}/{project}/{collection}:v{N}`."""
        return f"{self.collection.target_path}:{self.number}"


class Alias(models.Model):
    """A movable name for one membership, unique in its collection; `latest` has no row.

    `event` is the change that put the alias on this membership; None where none was recorded.
    """

    collection = models.ForeignKey(
        Collection, on_delete=models.CASCADE, related_name="aliases", db_index=False
    )
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=128)
    created_at = models.DateTimeField(auto_now_add=True)
    event = models.ForeignKey(Event, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = AliasQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["collection", "name"], name="alias_unique")]
        indexes = [models.Index(fields=["name"], name="alias_name")]
        verbose_name_plural = "aliases"

    def __str__(self) -> str:
        return self.name

    @property
    def history_url(self) -> str:
        """The address of the alias's page; needs no query where the membership is loaded."""
        return self.membership.collection.alias_history_url(self.name)

    @property
    def event_at_hand(self) -> Event | None:
        """The event that put the alias here, or None where it wasn't read along; never queries."""
        event: Event | None = self._state.fields_cache.get("event")
        return event


@prepared
def _aliases_at(membership: Any) -> models.QuerySet:
    return Alias.objects.filter(membership=membership).select_related("event")
