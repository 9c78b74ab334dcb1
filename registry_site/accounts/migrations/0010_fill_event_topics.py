from django.db import migrations
from django.db.models import Max, Min, Q

_EVENTS = 5_000  # keys in one statement, so that nobody waits long for a row

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
    """Events say since now under what they are found; it may be begun again at any point."""
    events = apps.get_model("accounts", "Event").objects
    keys = events.aggregate(first=Min("pk"), last=Max("pk"))
    if keys["first"] is None:
        return
    for start in range(keys["first"], keys["last"] + 1, _EVENTS):
        _fill(events.filter(pk__gte=start, pk__lt=start + _EVENTS))


def _fill(events):
    """A later entry doesn't undo an earlier one."""
    for topic, which in _TOPICS:
        events.filter(which, topic="work").update(topic=topic)
    texts = events.filter(verb="update", kind__in=["collection", "version", "project", "registry"])
    changed = [
        pk
        for pk, before, after in texts.values_list("pk", "before", "after")
        if isinstance(after, dict)
        and "description" in after
        and after["description"] != (before or {}).get("description")
    ]
    for start in range(0, len(changed), 500):
        events.filter(pk__in=changed[start : start + 500]).update(topic="texts")


class Migration(migrations.Migration):
    """Apart from the column: that keeps the table to itself as long as its transaction lasts."""

    atomic = False
    dependencies = [("accounts", "0009_event_filters")]

    operations = [migrations.RunPython(fill_topics, migrations.RunPython.noop)]
