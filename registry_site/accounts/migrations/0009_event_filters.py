from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_event_note")]

    operations = [
        migrations.AddField(
            model_name="event",
            name="topic",
            field=models.CharField(
                choices=[
                    ("aliases", "Aliases"),
                    ("links", "Links"),
                    ("deletions", "Deletions and holds"),
                    ("texts", "Cards and descriptions"),
                    ("members", "Members and roles"),
                    ("settings", "Settings"),
                    ("work", "Versions, runs and tags"),
                ],
                default="work",
                max_length=12,
            ),
        ),
    ]
