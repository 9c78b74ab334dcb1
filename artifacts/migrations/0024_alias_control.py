"""Pinned aliases; and each alias knows the change that put it where it is."""

import django.db.models.deletion
from django.db import migrations, models

VERBS = ("add_alias", "move_alias", "remove_alias")


def find_events(apps, schema_editor):
    """The last change of each alias in its collection, where it says the place of today."""
    using = schema_editor.connection.alias
    events = apps.get_model("accounts", "Event")._base_manager.using(using)
    aliases = apps.get_model("artifacts", "Alias")._base_manager.using(using)
    last = {}
    changes = events.filter(kind="collection", verb__in=VERBS).order_by("pk")
    for pk, collection, subject, after in changes.values_list(
        "pk", "subject_id", "subject", "after"
    ).iterator():
        last[collection, subject.rpartition(":")[2]] = pk, after
    rows = aliases.select_related("membership").order_by("pk")
    changed = []
    for alias in rows.iterator():
        pk, after = last.get((alias.collection_id, alias.name), (None, None))
        if pk and after == f"v{alias.membership.index}":
            alias.event_id = pk
            changed.append(alias)
    aliases.bulk_update(changed, ["event"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_event_note"),
        ("artifacts", "0023_jobs"),
    ]

    operations = [
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
                    models.UniqueConstraint(
                        fields=("project", "name"), name="pinned_alias_unique"
                    )
                ],
            },
        ),
        migrations.AddField(
            "alias",
            "event",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.event",
            ),
        ),
        migrations.RunPython(find_events, migrations.RunPython.noop),
    ]
