import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0007_guests"),
        ("artifacts", "0024_alias_control"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="keeps_linked",
            field=models.BooleanField(default=True),
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("keep_newest", models.PositiveIntegerField()),
                ("older_than_days", models.PositiveIntegerField(blank=True, null=True)),
                ("keeps_aliases", models.BooleanField(default=True)),
                ("keeps_tags", models.BooleanField(default=True)),
                ("keeps_links", models.BooleanField(default=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("collection", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="retention_rule", to="artifacts.collection")),
                ("updated_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField()),
                ("placed_at", models.DateTimeField(auto_now_add=True)),
                ("lift_reason", models.TextField(blank=True)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("collection", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="legal_holds", to="artifacts.collection")),
                ("lifted_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("organization", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="legal_holds", to="accounts.organization")),
                ("placed_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("version", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="legal_holds", to="artifacts.version")),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "-placed_at", "-id"], name="legal_hold_newest")],
                "constraints": [models.CheckConstraint(condition=models.Q(("version__isnull", True), ("collection__isnull", True), _connector="XOR"), name="legal_hold_on_one_thing"), models.UniqueConstraint(condition=models.Q(("lifted_at__isnull", True)), fields=("version",), name="legal_hold_version_once"), models.UniqueConstraint(condition=models.Q(("lifted_at__isnull", True)), fields=("collection",), name="legal_hold_collection_once")],
            },
        ),
    ]
