"""Forms for what people type about versions and teams; the rules are in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry_site.texts.edits import EditForm, Texts

_DAY = 86_400  # seconds


def split_names(text: str) -> list[str]:
    """Return names separated by commas, each once, without the space around them."""
    return list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


class TagForm(forms.Form):
    """New tags of a version or a collection."""

    names = forms.CharField(
        label=gettext_lazy("Tags"),
        max_length=1000,
        help_text=gettext_lazy(
            "Separate several by commas. Letters, digits, “-”, “_” and single spaces."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_names(self) -> list[str]:
        names = split_names(self.cleaned_data["names"])
        if not names:
            raise forms.ValidationError(_("Give at least one tag."))
        return names


class SavedViewForm(forms.Form):
    """A name for what a table shows, and with whom it is shared."""

    query = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_shared = forms.BooleanField(required=False)
    is_replaced = forms.BooleanField(
        required=False, label=gettext_lazy("Change it to what the table shows now")
    )

    def __init__(
        self, *args: Any, sharing: str, refusal: str, replaces: bool = False, **options: Any
    ) -> None:
        """Offer to share with `sharing`, if it names anybody; else `refusal` says why not.

        `replaces` is set where the view exists and the table now shows something else.
        """
        super().__init__(*args, **options)
        if not replaces:
            del self.fields["is_replaced"]
        if not sharing:
            del self.fields["is_shared"]
            return
        self.fields["is_shared"].label = sharing
        self.fields["is_shared"].help_text = refusal
        self.fields["is_shared"].disabled = bool(refusal)


class SavedViewEditForm(EditForm, SavedViewForm):
    """The name of a saved view, with whom it is shared, and what it shows."""


class DescriptionForm(EditForm):
    """What a version is, in Markdown."""

    description = forms.CharField(
        label=gettext_lazy("Description"),
        required=False,
        max_length=100_000,
        strip=False,
        help_text=gettext_lazy("Markdown."),
        widget=forms.Textarea(attrs={"rows": 12}),
    )


class DefaultTtlForm(EditForm):
    """How many days a team's versions live if they have no TTL of their own."""

    field_names = {"default_ttl_seconds": "days"}

    days = forms.IntegerField(
        label=gettext_lazy("Days"),
        required=False,
        min_value=1,
        max_value=36_500,
        help_text=gettext_lazy(
            "From the creation of each version, of those that exist, too. Then it goes to the "
            "trash, unless it is linked or has a TTL of its own. Empty: versions are kept for ever."
        ),
    )

    def __init__(self, data: Any = None, *, now: Texts) -> None:
        days = self.typed("default_ttl_seconds", now["default_ttl_seconds"])
        super().__init__(data, now=now, initial={"days": days})

    def typed(self, name: str, value: Any) -> Any:
        return max(value // _DAY, 1) if value else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        days = cleaned.get("days")
        cleaned["default_ttl_seconds"] = days and days * _DAY
        return cleaned
