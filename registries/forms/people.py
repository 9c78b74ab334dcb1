"""Form fields for people and teams, who are typed by name or e-mail address, several at once."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from artifacts.models.projects import ROLES
from registry_site.accounts.permissions import Role
from registry_site.texts.edits import EditForm

MOST_NAMES = 100  # names in one form


class PeopleInput(forms.TextInput):
    """A text field; the picker sends each chosen name under the same name beside it."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        values = data.getlist(name) if hasattr(data, "getlist") else [data.get(name) or ""]
        return ", ".join(value for value in values if value.strip())

    def use_required_attribute(self, initial: Any) -> bool:
        """Return False: chosen names leave the text field empty, and the server asks for a name."""
        return False


class PeopleField(forms.CharField):
    """Names of people and teams, or people's e-mail addresses; `cleaned_data` has them as a list.

    Show it with components/forms/people_picker.html, and find whom they name with
    `registries.services.members.people_by_name.find_named`.
    """

    def __init__(self, **options: Any) -> None:
        attributes = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        defaults = {
            "label": gettext_lazy("People and teams"),
            "help_text": gettext_lazy(
                "Usernames, e-mail addresses or names of teams; separate several by commas."
            ),
            "max_length": 10_000,
            "widget": PeopleInput(attrs=attributes),
        }
        super().__init__(**{**defaults, **options})

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        names = list(dict.fromkeys(name for name in re.split(r"[\s,;]+", text) if name))
        if self.required and not names:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(names) > MOST_NAMES:
            raise forms.ValidationError(
                _("Give at most {limit} names at a time.").format(limit=MOST_NAMES)
            )
        return names


class AddMembersForm(forms.Form):
    """Who comes into a registry, and with which role."""

    names = PeopleField()
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES, initial=Role.VIEWER)


class RegistryRoleForm(EditForm):
    """Another role for a person or team that has one in the registry."""

    name = forms.CharField(widget=forms.HiddenInput)
    role = forms.CharField(label=gettext_lazy("Role"), widget=forms.Select(choices=ROLES))


class WhyForm(forms.Form):
    """Whose rights to explain, and for which question; the form changes nothing."""

    names = PeopleField(
        label=gettext_lazy("People"),
        required=False,
        help_text=gettext_lazy("Usernames or e-mail addresses; separate several by commas."),
    )
    do = forms.ChoiceField(label=gettext_lazy("What they want to do"), required=False)
    alias = forms.CharField(label=gettext_lazy("Alias"), required=False, max_length=128)

    def __init__(self, data: Any, *, questions: list[tuple[str, Any]], **options: Any) -> None:
        super().__init__(data, **options)
        everything = ("", gettext_lazy("Anything"))
        self.fields["do"].choices = [everything, *questions]  # type: ignore[attr-defined]
