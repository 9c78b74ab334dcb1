"""Invitations of accounts, and the agreement of an organization to each."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models
from django.db.models import Exists, OuterRef, Q


def agree_to_those_of_admins(apps, schema_editor):
    """Whom an admin of the organization or of the server invited needs nobody else's agreement."""
    admins = apps.get_model("accounts", "OrganizationMember").objects.filter(
        organization=OuterRef("team__organization"), user=OuterRef("invited_by"), role="admin"
    )
    server_admins = apps.get_model("accounts", "User").objects.filter(
        pk=OuterRef("invited_by"), is_admin=True
    )
    invitations = apps.get_model("accounts", "Invitation").objects
    agreed = invitations.filter(Q(Exists(admins)) | Q(Exists(server_admins)))
    invitations.filter(pk__in=list(agreed.values_list("pk", flat=True))).update(is_agreed=True)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_default_ttl'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='invitation',
            name='invitation_unique',
        ),
        migrations.AddField(
            model_name='invitation',
            name='user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invitation',
            name='is_agreed',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='invitation',
            name='email',
            field=models.EmailField(blank=True, max_length=254),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(models.F('team'), django.db.models.functions.text.Lower('email'), condition=models.Q(('email', ''), _negated=True), name='invitation_unique'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(condition=models.Q(('user__isnull', False)), fields=('team', 'user'), name='invitation_person_unique'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('email', ''), ('user__isnull', False)), models.Q(('user__isnull', True), models.Q(('email', ''), _negated=True)), _connector='OR'), name='invitation_of_somebody'),
        ),
        migrations.RunPython(agree_to_those_of_admins, migrations.RunPython.noop, elidable=True),
    ]
