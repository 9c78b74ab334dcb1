import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Count, Min, OuterRef, Subquery


def name_collections(apps, schema_editor):
    """Name the collection of each use whose version has only one place in the project it gave."""
    RunInput = apps.get_model('artifacts', 'RunInput')
    places = apps.get_model('artifacts', 'Membership').objects.filter(
        version=OuterRef('version'), collection__project=OuterRef('project')
    )
    only = places.order_by().values('version').annotate(n=Count('pk'), one=Min('collection'))
    RunInput.objects.filter(project__isnull=False).update(
        collection=Subquery(only.filter(n=1).values('one'))
    )


class Migration(migrations.Migration):

    dependencies = [
        ('artifacts', '0008_version_trash_of'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Download',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key_name', models.CharField(blank=True, max_length=140)),
                ('reference', models.CharField(blank=True, max_length=128)),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('count', models.PositiveIntegerField(default=1)),
                ('collection', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='artifacts.collection')),
                ('user', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='downloads', to='artifacts.version')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['version', '-last_at', '-id'], name='download_newest'),
                    models.Index(fields=['collection', 'last_at', 'version', 'user'], name='download_collection'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('version', 'collection', 'user', 'key_name', 'reference'), name='download_unique'),
                ],
            },
        ),
        migrations.AddField(
            model_name='runinput',
            name='collection',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='artifacts.collection'),
        ),
        migrations.AddField(
            model_name='runinput',
            name='reference',
            field=models.CharField(blank=True, max_length=128),
        ),
        migrations.AddIndex(
            model_name='runinput',
            index=models.Index(fields=['collection', 'created_at', 'version'], name='run_input_through'),
        ),
        migrations.RunPython(name_collections, migrations.RunPython.noop),
    ]
