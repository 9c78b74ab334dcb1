"""Deleted things stay as rows that tell what they were, when they were deleted and by whom."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_BY = {
    "null": True,
    "on_delete": django.db.models.deletion.SET_NULL,
    "related_name": "+",
    "to": settings.AUTH_USER_MODEL,
}


class Migration(migrations.Migration):

    dependencies = [
        ("artifacts", "0012_fill_former_paths"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("collection", "deleted_by", models.ForeignKey(**_BY)),
        migrations.AddField("project", "deleted_by", models.ForeignKey(**_BY)),
        migrations.AddField("run", "deleted_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("run", "deleted_by", models.ForeignKey(**_BY)),
        migrations.AddField("version", "removed_at", models.DateTimeField(blank=True, null=True)),
        migrations.RemoveIndex("version", "version_trash"),
        migrations.AddIndex(
            "version",
            models.Index(
                fields=["deleted_at"],
                condition=models.Q(deleted_at__isnull=False, removed_at__isnull=True),
                name="version_trash",
            ),
        ),
    ]
