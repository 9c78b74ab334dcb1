from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from registry_site.accounts.forms import (
    ApiKeyForm,
    DefaultEntityForm,
    PasswordForm,
    PreferencesForm,
    ProfileForm,
)
from registry_site.accounts.models import ApiKey, Entity, Team
from registry_site.accounts.services.people import (
    automatic_entity_of,
    set_default_entity,
    set_preferences,
)
from registry_site.accounts.services.profile import change_password, update_profile
from registry_site.accounts.views.teams.invitations import ReceivedInvitations, invitations_of
from registry_site.http.sent_forms import holds_secrets
from registry_site.pages import HtmxRequest, attempt, form_page, next_url, render_page


@dataclass(frozen=True)
class SettingsPage:
    """What settings.html shows: all forms, each for itself, and what the person has."""

    profile_form: ProfileForm
    key_form: ApiKeyForm
    entity_form: DefaultEntityForm
    preferences_form: PreferencesForm
    password_form: PasswordForm
    keys: Sequence[ApiKey]
    invitations: ReceivedInvitations


@form_page
def settings(request: HtmxRequest) -> HttpResponse:
    if request.method != "POST":
        return settings_page(request)
    form = ProfileForm(request.POST)
    if attempt(form, lambda data: update_profile(by=request.user, **data)):
        messages.success(request, _("Profile saved."))
        return redirect("accounts:settings")
    return settings_page(request, profile_form=form, status=422)


@holds_secrets("current", "new")
@require_POST
def password(request: HtmxRequest) -> HttpResponse:
    form = PasswordForm(request.POST)
    if attempt(form, lambda data: change_password(by=request.user, **data)):
        update_session_auth_hash(request, request.user)
        messages.success(request, _("Password changed. Other browsers are logged out."))
        return redirect("accounts:settings")
    return settings_page(request, password_form=form, status=422)


@require_POST
def default_entity(request: HtmxRequest) -> HttpResponse:
    set_default_entity(by=request.user, name=request.POST.get("entity", ""))
    messages.success(request, _("Default entity saved."))
    return redirect("accounts:settings")


@require_POST
def preferences(request: HtmxRequest) -> HttpResponse:
    theme = request.POST.get("theme")
    set_preferences(
        by=request.user,
        language=request.POST.get("language"),
        theme="" if theme == "system" else theme,
    )
    return HttpResponseRedirect(next_url(request, default=reverse("accounts:settings")))


def settings_page(request: HtmxRequest, *, status: int = 200, **bound: Any) -> HttpResponse:
    """Render all of one's own settings, with the one form that was refused in its place."""
    user = request.user
    teams = Team.objects.loggable_by(user).filter(pk__in=list(user.roles.teams))
    choices: list[Entity] = [*(team.entity for team in teams), user.entity]
    page = SettingsPage(
        profile_form=ProfileForm(initial={"name": user.name, "email": user.email}),
        key_form=ApiKeyForm(),
        entity_form=DefaultEntityForm(
            choices=choices,
            automatic=automatic_entity_of(user),
            initial={"entity": user.default_entity.name if user.default_entity else ""},
        ),
        preferences_form=PreferencesForm(initial={"language": user.language, "theme": user.theme}),
        password_form=PasswordForm(),
        keys=list(user.api_keys.order_by("-pk")),
        invitations=invitations_of(user),
    )
    context = {"page": replace(page, **bound)}
    return render_page(request, "accounts/settings/settings.html", context, status=status)
