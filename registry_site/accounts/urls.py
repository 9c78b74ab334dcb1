"""Addresses of login, of one's own settings, and of the people of this server."""

from django.urls import path

from registry_site.accounts.views import api_keys, login, people, settings_pages
from registry_site.accounts.views.teams import invitations, member_tables, teams

app_name = "accounts"

urlpatterns = [
    path("login", login.login, name="login"),
    path("logout", login.logout, name="logout"),
    path("signup", login.signup, name="signup"),
    path("authorize", api_keys.authorize, name="authorize"),
    path("settings", settings_pages.settings, name="settings"),
    path("settings/password", settings_pages.password, name="password"),
    path("settings/preferences", settings_pages.preferences, name="preferences"),
    path("settings/default-entity", settings_pages.default_entity, name="default_entity"),
    path("settings/api-keys", api_keys.api_key_create, name="api_key_create"),
    path("settings/api-keys/<int:pk>", api_keys.api_key_detail, name="api_key_detail"),
    path("settings/api-keys/<int:pk>/delete", api_keys.api_key_delete, name="api_key_delete"),
    path(
        "settings/invitations/<int:pk>/accept",
        invitations.invitation_accept,
        name="invitation_accept",
    ),
    path(
        "settings/invitations/<int:pk>/decline",
        invitations.invitation_decline,
        name="invitation_decline",
    ),
    path(
        "settings/invitations/<int:pk>/allow",
        invitations.invitation_allow,
        name="invitation_allow",
    ),
    path(
        "settings/invitations/<int:pk>/refuse",
        invitations.invitation_refuse,
        name="invitation_refuse",
    ),
    path("settings/people", people.people, name="people"),
    path("settings/people/-/people.<kind:kind>", people.people_export, name="people_export"),
    path("settings/people/new", people.user_create, name="user_create"),
    path("settings/people/<str:username>/password", people.user_password, name="user_password"),
    path("settings/people/roles", people.organization_member_set, name="organization_member_set"),
    path("settings/teams/new", people.team_create, name="team_create"),
    path("<str:entity>/-/members.<kind:kind>", member_tables.members_export, name="members_export"),
    path("<str:entity>/settings", teams.entity_settings, name="entity_settings"),
    path(
        "<str:entity>/-/members/<str:username>/remove",
        teams.team_member_remove,
        name="team_member_remove",
    ),
    path(
        "<str:entity>/-/invitations/<int:pk>/withdraw",
        teams.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path(
        "<str:entity>/-/service-accounts/new",
        teams.service_account_create,
        name="service_account_create",
    ),
    path(
        "<str:entity>/-/service-accounts/<str:username>",
        teams.service_account_detail,
        name="service_account_detail",
    ),
]
