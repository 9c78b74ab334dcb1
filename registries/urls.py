"""Addresses of the home page and of everything below `/registry/` and `/orgs/`."""

from django.urls import path

from registries.views import home, registry_create, registry_home, search

app_name = "registries"

_ORGANIZATION = "orgs/<str:organization>/registry/"

# the way in: home, Registry home, search, a new registry
_entrance = [
    path("", home.home, name="home"),
    path("registry/", registry_home.registry_home, name="registry_home"),
    path(_ORGANIZATION, registry_home.organization_home, name="organization_home"),
    path(f"{_ORGANIZATION}-/new", registry_create.registry_create, name="registry_create"),
    path(f"{_ORGANIZATION}-/search", search.search, name="search"),
]

# one registry, its collections and their versions
_registry: list = []

urlpatterns = [*_entrance, *_registry]
