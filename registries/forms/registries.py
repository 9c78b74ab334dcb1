"""The shape of what people type about a registry, and about an organization."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from artifacts.forms import split_names
from artifacts.models import Project


class RegistryForm(forms.Form):
    """A new registry."""

    name = forms.CharField(
        label=_("Name"),
        max_length=113,
        help_text=_("Part of the path that code links to: wandb-registry-NAME."),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    description = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    access = forms.ChoiceField(
        label=_("Registry visibility"),
        choices=[
            ("organization", _("Organization: everyone in it sees the registry")),
            ("restricted", _("Restricted: only its members know of it")),
        ],
        initial=Project.Access.ORGANIZATION,
        widget=forms.RadioSelect,
        help_text=_("A registry can become restricted later, but never open again."),
    )
    types = forms.ChoiceField(
        label=_("Accepted artifacts type"),
        choices=[("all", _("All types")), ("some", _("Specify types"))],
        initial="all",
        widget=forms.RadioSelect,
    )
    type_names = forms.CharField(
        label=_("Types"),
        required=False,
        help_text=_("For “Specify types”, separated by commas. A saved type can't be removed."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """Turn both fields about types into `accepted_types`; None stands for all."""
        cleaned = super().clean() or {}
        names = split_names(cleaned.pop("type_names", ""))
        if cleaned.get("types") == "some" and not names:
            self.add_error("type_names", _("Name at least one type, or choose “All types”."))
        if cleaned.pop("types", "") == "all" and names:
            self.add_error("types", _("Choose “Specify types”, or leave the types empty."))
        cleaned["accepted_types"] = names or None
        return cleaned


class OrganizationForm(forms.Form):
    """A new organization."""

    name = forms.CharField(
        label=_("Name"),
        max_length=128,
        help_text=_("As people read it; it may hold spaces."),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "organization"}),
    )
    entity_name = forms.CharField(
        label=_("Entity"),
        max_length=64,
        required=False,
        help_text=_("Its name in paths. Without one it is made from the name."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
