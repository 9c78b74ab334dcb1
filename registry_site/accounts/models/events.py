"""The append-only record of changes."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry_site.accounts.models.people import User


class Verb(StrEnum):
    """What people do to things. The values are stored: add new ones, never rename any."""

    # anything
    CREATE = "create"
    UPDATE = "update"
    RENAME = "rename"
    DELETE = "delete"
    RESTORE = "restore"
    PURGE = "purge"
    # runs
    STOP = "stop"
    REWIND = "rewind"
    # accounts
    CLOSE = "close"
    # versions in collections
    LINK = "link"
    UNLINK = "unlink"
    # aliases
    ADD_ALIAS = "add_alias"
    MOVE_ALIAS = "move_alias"
    REMOVE_ALIAS = "remove_alias"
    ROLL_BACK_ALIAS = "roll_back_alias"
    PROTECT_ALIASES = "protect_aliases"
    UNPROTECT_ALIASES = "unprotect_aliases"
    PIN_ALIASES = "pin_aliases"
    UNPIN_ALIASES = "unpin_aliases"
    # collections
    ADD_TAGS = "add_tags"
    REMOVE_TAGS = "remove_tags"
    # legal holds and retention
    HOLD = "hold"
    LIFT_HOLD = "lift_hold"
    SET_RETENTION = "set_retention"
    REMOVE_RETENTION = "remove_retention"
    # people and teams
    ADD_MEMBERS = "add_members"
    REMOVE_MEMBERS = "remove_members"
    REMOVE_MEMBER = "remove_member"
    SET_ROLE = "set_role"
    INVITE = "invite"
    ALLOW = "allow"
    ACCEPT = "accept"
    DECLINE = "decline"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    REQUEST_ACCESS = "request_access"
    WITHDRAW_REQUEST = "withdraw_request"
    GRANT_ACCESS = "grant_access"
    DECLINE_ACCESS = "decline_access"
    # one's own account
    SET_PASSWORD = "set_password"  # noqa: S105 - a verb
    SET_DEFAULT_ENTITY = "set_default_entity"


class Kind(StrEnum):
    """The kinds of things that change. The values are stored: add new ones, never rename any."""

    COLLECTION = "collection"
    VERSION = "version"
    RUN = "run"
    RUN_FILE = "run_file"
    SAVED_VIEW = "saved_view"
    REGISTRY = "registry"
    PROJECT = "project"
    ORGANIZATION = "organization"
    TEAM = "team"
    USER = "user"
    API_KEY = "api_key"
    ENTITY = "entity"
    ACCESS_REQUEST = "access_request"
    DEMO = "demo"  # one event of it says that the demo data exists


class Event(models.Model):
    """One change: who, when, what, from, to; appended by the operation itself, never altered.

    `subject` is the thing's name as it was then; `kind` and `subject_id` find its events.
    `project_id` is the project in which it happened (no foreign key: events outlive projects).
    `topic` is the group of changes by which people filter a history.
    """

    class Topic(models.TextChoices):
        ALIASES = "aliases", _("Aliases")
        LINKS = "links", _("Links")
        DELETIONS = "deletions", _("Deletions and holds")
        TEXTS = "texts", _("Cards and descriptions")
        MEMBERS = "members", _("Members and roles")
        SETTINGS = "settings", _("Settings")
        WORK = "work", _("Versions, runs and tags")

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_name = models.CharField(max_length=64)
    verb = models.CharField(max_length=40)
    topic = models.CharField(max_length=12, choices=Topic, default=Topic.WORK)
    kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=512)
    project_id = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    note = models.TextField(default="", blank=True)  # the person's own reason

    class Meta:
        indexes = [
            models.Index(fields=["kind", "subject_id", "-id"], name="event_subject"),
            models.Index(fields=["project_id", "-id"], name="event_project"),
            models.Index(fields=["project_id", "topic", "-id"], name="event_topic"),
            models.Index(fields=["actor_name", "-id"], name="event_actor"),
            models.Index(fields=["at"], name="event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb} {self.subject}"
