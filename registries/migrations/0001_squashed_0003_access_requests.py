"""Everything that a new database has at release 0.1.0; see the one of artifacts."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("registries", "0001_initial"),
        ("registries", "0002_look"),
        ("registries", "0003_access_requests"),
    ]

    initial = True

    dependencies = [
        # steps, not squashes: databases that have all of this stand between those two steps
        ("accounts", "0009_event_filters"),
        ("artifacts", "0024_alias_control"),
    ]

    operations = [
        migrations.CreateModel(
            name="Registry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=113)),
                ("is_core", models.BooleanField(default=False)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registries",
                        to="accounts.organization",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="owned_registries",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="registry",
                        to="artifacts.project",
                    ),
                ),
                (
                    "colour",
                    models.CharField(
                        choices=[
                            ("slate", "Slate"),
                            ("blue", "Blue"),
                            ("teal", "Teal"),
                            ("green", "Green"),
                            ("amber", "Amber"),
                            ("rose", "Rose"),
                            ("violet", "Violet"),
                        ],
                        default="slate",
                        max_length=20,
                    ),
                ),
                (
                    "icon",
                    models.CharField(
                        choices=[
                            ("library", "Books"),
                            ("box", "Box"),
                            ("database", "Database"),
                            ("table", "Table"),
                            ("image", "Picture"),
                            ("file-text", "Text"),
                            ("chart-line", "Chart"),
                            ("workflow", "Workflow"),
                            ("globe", "Globe"),
                            ("shield", "Shield"),
                            ("star", "Star"),
                        ],
                        default="library",
                        max_length=20,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "registries",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        django.db.models.functions.text.Lower("name"),
                        name="registry_name_unique",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AccessRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=128)),
                ("is_blind", models.BooleanField(default=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("admin", "Admin"),
                            ("member", "Member"),
                            ("viewer", "Viewer"),
                            ("restricted_viewer", "Restricted Viewer"),
                        ],
                        max_length=20,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waiting"),
                            ("granted", "Granted"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                (
                    "given_role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("admin", "Admin"),
                            ("member", "Member"),
                            ("viewer", "Viewer"),
                            ("restricted_viewer", "Restricted Viewer"),
                        ],
                        max_length=20,
                    ),
                ),
                ("answer", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="artifacts.project",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="access_requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("project__isnull", False), ("state", "open")),
                        fields=("user", "project"),
                        name="access_request_registry_unique",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open"), ("team__isnull", False)),
                        fields=("user", "team"),
                        name="access_request_team_unique",
                    ),
                    models.UniqueConstraint(
                        models.F("user"),
                        models.F("organization"),
                        django.db.models.functions.text.Lower("name"),
                        condition=models.Q(("is_blind", True), ("state__in", ["open", "declined"])),
                        name="access_request_blind_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("project__isnull", True), ("team__isnull", True), _connector="OR"
                        ),
                        name="access_request_of_one_thing",
                    ),
                ],
            },
        ),
    ]
