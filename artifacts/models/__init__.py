"""The models: projects and roles on them, runs, collections, versions, files."""

from artifacts.models.collections import Alias, Collection, CollectionTag, Membership
from artifacts.models.files import ArtifactFile, Blob, Download, Manifest, ManifestEntry
from artifacts.models.jobs import Job, JobItem, JobWorker
from artifacts.models.paths import CollectionPath, FormerPathUse, PlaceholderKey, ProjectPath
from artifacts.models.projects import (
    AcceptedType,
    ArtifactType,
    PinnedAlias,
    Project,
    ProjectMember,
    ProtectedAlias,
)
from artifacts.models.retention import DailySweep, LegalHold, RetentionRule
from artifacts.models.runs import Run, RunAlert, RunFile, RunInput, RunLine, RunOutput
from artifacts.models.saved_views import SavedView
from artifacts.models.versions import ClientId, Version, VersionTag

__all__ = [
    "AcceptedType",
    "Alias",
    "ArtifactFile",
    "ArtifactType",
    "Blob",
    "ClientId",
    "Collection",
    "CollectionPath",
    "CollectionTag",
    "DailySweep",
    "Download",
    "FormerPathUse",
    "Job",
    "JobItem",
    "JobWorker",
    "LegalHold",
    "Manifest",
    "ManifestEntry",
    "Membership",
    "PinnedAlias",
    "PlaceholderKey",
    "Project",
    "ProjectMember",
    "ProjectPath",
    "ProtectedAlias",
    "RetentionRule",
    "Run",
    "RunAlert",
    "RunFile",
    "RunInput",
    "RunLine",
    "RunOutput",
    "SavedView",
    "Version",
    "VersionTag",
]
