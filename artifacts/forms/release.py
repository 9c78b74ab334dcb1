"""The form that moves an alias: where to, and why."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from artifacts.services.aliases.aliases import MAX_NOTE


class NoteField(forms.CharField):
    """The reason for a change, in a few words; the operation checks its length."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=gettext_lazy("Note"),
            required=False,
            help_text=gettext_lazy("Why, in a few words. It stays in the history of the alias."),
            widget=forms.Textarea(attrs={"rows": 2, "maxlength": MAX_NOTE}),
            **options,
        )


class NoteForm(forms.Form):
    """A note alone."""

    note = NoteField()


class AliasMoveForm(forms.Form):
    """A note, and the number of the version that had the alias when the form was `opened`."""

    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    note = NoteField()
