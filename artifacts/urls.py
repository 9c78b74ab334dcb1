"""Addresses of what entities own: projects, runs, the artifact browser and its versions."""

from django.urls import path

from artifacts.views import jobs, saved_views
from artifacts.views.aliases import aliases, move_dialogs
from artifacts.views.aliases import history as alias_history
from artifacts.views.collection import browser, collections
from artifacts.views.compare import compare, histories
from artifacts.views.compare import manifests as compare_manifests
from artifacts.views.deletion import collections as collection_deletion
from artifacts.views.deletion import runs as run_deletion
from artifacts.views.deletion import versions as version_deletion
from artifacts.views.files import downloads, plain_files
from artifacts.views.project import entities, projects
from artifacts.views.retention import default_ttl as ttl
from artifacts.views.retention import rules as retention
from artifacts.views.retention import version_ttl
from artifacts.views.run import console as run_console
from artifacts.views.run import file as run_file
from artifacts.views.run import history_values, runs
from artifacts.views.trash import trash
from artifacts.views.version import description, tags, versions

app_name = "artifacts"

_MEMBERSHIP = "-/memberships/<int:pk>/"
_ALIASES = "-/collections/<int:pk>/aliases/"
_PROJECT = "<str:entity>/<str:project>"
_RUN = f"{_PROJECT}/runs/<str:run>"
_COLLECTION = f"{_PROJECT}/artifacts/<str:type_name>/<str:collection>"
_VERSION = f"{_COLLECTION}/<str:version>"

# changes to a version, the same from its source page and from a registry's page
_changes = [
    path(f"{_MEMBERSHIP}aliases", aliases.alias_add, name="alias_add"),
    path(f"{_MEMBERSHIP}aliases/remove", aliases.alias_remove, name="alias_remove"),
    path(f"{_MEMBERSHIP}aliases/undo", aliases.alias_undo, name="alias_undo"),
    path(f"{_ALIASES}move", move_dialogs.alias_move, name="alias_move"),
    path(f"{_ALIASES}roll-back", move_dialogs.alias_roll_back, name="alias_roll_back"),
    path(f"{_MEMBERSHIP}tags", tags.tag_add, name="tag_add"),
    path(f"{_MEMBERSHIP}tags/remove", tags.tag_remove, name="tag_remove"),
    path(f"{_MEMBERSHIP}description", description.description_edit, name="description_edit"),
    path(f"{_MEMBERSHIP}ttl", version_ttl.ttl_edit, name="ttl_edit"),
    path(f"{_MEMBERSHIP}files/<path:path>", downloads.file_download, name="file_download"),
]

_saved_views = [
    path(
        "-/projects/<int:pk>/<str:table>/views/new",
        saved_views.project_view_create,
        name="project_view_create",
    ),
    path(
        "-/collections/<int:pk>/views/new",
        saved_views.collection_view_create,
        name="collection_view_create",
    ),
    path("-/views/<int:pk>", saved_views.view_update, name="view_update"),
    path("-/views/<int:pk>/delete", saved_views.view_delete, name="view_delete"),
]

_jobs = [
    path("-/jobs", jobs.job_list, name="job_list"),
    path("-/jobs/-/jobs.<kind:kind>", jobs.jobs_export, name="jobs_export"),
    path("-/jobs/<int:pk>", jobs.job_detail, name="job_detail"),
    path("-/jobs/<int:pk>/stop", jobs.job_stop, name="job_stop"),
    path("-/jobs/<int:pk>/undo", jobs.job_undo, name="job_undo"),
    path(
        "-/jobs/<int:pk>/-/refusals.<kind:kind>",
        jobs.refusals_export,
        name="job_refusals_export",
    ),
]

_deletion = [
    path(
        "-/collections/<int:pk>/delete-versions",
        version_deletion.versions_delete,
        name="versions_delete",
    ),
    path("-/projects/<int:pk>/delete-runs", run_deletion.runs_delete, name="runs_delete"),
    path(
        "-/projects/<int:pk>/delete-collections",
        collection_deletion.collections_delete,
        name="collections_delete",
    ),
]

_compare = [
    path("-/compare", compare.compare, name="compare"),
    path(
        "-/compare/-/files.<kind:kind>",
        compare_manifests.compared_files_export,
        name="compared_files_export",
    ),
]

# whole lists, before the patterns with names; a file ends in .csv or .json
_lists = [
    path("<str:entity>/-/projects.<kind:kind>", entities.projects_export, name="projects_export"),
    path(f"{_PROJECT}/-/runs.<kind:kind>", projects.runs_export, name="runs_export"),
    path(
        f"{_PROJECT}/-/collections.<kind:kind>",
        projects.collections_export,
        name="collections_export",
    ),
    path(f"{_PROJECT}/-/trash/-/<str:name>.<kind:kind>", trash.trash_export, name="trash_export"),
    path("-/histories.<kind:kind>", histories.histories_export, name="histories_export"),
    path(f"{_RUN}/-/config.json", runs.run_config, name="run_config"),
    path(f"{_RUN}/-/summary.json", runs.run_summary, name="run_summary"),
    path(
        f"{_RUN}/-/history.<kind:kind>",
        history_values.run_history_export,
        name="run_history_export",
    ),
    path(f"{_RUN}/-/files.<kind:kind>", runs.run_files_export, name="run_files_export"),
    path(f"{_RUN}/-/console.<kind:kind>", run_console.console_export, name="console_export"),
    path(
        f"{_PROJECT}/artifacts/-/collections.<kind:kind>",
        browser.browser_export,
        name="browser_export",
    ),
    path(
        f"{_PROJECT}/artifacts/<str:type_name>/-/collections.<kind:kind>",
        browser.browser_export,
        name="type_export",
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
    path(f"{_VERSION}/-/files.<kind:kind>", versions.files_export, name="files_export"),
    path(f"{_VERSION}/usage/-/<str:name>.<kind:kind>", versions.usage_export, name="usage_export"),
]

# bytes at plain addresses
_bytes = [
    path(f"{_VERSION}/files/<path:path>", plain_files.version_file, name="version_file"),
    path(f"{_VERSION}/-/metadata.json", plain_files.version_metadata, name="version_metadata"),
    path(f"{_VERSION}/-/files.zip", plain_files.version_zip, name="version_zip"),
    path(
        f"{_VERSION}/-/<str:algorithm>sums.txt",
        plain_files.version_checksums,
        name="version_checksums",
    ),
]

_browser = [
    path(f"{_PROJECT}/artifacts", browser.browser, name="browser"),
    # printed by `wandb job create` (0.31)
    path(f"{_PROJECT}/jobs", browser.browser, {"type_name": "job"}, name="project_jobs"),
    path(f"{_PROJECT}/artifacts/<str:type_name>", browser.browser, name="type_detail"),
    path(_COLLECTION, collections.collection_detail, name="collection_detail"),
    path(f"{_COLLECTION}/-/aliases/<str:alias>", alias_history.alias_history, name="alias_history"),
    path(f"{_COLLECTION}/-/retention", retention.retention_edit, name="retention_edit"),
    path(f"{_COLLECTION}/-/tree", browser.collection_tree, name="collection_tree"),
    path(_VERSION, versions.version_detail, name="version_detail"),
    path(f"{_VERSION}/<str:tab>", versions.version_detail, name="version_tab"),
]

urlpatterns = [
    *_compare,
    *_jobs,
    *_deletion,
    path("-/histories", histories.histories, name="histories"),
    *_changes,
    *_saved_views,
    *_lists,
    *_bytes,
    path("<str:entity>", entities.entity_detail, name="entity_detail"),
    path("<str:entity>/-/default-ttl", ttl.default_ttl, name="default_ttl"),
    path(_PROJECT, projects.project_detail, name="project_detail"),
    path(f"{_PROJECT}/workspace", projects.project_detail, name="project_workspace"),
    path(_RUN, runs.run_detail, name="run_detail"),
    path(f"{_RUN}/-/file", run_file.run_file_detail, name="run_file_detail"),
    path(f"{_RUN}/-/history", history_values.run_history, name="run_history"),
    path(f"{_RUN}/-/files/<path:path>", downloads.run_file_download, name="run_file_download"),
    path(f"{_PROJECT}/-/trash", trash.trash_list, name="trash_list"),
    path(f"{_PROJECT}/-/trash/runs", trash.trash_list, {"kind": "runs"}, name="trash_runs"),
    path(
        f"{_PROJECT}/-/trash/collections",
        trash.trash_list,
        {"kind": "collections"},
        name="trash_collections",
    ),
    *_browser,
]
