from django.db import migrations, models

import artifacts.models.paths


def make_key(apps, schema_editor):
    apps.get_model("artifacts", "PlaceholderKey").objects.create(pk=1)


class Migration(migrations.Migration):

    dependencies = [
        ('artifacts', '0018_deleted_runs_as_tombstones'),
    ]

    operations = [
        migrations.CreateModel(
            name='PlaceholderKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.CharField(default=artifacts.models.paths.new_key, max_length=64)),
            ],
        ),
        migrations.RunPython(make_key, migrations.RunPython.noop),
    ]
