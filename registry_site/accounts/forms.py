"""The shape of what people type on the pages of this app."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from registry_site.accounts.models import MEMBER_ROLES, THEMES, Entity, Organization
from registry_site.accounts.services.keys.service_accounts import MAX_DESCRIPTION
from registry_site.accounts.services.logins import begin_login
from registry_site.errors import Unavailable
from registry_site.http.client_address import client_address
from registry_site.texts.edits import EditForm


class LoginForm(AuthenticationForm):
    """Username and password; repeated failures for one name are slowed down."""

    error_messages = {
        "invalid_login": _("This username and password don't belong together."),
        "inactive": _("This account is closed."),
        "throttled": _("Too many failed logins. Wait five minutes, then try again."),
    }

    def clean(self) -> dict[str, Any]:
        username, password = (self.cleaned_data.get(key) for key in ("username", "password"))
        if not username or not password:
            return super().clean()
        address = client_address(self.request) if self.request else ""
        attempt = begin_login(address=address, username=username, password=password)
        if not attempt.is_allowed:
            raise forms.ValidationError(self.error_messages["throttled"], code="throttled")
        try:
            cleaned = super().clean()
        except Unavailable:
            attempt.withdraw()
            raise
        attempt.succeed()
        return cleaned


class UserForm(forms.Form):
    """A new person."""

    username = forms.CharField(
        label=_("Username"),
        max_length=64,
        help_text=_("Also the name of the personal entity: letters, digits, “-”, “_” and “.”."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    password = forms.CharField(
        label=_("Password"),
        help_text=_("8 or more characters."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class MembershipForm(forms.Form):
    """An organization out of those that the person may choose from."""

    organization = forms.ModelChoiceField(
        label=_("Organization"), queryset=Organization.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, organizations: Any, home: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = organizations
        field.initial = home


class AddedUserForm(UserForm, MembershipForm):
    """A new person, as a server admin adds one: with a place in an organization."""

    role = forms.ChoiceField(
        label=_("Role in the organization"), choices=MEMBER_ROLES, initial="member"
    )
    is_admin = forms.BooleanField(
        label=_("Admin of this server"),
        required=False,
        help_text=_("May do everything everywhere, and adds people and organizations."),
    )
    field_order = ["username", "email", "password", "organization", "role", "is_admin"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].required = False
        self.fields["password"].help_text = _(
            "8 or more characters. Without one the person can't log in to these pages."
        )
        self.fields["organization"].required = False
        self.fields["organization"].empty_label = _("None yet")  # type: ignore[attr-defined]


class OrganizationMemberForm(EditForm, MembershipForm):
    """A person's role in an organization; the sent data name the person."""

    username = forms.CharField(
        label=_("Username"),
        max_length=64,
        help_text=_(
            "Who is not of the organization comes into it at once. Who is in another one comes as "
            "a guest, whom each team asks before they join."
        ),
    )
    role = forms.ChoiceField(label=_("Role"), choices=MEMBER_ROLES, initial="member")
    field_order = ["username", "organization", "role"]


class InviteForm(forms.Form):
    """Who comes into a team, and as what."""

    who = forms.CharField(
        label=_("Username or e-mail address"),
        max_length=254,
        help_text=_(
            "People of the organization join at once. For anybody else, an admin of the "
            "organization lets them in first, and then they accept. An invitation to an e-mail "
            "address waits until an admin of this server makes an account with that address."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=MEMBER_ROLES, initial="member")


class MemberRoleForm(EditForm):
    """Another role for somebody in a table of members."""

    username = forms.CharField(widget=forms.HiddenInput)
    role = forms.CharField(label=_("Role"), widget=forms.Select(choices=MEMBER_ROLES))


class ServiceAccountForm(forms.Form):
    description = forms.CharField(
        label=_("What it is for"),
        max_length=MAX_DESCRIPTION,
        help_text=_(
            "Nightly training, CI. Its API key logs for the team, is shown once, and outlives the "
            "people of the team; nobody can log in as it."
        ),
    )


class NewPasswordForm(forms.Form):
    new = forms.CharField(
        label=_("New password"),
        help_text=_("8 or more characters. Tell it to the person, who can change it."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class TeamForm(MembershipForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=64,
        help_text=_(
            "Also the name of the team's entity, which scripts give as `entity`: "
            "letters, digits, “-”, “_” and “.”."
        ),
    )
    field_order = ["name", "organization"]


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=128,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class PasswordForm(forms.Form):
    current = forms.CharField(
        label=_("Current password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        help_text=_("8 or more characters. Other browsers are logged out."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class DefaultEntityForm(forms.Form):
    entity = forms.ChoiceField(
        label=_("Default entity"),
        required=False,
        help_text=_("Where scripts log that name no entity."),
    )

    def __init__(self, *args: Any, choices: list[Entity], automatic: Entity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = [(entity.name, entity.name) for entity in choices]
        first = _("Automatic (now {name})").format(name=automatic)
        self.fields["entity"].choices = [("", first), *options]  # type: ignore[attr-defined]


class ApiKeyForm(forms.Form):
    """A new API key. Its ids differ from the profile's, which stands on the same page."""

    name = forms.CharField(
        label=_("Name of the key"),
        max_length=128,
        help_text=_("What it is for: laptop, training cluster, CI."),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="key_%s", **kwargs)


class PreferencesForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("As the browser asks")), *settings.LANGUAGES],
    )
    theme = forms.ChoiceField(label=_("Theme"), required=False, choices=THEMES)
