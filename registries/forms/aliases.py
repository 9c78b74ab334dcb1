"""Forms of the tab Aliases: what is protected, what is pinned."""

from django import forms
from django.utils.translation import gettext_lazy

from artifacts.forms.aliases import split_alias_names


class _NamesField(forms.CharField):
    """Several aliases in one text."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})

    def clean(self, value: str) -> list[str]:
        return split_alias_names(super().clean(value))


class ProtectAliasesForm(forms.Form):
    """Names and patterns to protect."""

    names = _NamesField(
        label=gettext_lazy("Names or patterns"),
        help_text=gettext_lazy(
            "In a pattern, “*” stands for any text: prod* covers production and prod-eu. Capitals "
            "don't matter. Separate several by commas or spaces."
        ),
    )


class PinAliasesForm(forms.Form):
    """Names to pin."""

    names = _NamesField(
        label=gettext_lazy("Names"),
        help_text=gettext_lazy("Separate several by commas or spaces."),
    )
