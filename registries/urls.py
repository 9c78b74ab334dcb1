"""Addresses of the home page and of everything below `/registry/` and `/orgs/`."""

from django.urls import path

from registries.urls_history import history_urls
from registries.views.access import people_suggestions, requests, why
from registries.views.collection import alias_history, collections, tags, version
from registries.views.collection import deletion as collection_deletion
from registries.views.home import home, registries, search
from registries.views.links import link_to_registry, link_version
from registries.views.organizations import create as organization_create
from registries.views.organizations import holds, people, teams
from registries.views.registry import create, registry, trash
from registries.views.settings import aliases, deletion, general, members, names, retention

app_name = "registries"

_ORGANIZATION = "orgs/<str:organization>/registry/"

# first pages: home, Registry home, search, a new registry
_entrance = [
    path("", home.home, name="home"),
    path(
        "settings/organizations/new",
        organization_create.organization_create,
        name="organization_create",
    ),
    path("registry/", registries.registry_home, name="registry_home"),
    path(_ORGANIZATION, registries.organization_home, name="organization_home"),
    path(f"{_ORGANIZATION}-/new", create.registry_create, name="registry_create"),
    path(f"{_ORGANIZATION}-/search", search.search, name="search"),
    path(
        f"{_ORGANIZATION}-/people/-/suggestions",
        people_suggestions.people_suggestions,
        name="people_suggestions",
    ),
    path("orgs/<str:organization>", people.organization_people, name="organization_people"),
    path(
        f"{_ORGANIZATION}-/people",
        people.organization_people_former,
        name="organization_people_former",
    ),
    path(
        f"{_ORGANIZATION}-/people/<str:username>/remove",
        people.organization_member_remove,
        name="organization_member_remove",
    ),
]

# asking for a role, and answering
_access = [
    path(f"{_ORGANIZATION}-/request-access", requests.access_request, name="access_request"),
    path("<str:entity>/-/request-access", requests.team_access_request, name="team_access_request"),
    path(
        "-/access-requests/<int:pk>", requests.access_request_answer, name="access_request_answer"
    ),
    path(
        "-/access-requests/<int:pk>/grant",
        requests.access_request_grant,
        name="access_request_grant",
    ),
    path(
        "-/access-requests/<int:pk>/withdraw",
        requests.access_request_withdraw,
        name="access_request_withdraw",
    ),
]

# legal holds of the organization
_holds = [
    path(f"{_ORGANIZATION}-/holds", holds.hold_list, name="hold_list"),
    path(f"{_ORGANIZATION}-/holds/new", holds.hold_place, name="hold_place"),
    path(f"{_ORGANIZATION}-/holds/<int:pk>/lift", holds.hold_lift, name="hold_lift"),
    path(f"{_ORGANIZATION}-/holds/-/holds.<kind:kind>", holds.holds_export, name="holds_export"),
]

# one registry, its collections and their versions; pages of actions hang below `-/`
_REGISTRY = f"{_ORGANIZATION}<str:registry>"
_COLLECTION = f"{_REGISTRY}/<str:collection>"
_VERSION = f"{_COLLECTION}/<str:reference>"
_SETTINGS = f"{_REGISTRY}/settings"

# settings; they come before collections and versions, none of which can have that name
_settings = [
    path(_SETTINGS, general.settings_general, name="settings_general"),
    path(f"{_SETTINGS}/general", general.settings_first_tab, name="settings_first_tab"),
    path(f"{_SETTINGS}/-/rename", names.settings_rename, name="settings_rename"),
    path(
        f"{_SETTINGS}/-/former-names.<kind:kind>",
        names.former_names_export,
        name="former_names_export",
    ),
    path(f"{_SETTINGS}/-/restrict", general.settings_restrict, name="settings_restrict"),
    path(f"{_SETTINGS}/members", members.settings_members, name="settings_members"),
    path(
        f"{_SETTINGS}/members/-/members.<kind:kind>",
        members.settings_members_export,
        name="settings_members_export",
    ),
    path(
        f"{_SETTINGS}/members/-/access.<kind:kind>",
        members.settings_access_export,
        name="settings_access_export",
    ),
    path(
        f"{_SETTINGS}/members/<str:member>/owner",
        members.settings_member_owner,
        name="settings_member_owner",
    ),
    path(
        f"{_SETTINGS}/members/<str:member>/remove",
        members.settings_member_remove,
        name="settings_member_remove",
    ),
    path(f"{_REGISTRY}/-/why", why.why_page, name="why"),
    path(f"{_SETTINGS}/aliases", aliases.settings_aliases, name="settings_aliases"),
    path(
        f"{_SETTINGS}/aliases/-/unprotect",
        aliases.settings_alias_unprotect,
        name="settings_alias_unprotect",
    ),
    path(f"{_SETTINGS}/keeping", retention.settings_keeping, name="settings_keeping"),
    path(f"{_SETTINGS}/delete", deletion.settings_delete, name="settings_delete"),
]
_registry = [
    path("registry/-/link", link_to_registry.link_to_registry, name="link_to_registry"),
    path("<str:entity>/registry/<str:name>", registry.selection_open, name="selection_open"),
    path(_REGISTRY, registry.registry_detail, name="registry_detail"),
    path(f"{_REGISTRY}/-/trash", trash.registry_trash, name="registry_trash"),
    path(f"{_REGISTRY}/-/new-collection", collections.collection_create, name="collection_create"),
    path(f"{_COLLECTION}/-/link", link_version.link_version, name="link_version"),
    path(f"{_COLLECTION}/-/edit", collections.collection_update, name="collection_update"),
    path(
        f"{_COLLECTION}/-/delete", collection_deletion.collection_delete, name="collection_delete"
    ),
    path(f"{_COLLECTION}/-/aliases/<str:alias>", alias_history.alias_history, name="alias_history"),
    path(f"{_COLLECTION}/-/tags/add", tags.collection_tag_add, name="collection_tag_add"),
    path(
        f"{_COLLECTION}/-/tags/remove",
        tags.collection_tag_remove,
        name="collection_tag_remove",
    ),
    path(f"{_VERSION}/-/unlink", version.unlink, name="unlink"),
    path(_COLLECTION, collections.collection_detail, name="collection_detail"),
    path(_VERSION, version.version_detail, name="version_detail"),
    path(f"{_VERSION}/<str:tab>", version.version_detail, name="version_tab"),
]

# lists as files (.csv, .json), before addresses that contain names
_lists = [
    path(
        f"{_ORGANIZATION}-/registries.<kind:kind>",
        registries.registries_export,
        name="registries_export",
    ),
    path(
        f"{_ORGANIZATION}-/search/-/<str:name>.<kind:kind>",
        search.search_export,
        name="search_export",
    ),
    path(
        "orgs/<str:organization>/-/teams.<kind:kind>",
        teams.organization_teams_export,
        name="organization_teams_export",
    ),
    path(
        f"{_ORGANIZATION}-/people/-/people.<kind:kind>",
        people.organization_people_export,
        name="organization_people_export",
    ),
    path(
        f"{_REGISTRY}/-/trash/-/collections.<kind:kind>",
        trash.registry_trash_export,
        name="registry_trash_export",
    ),
    path(
        f"{_REGISTRY}/-/collections.<kind:kind>",
        registry.collections_export,
        name="collections_export",
    ),
    path(
        f"{_COLLECTION}/-/versions.<kind:kind>",
        collections.versions_export,
        name="versions_export",
    ),
    path(
        f"{_COLLECTION}/-/aliases/<str:alias>/-/times.<kind:kind>",
        alias_history.alias_history_export,
        name="alias_history_export",
    ),
    path(f"{_VERSION}/-/files.<kind:kind>", version.files_export, name="files_export"),
    path(f"{_VERSION}/usage/-/<str:name>.<kind:kind>", version.usage_export, name="usage_export"),
]

# files of versions at plain addresses
_bytes = [
    path(f"{_VERSION}/files/<path:path>", version.version_file, name="version_file"),
    path(f"{_VERSION}/-/metadata.json", version.version_metadata, name="version_metadata"),
    path(f"{_VERSION}/-/files.zip", version.version_zip, name="version_zip"),
    path(
        f"{_VERSION}/-/<str:algorithm>sums.txt",
        version.version_checksums,
        name="version_checksums",
    ),
]

urlpatterns = [
    *history_urls,
    *_entrance,
    *_access,
    *_holds,
    *_settings,
    *_lists,
    *_bytes,
    *_registry,
]
