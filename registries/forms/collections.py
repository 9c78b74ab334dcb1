"""The shape of what people type about a collection."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from artifacts.forms import split_names
from artifacts.models import ArtifactType, Project
from registry_site.accounts.models import User
from registry_site.texts.edits import EditForm


class CollectionForm(forms.Form):
    """A new collection; its type is one of those that the registry accepts, or free."""

    name = forms.CharField(
        label=_("Name"),
        max_length=128,
        help_text=_("Part of the path that code links to; without “/” and “:”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    type_name = forms.CharField(
        label=_("Type"),
        max_length=128,
        help_text=_("Only artifacts of this type can be linked; it can't be changed later."),
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        help_text=_("The card, as Markdown."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    tags = forms.CharField(label=_("Tags"), required=False, help_text=_("Separated by commas."))

    def __init__(self, data: Any, *, user: User, project: Project) -> None:
        super().__init__(data)
        self.suggestions = known_type_names(user, project) if project.accepts_all_types else []
        if not project.accepts_all_types:
            field = self.fields["type_name"]
            names = project.accepted_type_names
            self.fields["type_name"] = forms.ChoiceField(
                label=field.label,
                help_text=field.help_text,
                choices=[(name, name) for name in names],
            )
        elif self.suggestions:
            self.fields["type_name"].widget.attrs["list"] = "type-suggestions"

    def clean_description(self) -> str | None:
        # None for a description that was never written
        return self.cleaned_data["description"] or None

    def clean_tags(self) -> list[str]:
        return split_names(self.cleaned_data["tags"])


class CollectionEditForm(EditForm):
    """A collection's name and card."""

    name = forms.CharField(
        label=_("Name"),
        max_length=128,
        help_text=_(
            "Versions are still found under the old name, until code that links to it makes a new "
            "collection of that name."
        ),
    )
    description = forms.CharField(
        label=_("Card"),
        required=False,
        help_text=_("Markdown: what this is for, how it was evaluated, whom to ask."),
        widget=forms.Textarea(attrs={"rows": 14}),
    )


def known_type_names(user: User, project: Project) -> list[str]:
    """Return types to suggest: those in use here and where the person may look in its teams."""
    organization = project.entity.organization
    of_teams = ArtifactType.objects.filter(
        project__entity__team__organization=organization,
        project__in=Project.objects.visible_to(user),
    )
    own = ArtifactType.objects.filter(project=project)
    return sorted(set((of_teams | own).values_list("name", flat=True)[:50]))
