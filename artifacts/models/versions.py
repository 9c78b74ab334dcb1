"""Versions: their content is immutable, their description can be edited."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from artifacts.models.collections import Collection
from artifacts.models.projects import Project
from artifacts.querysets.versions import StoredVersions, VersionQuerySet
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Role, highest
from registry_site.queries.prepared import prepared


def new_commit_hash() -> str:
    return secrets.token_hex(10)


@dataclass(frozen=True)
class HiddenVersion:
    """A version of which a person sees no collection; nothing is known of it but this text."""

    def __str__(self) -> str:
        return _("a version that you cannot open")


class Version(models.Model):
    """One artifact: manifest, digest and files that never change once it is committed.

    `version_index` is its number in its own sequence; its numbers elsewhere are on its
    memberships. `pending` has the aliases and tags that it gets at its commit. When a version is
    removed for good, its row stays as a tombstone, because others point at it: `objects` leaves
    tombstones out, `with_removed` has all.
    """

    class State(models.TextChoices):
        PENDING = "PENDING", "pending"
        COMMITTED = "COMMITTED", "committed"
        DELETED = "DELETED", "deleted"

    class Algorithm(models.TextChoices):
        MD5 = "MANIFEST_MD5", "MD5"
        XXH128 = "MANIFEST_XXH128", "XXH128"

    sequence = models.ForeignKey(
        Collection, on_delete=models.CASCADE, related_name="versions", db_index=False
    )
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    version_index = models.PositiveIntegerField(null=True, blank=True)
    digest = models.CharField(max_length=64)
    digest_algorithm = models.CharField(max_length=16, choices=Algorithm, default=Algorithm.MD5)
    commit_hash = models.CharField(max_length=20, default=new_commit_hash)
    description = models.TextField(null=True, blank=True)  # null: never written
    metadata = models.JSONField(default=dict)
    size = models.BigIntegerField(default=0)
    file_count = models.PositiveIntegerField(default=0)
    manifest = models.ForeignKey(
        "artifacts.Blob", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # seconds from its creation until it expires; null inherits, 0 is switched off
    ttl_seconds = models.BigIntegerField(null=True, blank=True)
    history_step = models.BigIntegerField(null=True, blank=True)
    distributed_id = models.CharField(max_length=128, blank=True)
    pending = models.JSONField(default=dict)  # {"aliases": […], "tags": […]}
    run = models.ForeignKey(
        "artifacts.Run", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    committed_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)  # in the trash since
    deleted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)  # for good: a tombstone since

    objects = StoredVersions()
    with_removed = VersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sequence", "version_index"], name="version_index_unique"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="COMMITTED", version_index__isnull=True),
                name="version_committed_has_index",
            ),
        ]
        indexes = [
            models.Index(fields=["sequence", "digest"], name="version_digest"),
            models.Index(
                fields=["deleted_at"],
                condition=models.Q(deleted_at__isnull=False, removed_at__isnull=True),
                name="version_trash",
            ),
            models.Index(
                fields=["sequence", "-deleted_at", "-id"],
                condition=models.Q(deleted_at__isnull=False),
                name="version_trash_of",
            ),
            models.Index(
                fields=["created_at"], condition=models.Q(state="PENDING"), name="version_pending"
            ),
            models.Index(
                fields=["ttl_seconds", "created_at"],
                condition=models.Q(ttl_seconds__gt=0, deleted_at__isnull=True),
                name="version_ttl",
            ),
        ]

    def __str__(self) -> str:
        number = "…" if self.version_index is None else self.version_index
        return f"{self.sequence.name}:v{number}"

    @property
    def is_summed_by_xxh128(self) -> bool:
        """Whether the digests of its files are XXH128s, not MD5s."""
        return self.digest_algorithm == self.Algorithm.XXH128

    @property
    def is_committed(self) -> bool:
        return self.state == self.State.COMMITTED

    @property
    def seconds_to_live(self) -> int | None:
        """Its TTL in seconds from its creation: its own, else its entity's; None for ever."""
        if self.ttl_seconds is None:
            return self.sequence.project.entity.default_ttl_seconds
        return self.ttl_seconds or None

    def role_of(self, user: "User") -> Any:
        """Return the user's highest role over all memberships, for a version reached by id.

        Nothing that is done to a version needs more than Member, so from there on nobody else's
        project is read.
        """
        own: Role | None = self.sequence.project.role_of(user)
        if own and own.rank <= Role.MEMBER.rank:
            return own
        return highest(own, *(project.role_of(user) for project in _projects_of(self.pk)))

    def seen_by(self, user: "User") -> Any:
        """Return what the user may know it by, whose text is its name.

        That is the version itself where they see its source, else its membership in a collection
        that they see, else a HiddenVersion. A deleted version keeps the memberships that it had.
        """
        if self.sequence.project.role_of(user) is not None:
            return self
        memberships = self.memberships.filter(hidden_with_collection=False).for_path()
        for membership in memberships.filter(collection__deleted_at=None):
            if membership.collection.project.role_of(user) is not None:
                return membership
        return HiddenVersion()

    def admin_names(self) -> list[str]:
        return self.sequence.project.admin_names()


@prepared
def _projects_of(version: Any) -> models.QuerySet:
    """Return the projects of the version's memberships, hidden ones included.

    Those are hidden when the version is deleted. Where the collection itself was deleted, its
    membership gives nobody a right.
    """
    return Project.objects.filter(
        collections__deleted_at__isnull=True,
        collections__memberships__version=version,
        collections__memberships__hidden_with_collection=False,
    ).distinct()


class VersionTag(models.Model):
    """A free label on a version, shown wherever the version is linked."""

    version = models.ForeignKey(
        Version, on_delete=models.CASCADE, related_name="tags", db_index=False
    )
    name = models.CharField(max_length=128)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "name"], name="version_tag_unique")
        ]
        indexes = [models.Index(fields=["name"], name="version_tag_name")]

    def __str__(self) -> str:
        return self.name


class ClientId(models.Model):
    """A client's own id of a version; equal content gives one version several client ids."""

    client_id = models.CharField(max_length=128, unique=True)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="client_ids")

    def __str__(self) -> str:
        return self.client_id
