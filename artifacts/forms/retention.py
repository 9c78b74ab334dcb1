"""The form for a retention rule: how many versions of a sequence are kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from artifacts.services.retention.rules import FIELDS, MOST_DAYS, MOST_KEPT
from registry_site.texts.edits import EditForm, Texts

USUAL = 10  # versions that a new rule keeps, unless one says otherwise


class RetentionForm(EditForm):
    """How many of the newest versions stay, when others are too old, and what keeps them."""

    keep_newest = forms.IntegerField(
        label=_("Keep the newest"),
        min_value=1,
        max_value=MOST_KEPT,
        help_text=_("How many of the newest versions always stay."),
    )
    older_than_days = forms.IntegerField(
        label=_("Only older than, in days"),
        required=False,
        min_value=0,
        max_value=MOST_DAYS,
        help_text=_("The others go once they reach this age. Leave it empty for any age."),
    )
    keeps_aliases = forms.BooleanField(label=_("Keep what has an alias"), required=False)
    keeps_tags = forms.BooleanField(label=_("Keep what has a tag"), required=False)
    keeps_links = forms.BooleanField(label=_("Keep what is linked"), required=False)
    keeps_holds = forms.BooleanField(
        label=_("Keep what is on legal hold"),
        required=False,
        disabled=True,
        initial=True,
        help_text=_("Always: nobody can delete it."),
    )

    def __init__(self, data: Any = None, *, now: Texts) -> None:
        usual = {"keep_newest": now["keep_newest"] or USUAL, "keeps_holds": True}
        super().__init__(data, now=now, initial=usual)

    @property
    def rule(self) -> dict[str, Any]:
        """The rule in a valid form."""
        return {name: self.cleaned_data[name] for name in FIELDS}
