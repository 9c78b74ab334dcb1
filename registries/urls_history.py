"""Addresses of histories; they stand before addresses that contain names."""

from django.urls import URLPattern, path

from registries.views.history import activity, event, pages

_ORGANIZATION = "orgs/<str:organization>/registry"
_REGISTRY = f"{_ORGANIZATION}/<str:registry>"
_COLLECTION = f"{_REGISTRY}/<str:collection>"
_PROJECT = "<str:entity>/<str:project>"
_SEQUENCE = f"{_PROJECT}/artifacts/<str:type_name>/<str:collection>"


def _histories(place: str, name: str) -> list[URLPattern]:
    """Return the addresses of a history's page, files and feed, below the page of the place."""
    page, export, feed = (getattr(pages, f"{name}{part}") for part in ("", "_export", "_feed"))
    url = f"{place}/-/history"
    return [
        path(url, page, name=name),
        path(f"{url}/-/events.<kind:kind>", export, name=f"{name}_export"),
        path(f"{url}/-/events.atom", feed, name=f"{name}_feed"),
    ]


history_urls = [
    path("-/activity", activity.activity, name="activity"),
    path("-/activity/-/events.<kind:kind>", activity.activity_export, name="activity_export"),
    path("-/activity/-/events.atom", activity.activity_feed, name="activity_feed"),
    path("-/events/<int:pk>", event.event_detail, name="event_detail"),
    path("-/events/<int:pk>/restore", event.event_restore, name="event_restore"),
    *_histories(_ORGANIZATION, "organization_history"),
    *_histories(_REGISTRY, "registry_history"),
    *_histories(_COLLECTION, "collection_history"),
    *_histories(f"{_COLLECTION}/<str:reference>", "version_history"),
    *_histories("<str:entity>", "team_history"),
    *_histories(_PROJECT, "project_history"),
    *_histories(_SEQUENCE, "sequence_history"),
    *_histories(f"{_SEQUENCE}/<str:version>", "logged_version_history"),
]
