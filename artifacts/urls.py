"""Addresses of what entities own: projects, runs, the artifact browser and its versions."""

from django.urls import path

from artifacts.views import (
    browser,
    collections,
    compare,
    entities,
    files,
    labels,
    projects,
    runs,
    trash,
    ttl,
    versions,
)

app_name = "artifacts"

_MEMBERSHIP = "-/memberships/<int:pk>/"
_PROJECT = "<str:entity>/<str:project>"
_RUN = f"{_PROJECT}/runs/<str:run>"
_COLLECTION = f"{_PROJECT}/artifacts/<str:type_name>/<str:collection>"
_VERSION = f"{_COLLECTION}/<str:version>"

# what one changes on a version, the same from its source page and from a registry's page
_changes = [
    path(f"{_MEMBERSHIP}aliases", labels.alias_add, name="alias_add"),
    path(f"{_MEMBERSHIP}aliases/remove", labels.alias_remove, name="alias_remove"),
    path(f"{_MEMBERSHIP}tags", labels.tag_add, name="tag_add"),
    path(f"{_MEMBERSHIP}tags/remove", labels.tag_remove, name="tag_remove"),
    path(f"{_MEMBERSHIP}description", labels.description_edit, name="description_edit"),
    path(f"{_MEMBERSHIP}files/<path:path>", files.file_download, name="file_download"),
]

_browser = [
    path(f"{_PROJECT}/artifacts", browser.browser, name="browser"),
    path(f"{_PROJECT}/artifacts/<str:type_name>", browser.browser, name="type_detail"),
    path(_COLLECTION, collections.collection_detail, name="collection_detail"),
    path(f"{_COLLECTION}/-/tree", browser.collection_tree, name="collection_tree"),
    path(_VERSION, versions.version_detail, name="version_detail"),
    path(f"{_VERSION}/<str:tab>", versions.version_detail, name="version_tab"),
]

urlpatterns = [
    path("-/compare", compare.compare, name="compare"),
    *_changes,
    path("<str:entity>", entities.entity_detail, name="entity_detail"),
    path("<str:entity>/-/default-ttl", ttl.default_ttl, name="default_ttl"),
    path(_PROJECT, projects.project_detail, name="project_detail"),
    path(f"{_PROJECT}/workspace", projects.project_detail, name="project_workspace"),
    path(_RUN, runs.run_detail, name="run_detail"),
    path(f"{_RUN}/-/files/<path:path>", files.run_file_download, name="run_file_download"),
    path(f"{_PROJECT}/-/trash", trash.trash_list, name="trash_list"),
    *_browser,
]
