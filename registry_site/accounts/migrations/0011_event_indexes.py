from django.db import migrations, models


class AddMissingIndex(migrations.AddIndex):
    """Adds an index, unless the database has it: 0009 was once what 0009 to 0011 are now."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
        connection = schema_editor.connection
        with connection.cursor() as cursor:
            known = connection.introspection.get_constraints(cursor, table)
        if self.index.name not in known:
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_fill_event_topics")]

    operations = [
        AddMissingIndex(
            model_name="event",
            index=models.Index(fields=["project_id", "topic", "-id"], name="event_topic"),
        ),
        AddMissingIndex(
            model_name="event",
            index=models.Index(fields=["actor_name", "-id"], name="event_actor"),
        ),
        AddMissingIndex(
            model_name="event",
            index=models.Index(fields=["at"], name="event_at"),
        ),
    ]
