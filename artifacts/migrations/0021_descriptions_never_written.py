"""Descriptions tell never written from written as nothing; what was empty until now is the former."""

from django.db import migrations, models


def forget_empty(apps, schema_editor):
    for name in ("Collection", "Version"):
        rows = apps.get_model("artifacts", name)._base_manager.using(schema_editor.connection.alias)
        rows.filter(description="").update(description=None)


def write_empty(apps, schema_editor):
    for name in ("Collection", "Version"):
        rows = apps.get_model("artifacts", name)._base_manager.using(schema_editor.connection.alias)
        rows.filter(description=None).update(description="")


class Migration(migrations.Migration):
    dependencies = [("artifacts", "0020_hidden_memberships")]

    operations = [
        migrations.AlterField(
            "collection", "description", models.TextField(blank=True, null=True)
        ),
        migrations.AlterField("version", "description", models.TextField(blank=True, null=True)),
        migrations.RunPython(forget_empty, write_empty),
    ]
