"""What people type when they ask for a role, and when they answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from artifacts.models.projects import ROLES
from registries.services.access.requests import MOST_TEXT
from registry_site.accounts.permissions import Role


class AccessRequestForm(forms.Form):
    """The role that the person would like to have, and what for."""

    role = forms.ChoiceField(label=_("Role"), initial=Role.VIEWER)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=MOST_TEXT,
        help_text=_(
            "What you need it for. Whoever answers can read it, and it stays in the history."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]


class AccessAnswerForm(forms.Form):
    """A role that may differ from the requested one, or a refusal with its reason."""

    role = forms.ChoiceField(label=_("Role to grant"), choices=ROLES)
    answer = forms.CharField(
        label=_("Answer"),
        required=False,
        max_length=MOST_TEXT,
        help_text=_("What the person reads if you decline."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
