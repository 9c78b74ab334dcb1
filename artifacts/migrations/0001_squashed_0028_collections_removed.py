"""Everything that a new database has at release 0.1.0. One from before takes the steps that
this replaces; what those wrote into old rows, a new database does not need."""

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from artifacts.models.paths import new_key
from artifacts.models.versions import new_commit_hash


def make_key(apps, schema_editor):
    apps.get_model("artifacts", "PlaceholderKey").objects.create(pk=1)


class Migration(migrations.Migration):
    replaces = [
        ("artifacts", "0001_initial"),
        ("artifacts", "0002_project_deletion"),
        ("artifacts", "0003_trash"),
        ("artifacts", "0004_run_progress_and_alerts"),
        ("artifacts", "0005_uploads_in_parts"),
        ("artifacts", "0006_deleted_runs"),
        ("artifacts", "0007_files_by_digest"),
        ("artifacts", "0008_version_trash_of"),
        ("artifacts", "0009_downloads"),
        ("artifacts", "0010_saved_views"),
        ("artifacts", "0011_former_paths"),
        ("artifacts", "0012_fill_former_paths"),
        ("artifacts", "0017_tombstones"),
        ("artifacts", "0018_deleted_runs_as_tombstones"),
        ("artifacts", "0019_placeholder_key"),
        ("artifacts", "0020_hidden_memberships"),
        ("artifacts", "0021_descriptions_never_written"),
        ("artifacts", "0023_jobs"),
        ("artifacts", "0024_alias_control"),
        ("artifacts", "0022_keeping"),
        ("artifacts", "0026_former_path_uses"),
        ("artifacts", "0025_trash_of_all"),
        ("artifacts", "0027_daily_sweeps"),
        ("artifacts", "0028_collections_removed"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0008_event_note"),  # a step: see the squash of registries
    ]

    operations = [
        migrations.CreateModel(
            name="Blob",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("md5", models.CharField(max_length=24)),
                ("size", models.BigIntegerField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("wanted_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("xxh128", models.CharField(blank=True, max_length=24)),
            ],
            options={
                "indexes": [models.Index(fields=["md5"], name="blob_md5")],
            },
        ),
        migrations.CreateModel(
            name="Project",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=128)),
                ("description", models.TextField(blank=True, null=True)),
                (
                    "access",
                    models.CharField(
                        choices=[("organization", "Organization"), ("restricted", "Restricted")],
                        default="organization",
                        max_length=12,
                    ),
                ),
                (
                    "default_role",
                    models.CharField(
                        choices=[
                            ("admin", "Admin"),
                            ("member", "Member"),
                            ("viewer", "Viewer"),
                            ("restricted_viewer", "Restricted Viewer"),
                        ],
                        default="viewer",
                        max_length=20,
                    ),
                ),
                ("accepts_all_types", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="accounts.entity",
                    ),
                ),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "deleted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("keeps_linked", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("entity", "name"), name="project_name_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="ArtifactType",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=128)),
                ("description", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="artifact_types",
                        to="artifacts.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "name"), name="artifact_type_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="Collection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("sequence", "sequence"), ("portfolio", "portfolio")],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=128)),
                ("description", models.TextField(blank=True, null=True)),
                ("next_index", models.PositiveIntegerField(default=0)),
                ("version_count", models.PositiveIntegerField(default=0)),
                ("client_id", models.CharField(blank=True, max_length=128)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "artifact_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="collections",
                        to="artifacts.artifacttype",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="collections",
                        to="artifacts.project",
                    ),
                ),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "deleted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["project", "-updated_at", "-id"], name="collection_changed"
                    ),
                    models.Index(fields=["project", "name"], name="collection_named"),
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", False)),
                        fields=["project", "-deleted_at", "-id"],
                        name="collection_trash_of",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at__isnull", True)),
                        fields=("project", "name"),
                        name="collection_name_unique",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AcceptedType",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=128)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="accepted_types",
                        to="artifacts.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "name"), name="accepted_type_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
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
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="artifacts.project",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="project_members",
                        to="accounts.team",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="project_members",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "user"), name="project_user_unique"),
                    models.UniqueConstraint(fields=("project", "team"), name="project_team_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("user__isnull", True), ("team__isnull", True), _connector="XOR"
                        ),
                        name="project_member_is_user_or_team",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProtectedAlias",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=128)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="protected_aliases",
                        to="artifacts.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "name"), name="protected_alias_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=128)),
                ("display_name", models.CharField(max_length=256)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "pending"),
                            ("running", "running"),
                            ("finished", "finished"),
                            ("failed", "failed"),
                            ("crashed", "crashed"),
                            ("killed", "killed"),
                            ("preempting", "preempting"),
                            ("preempted", "preempted"),
                        ],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("exit_code", models.IntegerField(blank=True, null=True)),
                ("config", models.JSONField(default=dict)),
                ("summary", models.JSONField(default=dict)),
                ("notes", models.TextField(blank=True)),
                ("tags", models.JSONField(default=list)),
                ("group", models.CharField(blank=True, max_length=256)),
                ("job_type", models.CharField(blank=True, max_length=256)),
                ("host", models.CharField(blank=True, max_length=256)),
                ("commit", models.CharField(blank=True, max_length=256)),
                ("program", models.TextField(blank=True)),
                ("stop_requested", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("heartbeat_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="runs",
                        to="artifacts.project",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("history_keys", models.JSONField(default=dict)),
                ("history_lines", models.PositiveIntegerField(default=0)),
                ("last_step", models.BigIntegerField(blank=True, null=True)),
                ("system_metrics", models.JSONField(default=dict)),
                ("description", models.TextField(blank=True)),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "deleted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "-created_at", "-id"], name="run_newest"),
                    models.Index(
                        condition=models.Q(
                            ("deleted_at__isnull", False), ("removed_at__isnull", True)
                        ),
                        fields=["project", "-deleted_at", "-id"],
                        name="run_trash_of",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("deleted_at__isnull", False), ("removed_at__isnull", True)
                        ),
                        fields=["deleted_at"],
                        name="run_trash",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "name"), name="run_name_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="RunFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField()),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "blob",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="run_files",
                        to="artifacts.blob",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="artifacts.run",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("run", "name"), name="run_file_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="RunLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "stream",
                    models.CharField(
                        choices=[
                            ("history", "history"),
                            ("events", "events"),
                            ("console", "console"),
                        ],
                        max_length=8,
                    ),
                ),
                ("line", models.PositiveIntegerField()),
                ("text", models.TextField()),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="artifacts.run",
                    ),
                ),
                ("step", models.BigIntegerField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("step__isnull", False)),
                        fields=["run", "step", "line"],
                        name="run_line_step",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "stream", "line"), name="run_line_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PENDING", "pending"),
                            ("COMMITTED", "committed"),
                            ("DELETED", "deleted"),
                        ],
                        default="PENDING",
                        max_length=10,
                    ),
                ),
                ("version_index", models.PositiveIntegerField(blank=True, null=True)),
                ("digest", models.CharField(max_length=64)),
                (
                    "digest_algorithm",
                    models.CharField(
                        choices=[("MANIFEST_MD5", "MD5"), ("MANIFEST_XXH128", "XXH128")],
                        default="MANIFEST_MD5",
                        max_length=16,
                    ),
                ),
                (
                    "commit_hash",
                    models.CharField(default=new_commit_hash, max_length=20),
                ),
                ("description", models.TextField(blank=True, null=True)),
                ("metadata", models.JSONField(default=dict)),
                ("size", models.BigIntegerField(default=0)),
                ("file_count", models.PositiveIntegerField(default=0)),
                ("ttl_seconds", models.BigIntegerField(blank=True, null=True)),
                ("history_step", models.BigIntegerField(blank=True, null=True)),
                ("distributed_id", models.CharField(blank=True, max_length=128)),
                ("pending", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("committed_at", models.DateTimeField(blank=True, null=True)),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "manifest",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="artifacts.blob",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="artifacts.run",
                    ),
                ),
                (
                    "sequence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="artifacts.collection",
                    ),
                ),
                (
                    "deleted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["sequence", "digest"], name="version_digest"),
                    models.Index(
                        condition=models.Q(("state", "PENDING")),
                        fields=["created_at"],
                        name="version_pending",
                    ),
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", True), ("ttl_seconds__gt", 0)),
                        fields=["ttl_seconds", "created_at"],
                        name="version_ttl",
                    ),
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", False)),
                        fields=["sequence", "-deleted_at", "-id"],
                        name="version_trash_of",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("deleted_at__isnull", False), ("removed_at__isnull", True)
                        ),
                        fields=["deleted_at"],
                        name="version_trash",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("sequence", "version_index"), name="version_index_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "COMMITTED"), ("version_index__isnull", True), _negated=True
                        ),
                        name="version_committed_has_index",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RunOutput",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outputs",
                        to="artifacts.run",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="producers",
                        to="artifacts.version",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("run", "version"), name="run_output_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="RunInput",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("used_as", models.CharField(blank=True, max_length=256)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
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
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="inputs",
                        to="artifacts.run",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consumers",
                        to="artifacts.version",
                    ),
                ),
                (
                    "collection",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="artifacts.collection",
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=128)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["collection", "created_at", "version"], name="run_input_through"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "version"), name="run_input_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("index", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("hidden_at", models.DateTimeField(blank=True, null=True)),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="artifacts.collection",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="artifacts.version",
                    ),
                ),
                ("dropped_aliases", models.JSONField(default=list)),
                ("hidden_with_collection", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("hidden_at__isnull", True)),
                        fields=["collection", "-index"],
                        name="membership_live",
                    ),
                    models.Index(
                        condition=models.Q(("hidden_at__isnull", False)),
                        fields=["collection", "-hidden_at"],
                        name="membership_hidden",
                    ),
                    models.Index(
                        condition=models.Q(("hidden_with_collection", True)),
                        fields=["hidden_at"],
                        name="membership_trash",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("collection", "index"), name="membership_index_unique"
                    ),
                    models.UniqueConstraint(
                        fields=("collection", "version"), name="membership_version_unique"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ManifestEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.TextField()),
                ("digest", models.TextField()),
                ("size", models.BigIntegerField(default=0)),
                ("ref", models.TextField(blank=True)),
                ("birth_version_id", models.BigIntegerField(blank=True, null=True)),
                (
                    "blob",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="artifacts.blob",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="artifacts.version",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "manifest entries",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "path"), name="manifest_entry_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Manifest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("FULL", "full"),
                            ("PATCH", "patch"),
                            ("INCREMENTAL", "incremental"),
                        ],
                        default="FULL",
                        max_length=12,
                    ),
                ),
                ("digest", models.CharField(blank=True, max_length=24)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "blob",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="artifacts.blob",
                    ),
                ),
                (
                    "base",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="artifacts.version",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="manifests",
                        to="artifacts.version",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ClientId",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("client_id", models.CharField(max_length=128, unique=True)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="client_ids",
                        to="artifacts.version",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ArtifactFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.TextField()),
                ("md5", models.CharField(blank=True, max_length=24)),
                ("digest", models.CharField(max_length=24)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "blob",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="artifacts.blob",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="artifacts.version",
                    ),
                ),
                ("part_sums", models.JSONField(default=list)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "path", "digest"), name="artifact_file_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VersionTag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=128)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tags",
                        to="artifacts.version",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["name"], name="version_tag_name")],
                "constraints": [
                    models.UniqueConstraint(fields=("version", "name"), name="version_tag_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="CollectionTag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=128)),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tags",
                        to="artifacts.collection",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["name"], name="collection_tag_name")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("collection", "name"), name="collection_tag_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Alias",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=128)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="aliases",
                        to="artifacts.collection",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="aliases",
                        to="artifacts.membership",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.event",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "aliases",
                "indexes": [models.Index(fields=["name"], name="alias_name")],
                "constraints": [
                    models.UniqueConstraint(fields=("collection", "name"), name="alias_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="RunAlert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=256)),
                ("text", models.TextField(blank=True)),
                (
                    "severity",
                    models.CharField(
                        choices=[("INFO", "info"), ("WARN", "warning"), ("ERROR", "error")],
                        default="INFO",
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alerts",
                        to="artifacts.run",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Download",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key_name", models.CharField(blank=True, max_length=140)),
                ("reference", models.CharField(blank=True, max_length=128)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("count", models.PositiveIntegerField(default=1)),
                (
                    "collection",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="artifacts.collection",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="downloads",
                        to="artifacts.version",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["version", "-last_at", "-id"], name="download_newest"),
                    models.Index(
                        fields=["collection", "last_at", "version", "user"],
                        name="download_collection",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "collection", "user", "key_name", "reference"),
                        name="download_unique",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "table",
                    models.CharField(
                        choices=[
                            ("runs", "Runs"),
                            ("collections", "Collections"),
                            ("versions", "Versions"),
                        ],
                        max_length=16,
                    ),
                ),
                ("name", models.CharField(max_length=64)),
                ("query", models.CharField(blank=True, max_length=2000)),
                ("is_shared", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "collection",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to="artifacts.collection",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to="artifacts.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["project", "table", "collection"], name="saved_view_of_table"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("collection__isnull", False)),
                        fields=("owner", "collection", "name"),
                        name="saved_view_of_collection_unique",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("collection__isnull", True)),
                        fields=("owner", "project", "table", "name"),
                        name="saved_view_of_project_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("table", "versions"), ("collection__isnull", True), _connector="XOR"
                        ),
                        name="saved_view_of_versions_has_collection",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CollectionPath",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("project_name", models.CharField(max_length=128)),
                ("name", models.CharField(max_length=128)),
                ("next_index", models.PositiveIntegerField(default=0)),
                (
                    "collection",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="former_paths",
                        to="artifacts.collection",
                    ),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.entity",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("entity"),
                        django.db.models.functions.text.Lower("project_name"),
                        django.db.models.functions.text.Lower("name"),
                        name="collection_path_named",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entity", "project_name", "name"), name="collection_path_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectPath",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=128)),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.entity",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_paths",
                        to="artifacts.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("entity"),
                        django.db.models.functions.text.Lower("name"),
                        name="project_path_named",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("entity", "name"), name="project_path_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="PlaceholderKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "value",
                    models.CharField(default=new_key, max_length=64),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=64)),
                ("about", models.CharField(max_length=512)),
                ("page", models.CharField(blank=True, max_length=1024)),
                ("arguments", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("stopped", "stopped"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("stop_requested", models.BooleanField(default=False)),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("failure", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="jobs",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="jobs",
                        to="artifacts.project",
                    ),
                ),
                (
                    "undoes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="undone_by",
                        to="artifacts.job",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["by", "-created_at", "-id"], name="job_of_person"),
                    models.Index(fields=["finished_at"], name="job_finished"),
                ],
            },
        ),
        migrations.CreateModel(
            name="JobItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("thing", models.BigIntegerField()),
                ("name", models.CharField(max_length=512)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("done", "done"), ("refused", "refused")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("sentence", models.TextField(blank=True)),
                (
                    "job",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="artifacts.job",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["job", "state", "id"], name="job_item_next")],
                "constraints": [
                    models.UniqueConstraint(fields=("job", "thing"), name="job_item_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="JobWorker",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=64, unique=True)),
                ("host", models.CharField(max_length=255)),
                ("machine", models.CharField(max_length=128)),
                ("pid", models.PositiveIntegerField()),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["seen_at"], name="job_worker_seen")],
            },
        ),
        migrations.CreateModel(
            name="PinnedAlias",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=128)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pinned_aliases",
                        to="artifacts.project",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "pinned aliases",
                "constraints": [
                    models.UniqueConstraint(fields=("project", "name"), name="pinned_alias_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("keep_newest", models.PositiveIntegerField()),
                ("older_than_days", models.PositiveIntegerField(blank=True, null=True)),
                ("keeps_aliases", models.BooleanField(default=True)),
                ("keeps_tags", models.BooleanField(default=True)),
                ("keeps_links", models.BooleanField(default=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "collection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="retention_rule",
                        to="artifacts.collection",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField()),
                ("placed_at", models.DateTimeField(auto_now_add=True)),
                ("lift_reason", models.TextField(blank=True)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "collection",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="legal_holds",
                        to="artifacts.collection",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="legal_holds",
                        to="accounts.organization",
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="legal_holds",
                        to="artifacts.version",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "-placed_at", "-id"], name="legal_hold_newest"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("version__isnull", True),
                            ("collection__isnull", True),
                            _connector="XOR",
                        ),
                        name="legal_hold_on_one_thing",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("version",),
                        name="legal_hold_version_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("collection",),
                        name="legal_hold_collection_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FormerPathUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("project_name", models.CharField(max_length=128)),
                ("path", models.CharField(max_length=400)),
                ("day", models.DateField()),
                ("at", models.DateTimeField()),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_path_uses",
                        to="artifacts.project",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["project", "-at"], name="former_path_use_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "path", "user", "day"), name="former_path_use_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DailySweep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True)),
                ("worker", models.CharField(max_length=64)),
                ("started_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("report", models.JSONField(blank=True, null=True)),
            ],
        ),
        migrations.RunPython(make_key, migrations.RunPython.noop),
    ]
