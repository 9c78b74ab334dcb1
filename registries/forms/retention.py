"""The shape of what admins say about keeping: the registry's setting, and reasons of holds."""

from django import forms
from django.utils.translation import gettext_lazy as _

from artifacts.services.retention.holds import MAX_REASON
from registry_site.texts.edits import EditForm


class KeepsLinkedForm(EditForm):
    """Whether the source of what is linked to a registry can be deleted."""

    keeps_linked = forms.BooleanField(
        label=_("Keep what is linked"),
        required=False,
        help_text=_(
            "On: nobody can delete a version where it was logged while it is linked here. "
            "Off: deleting it there also removes the link."
        ),
    )


class HoldReasonForm(forms.Form):
    """Why something is held, or why the hold ends."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON,
        help_text=_("It stays in the history and is shown to everybody who sees what is on hold."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
