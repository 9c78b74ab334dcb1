"""What was deleted before gets the same form: runs become rows again, and who it was is kept."""

from itertools import islice

from django.db import migrations
from django.db.models import F

MAX_NAME = 128
BATCH = 500


def fill(apps, schema_editor):
    _keep_runs(apps.get_model("artifacts", "Run"), apps.get_model("artifacts", "DeletedRun"), apps)
    projects = apps.get_model("artifacts", "Project").objects.exclude(deleted_at=None)
    actors = _actors(apps, "project")
    for project in projects:
        mark = f"/{project.pk}"
        name = project.name.removeprefix(f"{project.pk}/")
        project.name = name[: MAX_NAME - len(mark)] + mark
        project.deleted_by_id = actors.get(project.pk)
        project.save(update_fields=["name", "deleted_by"])
    collections = apps.get_model("artifacts", "Collection").objects.exclude(deleted_at=None)
    collections.update(deleted_by=F("updated_by"))


def _keep_runs(Run, DeletedRun, apps):
    actors = _actors(apps, "run")
    rows = (
        Run(
            pk=deleted.run_id,
            project_id=deleted.project_id,
            name=deleted.name,
            display_name=deleted.name,
            state="finished",
            deleted_at=deleted.deleted_at,
            deleted_by_id=actors.get(deleted.run_id),
        )
        for deleted in DeletedRun.objects.iterator()
    )
    while part := list(islice(rows, BATCH)):
        Run.objects.bulk_create(part, ignore_conflicts=True)
    # when one began is not known
    Run.objects.exclude(deleted_at=None).update(
        created_at=F("deleted_at"), heartbeat_at=F("deleted_at")
    )


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
