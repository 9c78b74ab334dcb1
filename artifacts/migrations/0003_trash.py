import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('artifacts', '0002_project_deletion'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='collection',
            name='collection_name_unique',
        ),
        migrations.AddField(
            model_name='blob',
            name='wanted_at',
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name='collection',
            name='deleted_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='dropped_aliases',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='version',
            name='deleted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='collection',
            index=models.Index(fields=['project', 'name'], name='collection_named'),
        ),
        migrations.AddIndex(
            model_name='version',
            index=models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='version_trash'),
        ),
        migrations.AddIndex(
            model_name='version',
            index=models.Index(condition=models.Q(('state', 'PENDING')), fields=['created_at'], name='version_pending'),
        ),
        migrations.AddIndex(
            model_name='version',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True), ('ttl_seconds__gt', 0)), fields=['ttl_seconds', 'created_at'], name='version_ttl'),
        ),
        migrations.AddConstraint(
            model_name='collection',
            constraint=models.UniqueConstraint(condition=models.Q(('deleted_at__isnull', True)), fields=('project', 'name'), name='collection_name_unique'),
        ),
    ]
