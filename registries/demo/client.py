"""Plays the SDK's part: logs runs and artifacts through the operations that the API calls."""

import base64
import hashlib
import json
import time
from collections.abc import Iterable
from functools import cached_property
from io import BytesIO
from types import TracebackType
from typing import Any, Self

from artifacts import signing
from artifacts.formats.manifests import Entry, digest_of, write_manifest
from artifacts.models import Membership, Project, Version
from artifacts.services.collections.links import link_version
from artifacts.services.files.files import FileSpec, create_files
from artifacts.services.files.uploads import receive_upload
from artifacts.services.runs.runs import create_run
from artifacts.services.runs.streams import Chunk, add_lines, read_chunk
from artifacts.services.usage.last_references import remember_reached
from artifacts.services.usage.usage import record_download, use_version
from artifacts.services.versions.commit import commit_version, create_manifest
from artifacts.services.versions.creation import Draft, create_version
from artifacts.store import store
from registry_site.accounts.models import ApiKey, User
from registry_site.accounts.services.keys.api_keys import create_api_key
from registry_site.texts.json_text import write_json


class Client:
    """The scripts of one person, which share one API key."""

    def __init__(self, user: User) -> None:
        self.user = user

    def run(self, path: str, name: str, **described: Any) -> "LoggedRun":
        """Begin a run in `{entity}/{project}`; `described` is config, job_type, notes, tags."""
        return LoggedRun(self.user, self.key, path, name, described)

    @cached_property
    def key(self) -> ApiKey:
        """The key that all scripts of the person send."""
        api_key = self.user.api_keys.filter(name="scripts").first()
        return api_key or create_api_key(by=self.user, user=self.user, name="scripts")[0]

    def find(self, path: str) -> Membership:
        """Return the membership at `{entity}/{project}/{collection}:{alias}`."""
        membership = (
            Membership.objects.visible_to(self.user).at(*path.split("/", 2)).for_path().get()
        )
        remember_reached(api_key=self.key, membership=membership, reference=path.rpartition(":")[2])
        return membership

    def link(self, version: Version, target_path: str, aliases: Iterable[str] = ()) -> Membership:
        """Link to `{ORG}/wandb-registry-{REGISTRY}/{COLLECTION}`, made if missing."""
        entity, name, collection = target_path.split("/", 2)
        project = Project.objects.visible_to(self.user).at(entity, name).get()
        membership, *_rest = link_version(
            by=self.user,
            version=version,
            project=project,
            collection_name=collection,
            aliases=aliases,
        )
        return membership

    def download(self, path: str, key: ApiKey | None = None) -> dict[str, bytes]:
        """Return the files of the version at `{entity}/{project}/{collection}:{alias}`."""
        membership = self.find(path)
        record_download(
            by=self.user, membership=membership, reference=path.rpartition(":")[2], api_key=key
        )
        return _read(membership.version)


class LoggedRun:
    """A run, open as long as its `with` block. An error that leaves the block makes it fail."""

    def __init__(
        self, user: User, key: ApiKey, path: str, name: str, described: dict[str, Any]
    ) -> None:
        self.user, self.key = user, key
        self.summary: dict[str, Any] = {}
        self.begun = time.monotonic()
        self.streams: dict[str, list[str]] = {"wandb-history.jsonl": [], "output.log": []}
        entity, project = path.split("/")
        config = {key: {"value": value} for key, value in described.pop("config", {}).items()}
        described |= {"display_name": name, "config": config, "program": "demo.py"}
        self.row, _is_new = create_run(
            by=user, entity_name=entity, project_name=project, name=None, changes=described
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self.print(f"{type(error).__name__}: {error}", level="error")
        add_lines(by=self.user, run=self.row, chunk=self._chunk(exit_code=int(error is not None)))

    def log(self, metrics: dict[str, Any]) -> None:
        """Add a step to the history; the summary keeps the last value of each metric."""
        history = self.streams["wandb-history.jsonl"]
        self.summary |= metrics
        history.append(write_json({**metrics, **self._clock(), "_step": len(history)}))

    def print(self, text: str, **marks: str) -> None:
        """Write a line to the console."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
        self.streams["output.log"].append(write_json({"ts": stamp, "content": text, **marks}))

    def use(self, membership: Membership) -> dict[str, bytes]:
        """Note the version as an input of this run, and return its files by their paths."""
        use_version(
            by=self.user,
            version=membership.version,
            run=self.row,
            project=membership.collection.project,
            api_key=self.key,
        )
        return _read(membership.version)

    def log_artifact(
        self,
        name: str,
        type_name: str,
        files: dict[str, bytes],
        *,
        description: str = "",
        metadata: dict[str, Any] | None = None,
        aliases: Iterable[str] = (),
        tags: Iterable[str] = (),
    ) -> Version:
        """Log files under their paths as the next version of the collection."""
        sums = {path: _md5(content) for path, content in files.items()}
        entries = [Entry(path, md5, len(files[path])) for path, md5 in sums.items()]
        version = create_version(
            by=self.user,
            project=self.row.project,
            run=self.row,
            draft=Draft(
                type_name=type_name,
                collection_name=name,
                digest=digest_of(entries),
                description=description,
                metadata=metadata,
                aliases=aliases,
                tags=tags,
            ),
        )
        if version.is_committed:
            return version  # the same content was logged before
        self._upload_files(version, files, sums)
        manifest = write_manifest(entries)
        announced = create_manifest(by=self.user, version=version, digest=_md5(manifest))
        _upload("manifest", announced.pk, manifest)
        return commit_version(by=self.user, version=version)

    def _upload_files(
        self, version: Version, files: dict[str, bytes], sums: dict[str, str]
    ) -> None:
        """Upload those files whose content is not in the store; `sums` are MD5 in base64."""
        rows = create_files(
            by=self.user, specs=[FileSpec(version.pk, path, md5) for path, md5 in sums.items()]
        )
        for row in rows:
            if row.blob is None:
                _upload("file", row.pk, files[row.path])

    def _chunk(self, exit_code: int) -> Chunk:
        files: dict[str, Any] = {
            name: {"offset": 0, "content": lines} for name, lines in self.streams.items()
        }
        summary = {**self.summary, **self._clock()}
        files["wandb-summary.json"] = {"offset": 0, "content": [json.dumps(summary)]}
        return read_chunk({"files": files, "complete": True, "exitcode": exit_code})

    def _clock(self) -> dict[str, float]:
        return {
            "_runtime": round(time.monotonic() - self.begun, 4),
            "_timestamp": round(time.time(), 3),
        }


def _read(version: Version) -> dict[str, bytes]:
    content = {}
    for entry in version.entries.select_related("blob"):
        if entry.blob:
            with store().open(entry.blob.sha256) as file:
                content[entry.path] = file.read()
    return content


def _upload(kind: str, pk: int, content: bytes) -> None:
    token = signing.upload_path(kind, pk).rpartition("/")[2]
    receive_upload(token=token, read=BytesIO(content).read, length=len(content))


def _md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
