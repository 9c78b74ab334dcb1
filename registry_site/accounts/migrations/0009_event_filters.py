from django.db import migrations, models
from django.db.models import Q

_TOPICS = [
    ("aliases", Q(verb__contains="alias")),
    ("deletions", Q(verb__in=["delete", "restore", "purge"])),
    ("links", Q(verb__in=["link", "unlink"])),
    ("members", Q(verb__in=["add_members", "remove_members", "remove_member", "set_role"])),
    ("members", Q(verb__in=["invite", "allow", "accept", "decline", "refuse", "withdraw"])),
    ("settings", Q(verb="rename")),
    (
        "settings",
        Q(kind__in=["registry", "project", "organization", "team", "entity"])
        & Q(verb__in=["create", "update"]),
    ),
]


def fill_topics(apps, schema_editor):
    """Events say since now under what they are found; a later entry doesn't undo an earlier one."""
    events = apps.get_model("accounts", "Event").objects
    for topic, which in _TOPICS:
        events.filter(which, topic="work").update(topic=topic)
    texts = events.filter(verb="update", kind__in=["collection", "version", "project", "registry"])
    changed = [
        event.pk
        for event in texts.only("before", "after").iterator(chunk_size=500)
        if isinstance(event.after, dict)
        and "description" in event.after
        and event.after["description"] != (event.before or {}).get("description")
    ]
    for start in range(0, len(changed), 500):
        events.filter(pk__in=changed[start : start + 500]).update(topic="texts")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_event_note")]

    operations = [
        migrations.AddField(
            model_name="event",
            name="topic",
            field=models.CharField(
                choices=[
                    ("aliases", "Aliases"),
                    ("links", "Links"),
                    ("deletions", "Deletions and holds"),
                    ("texts", "Cards and descriptions"),
                    ("members", "Members and roles"),
                    ("settings", "Settings"),
                    ("work", "Versions, runs and tags"),
                ],
                default="work",
                max_length=12,
            ),
        ),
        migrations.RunPython(fill_topics, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["project_id", "topic", "-id"], name="event_topic"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["actor_name", "-id"], name="event_actor"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["at"], name="event_at"),
        ),
    ]
