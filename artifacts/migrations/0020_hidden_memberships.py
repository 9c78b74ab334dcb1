"""What left a collection is counted on its page, however many versions it has."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("artifacts", "0019_placeholder_key"),
    ]

    operations = [
        migrations.AddIndex(
            "membership",
            models.Index(
                fields=["collection", "-hidden_at"],
                condition=models.Q(hidden_at__isnull=False),
                name="membership_hidden",
            ),
        ),
    ]
