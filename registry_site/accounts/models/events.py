"""The append-only record of changes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry_site.accounts.models.people import User


class Event(models.Model):
    """One change: who, when, what, from, to. Appended by the operation itself, never altered.

    `subject` is the thing's name as it was then; `kind` and `subject_id` find its events;
    `project_id` is the project in which it happened (no foreign key: events outlive projects);
    `topic` is what people look for in a history.
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
    note = models.TextField(default="", blank=True)  # why, in the words of who did it

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
