"""A registry is known by its kind; until now its name's prefix told."""

from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Left
from django.db.models.lookups import Exact

PREFIX = "wandb-registry-"
HAS_PREFIX = Exact(Left("name", len(PREFIX)), PREFIX)


def mark_registries(apps, schema_editor):
    projects = apps.get_model("artifacts", "Project")._base_manager
    projects.using(schema_editor.connection.alias).filter(HAS_PREFIX).update(kind="registry")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_squashed_0011_event_indexes"),
        ("artifacts", "0001_squashed_0028_collections_removed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="kind",
            field=models.CharField(
                choices=[("project", "Project"), ("registry", "Registry")],
                default="project",
                max_length=8,
            ),
        ),
        migrations.RunPython(mark_registries, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=(
                    models.Q(kind="registry") & HAS_PREFIX
                    | models.Q(kind="project") & ~models.Q(HAS_PREFIX)
                ),
                name="project_kind_fits_name",
            ),
        ),
    ]
