"""Runs and collections are restorable while they are in the trash; what was deleted is not."""

from django.conf import settings
from django.db import migrations, models


def remove_for_good(apps, schema_editor):
    """Nothing is left of the runs that were deleted until now."""
    runs = apps.get_model("artifacts", "Run")._base_manager.using(schema_editor.connection.alias)
    runs.exclude(deleted_at=None).update(removed_at=models.F("deleted_at"))


class Migration(migrations.Migration):

    dependencies = [
        ("artifacts", "0026_former_path_uses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="hidden_with_collection",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="run",
            name="removed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="collection",
            index=models.Index(condition=models.Q(("deleted_at__isnull", False)), fields=["project", "-deleted_at", "-id"], name="collection_trash_of"),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(condition=models.Q(("hidden_with_collection", True)), fields=["hidden_at"], name="membership_trash"),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(condition=models.Q(("deleted_at__isnull", False), ("removed_at__isnull", True)), fields=["project", "-deleted_at", "-id"], name="run_trash_of"),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(condition=models.Q(("deleted_at__isnull", False), ("removed_at__isnull", True)), fields=["deleted_at"], name="run_trash"),
        ),
        migrations.RunPython(remove_for_good, migrations.RunPython.noop),
    ]
