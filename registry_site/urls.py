"""The table of contents of the site. Fixed words come first: an entity can't have their names."""

from django.urls import include, path

from registry_site.api import graphql
from registry_site.health import healthz, readyz

handler500 = "registry_site.middleware.server_error"
urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("graphql", graphql, name="graphql"),
    path("", include("artifacts.urls_api")),
    path("", include("registry_site.accounts.urls")),
    path("", include("registries.urls")),
    path("", include("artifacts.urls")),
]
