"""The shape of what people type about a registry, and about an organization."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from artifacts.forms import split_names
from artifacts.models import Project
from artifacts.models.projects import ROLES
from registries.forms.people import PeopleField
from registries.models import Registry
from registries.services.registry.checks import DEFAULT_ROLES
from registry_site.accounts.permissions import ROLE_LABELS, Role
from registry_site.texts.edits import EditForm


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
    names = PeopleField(
        required=False,
        help_text=_(
            "Who gets a role of their own at once: usernames, e-mail addresses or names of teams, "
            "separated by commas. More can be added later."
        ),
    )
    role = forms.ChoiceField(
        label=_("Role of these people and teams"), choices=ROLES, initial=Role.VIEWER
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

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].required = False  # the form may name nobody

    def clean_role(self) -> str:
        return self.cleaned_data["role"] or Role.VIEWER

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


class RegistrySettingsForm(EditForm):
    """What a registry's admins set: all but its name, visibility and members."""

    field_names = {"accepts_all_types": "types"}

    description = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    default_role = forms.ChoiceField(
        label=_("Default role"),
        choices=[(role.value, ROLE_LABELS[role]) for role in DEFAULT_ROLES],
        help_text=_(
            "What everyone in the organization may do here who has no higher role of their own. "
            "View-only members of the organization get at most Viewer."
        ),
    )
    types = forms.ChoiceField(
        label=_("Accepted artifacts type"),
        choices=[("all", _("All types")), ("some", _("Only the saved types"))],
        widget=forms.RadioSelect,
    )
    type_names = forms.CharField(
        label=_("Add types"),
        required=False,
        help_text=_(
            "Separated by commas. A saved type stays: collections of it may exist, and code links "
            "to them."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    owner = forms.CharField(
        label=_("Owner"),
        required=False,
        max_length=64,
        help_text=_(
            "Whom to ask about the registry: the username of a person of the organization. Being "
            "the owner gives no right."
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "list": "owner-choices"}
        ),
    )
    icon = forms.ChoiceField(
        label=_("Icon"), choices=Registry.Icon.choices, widget=forms.RadioSelect
    )
    colour = forms.ChoiceField(
        label=_("Colour"), choices=Registry.Colour.choices, widget=forms.RadioSelect
    )

    def __init__(self, data: Any = None, *, now: Any, is_restricted: bool = False) -> None:
        types = self.typed("accepts_all_types", now["accepts_all_types"])
        super().__init__(data, now=now, initial={"types": types})
        if is_restricted:
            self.fields["default_role"].disabled = True
            self.fields["default_role"].help_text = _(
                "A restricted registry has none: only its members see it, each with a role of "
                "their own."
            )

    def typed(self, name: str, value: Any) -> Any:
        if name == "accepts_all_types":
            return "all" if value else "some"
        return super().typed(name, value)

    def clean(self) -> dict[str, Any]:
        """Turn the fields about types into `accepts_all_types` and `accepted_types`."""
        cleaned = super().clean() or {}
        cleaned["accepts_all_types"] = cleaned.pop("types", "") == "all"
        cleaned["accepted_types"] = split_names(cleaned.pop("type_names", ""))
        return cleaned


class RegistryRenameForm(EditForm):
    """Another name for a registry."""

    name = forms.CharField(
        label=_("New name"),
        max_length=113,
        help_text=_("Part of the path that code links to: wandb-registry-NAME."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class RegistryDeleteForm(forms.Form):
    """The name of the registry that goes, typed."""

    name = forms.CharField(
        label=_("Name of the registry"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Any, *, registry: Registry) -> None:
        super().__init__(data)
        self.registry = registry

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if name != self.registry.name:
            raise forms.ValidationError(
                _("The registry is called “%(name)s”. Type this name to delete it."),
                params={"name": self.registry.name},
            )
        return name


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
