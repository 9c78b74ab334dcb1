"""What was deleted before gets the same form: runs become rows again, and who it was is kept."""

from django.db import migrations
from django.db.models import F

MAX_NAME = 128


def fill(apps, schema_editor):
    models = {name: apps.get_model("artifacts", name) for name in ("Run", "DeletedRun", "Project")}
    actors = _actors(apps, "run")
    for deleted in models["DeletedRun"].objects.iterator():
        run, _created = models["Run"].objects.get_or_create(
            pk=deleted.run_id,
            defaults={
                "project_id": deleted.project_id,
                "name": deleted.name,
                "display_name": deleted.name,
                "state": "finished",
                "deleted_at": deleted.deleted_at,
                "deleted_by_id": actors.get(deleted.run_id),
            },
        )
        run.created_at = run.heartbeat_at = deleted.deleted_at  # when it began is not known
        run.save(update_fields=["created_at", "heartbeat_at"])
    actors = _actors(apps, "project")
    for project in models["Project"].objects.exclude(deleted_at=None):
        mark = f"/{project.pk}"
        name = project.name.removeprefix(f"{project.pk}/")
        project.name = name[: MAX_NAME - len(mark)] + mark
        project.deleted_by_id = actors.get(project.pk)
        project.save(update_fields=["name", "deleted_by"])
    collections = apps.get_model("artifacts", "Collection").objects.exclude(deleted_at=None)
    collections.update(deleted_by=F("updated_by"))


def _actors(apps, kind):
    """Who deleted each of this kind, by its key; those whose account is there still."""
    events = apps.get_model("accounts", "Event").objects.filter(kind=kind, verb="delete")
    return dict(events.exclude(actor=None).values_list("subject_id", "actor_id"))


class Migration(migrations.Migration):

    dependencies = [
        ("artifacts", "0017_tombstones"),
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.DeleteModel("DeletedRun"),
    ]
