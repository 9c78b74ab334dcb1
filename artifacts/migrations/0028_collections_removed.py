"""Collections that were deleted before left nothing that they could bring back."""

from django.db import migrations, models


def remove_for_good(apps, schema_editor):
    """Deletion took the links of portfolios and gave versions a time of their own until now."""
    collections = apps.get_model("artifacts", "Collection")._base_manager
    deleted = collections.using(schema_editor.connection.alias).exclude(deleted_at=None)
    deleted.update(removed_at=models.F("deleted_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("artifacts", "0027_daily_sweeps"),
    ]

    operations = [
        migrations.AddField(
            model_name="collection",
            name="removed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(remove_for_good, migrations.RunPython.noop),
    ]
