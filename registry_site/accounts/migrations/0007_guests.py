from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_invitations_wait'),
    ]

    operations = [
        migrations.AddField(
            model_name='organizationmember',
            name='is_guest',
            field=models.BooleanField(default=False),
        ),
    ]
