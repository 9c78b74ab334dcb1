"""A server that is killed in the middle leaves nothing half done, and the client can repeat.

Each case is a process of its own that kills itself (SIGKILL) inside the operation.
"""

import json
import os
import signal
import subprocess
import sys
from io import BytesIO

import pytest
from django.conf import settings as django_settings
from django.db import connection

from artifacts.models import Alias, ArtifactFile, Blob, ManifestEntry, Membership, Version
from artifacts.services.collections.links import link_version
from artifacts.services.files import multipart
from artifacts.services.files.files import FileSpec, create_files
from artifacts.services.versions.commit import commit_version, create_manifest
from artifacts.services.versions.creation import Draft, create_version
from artifacts.store import store
from tests import factories
from tests.artifacts.versions.test_services_versions import log, manifest_of, md5_of, put

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PRELUDE = """
import json, os, signal, sys
from pathlib import Path
given = json.loads(sys.argv[1])
import django
from django.conf import settings
django.setup()
settings.DATABASES["default"]["NAME"] = given["database"]
from django.db import connections
connections["default"].settings_dict["NAME"] = given["database"]
settings.STORAGE_FOLDER = Path(given["storage"])
def die(*_arguments, **_named):
    os.kill(os.getpid(), signal.SIGKILL)
from artifacts.models import *
from registry_site.accounts.models import User
bob = User.objects.get(username="bob")
"""


@pytest.fixture
def killed(settings):
    """`killed(script, **given)` runs the script, which must kill itself."""

    def run(script, **given):
        given |= {
            "database": str(connection.settings_dict["NAME"]),
            "storage": str(settings.STORAGE_FOLDER),
        }
        done = subprocess.run(
            [sys.executable, "-c", PRELUDE + script, json.dumps(given)],
            cwd=django_settings.BASE_DIR,
            env=os.environ,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == -signal.SIGKILL, done.stderr

    return run


def begin(by, project, files):
    """A version with its files announced, and not yet one byte."""
    version = create_version(
        by=by,
        project=project,
        draft=Draft(type_name="model", collection_name="ds", digest="0" * 32, aliases=["best"]),
    )
    specs = [FileSpec(version.pk, path, md5_of(data)) for path, data in files.items()]
    return version, create_files(by=by, specs=specs)


def assert_nothing_shows():
    assert not Membership.objects.exists()
    assert not Alias.objects.exists()
    assert not ManifestEntry.objects.exists()
    assert Version.objects.get().state == "PENDING"
    assert Version.objects.get().sequence.next_index == 0


@pytest.mark.parametrize(
    "where",
    ["commit.store_entries", "commit.write_together", "commit.set_aliases", "commit.record_events"],
)
def test_killed_while_it_commits(bob, project, killed, where):
    files = {"a": b"1", "b": b"2"}
    version, rows = begin(bob, project, files)
    for row in rows:
        put("file", row.pk, files[row.path])
    content = manifest_of(files)
    put("manifest", create_manifest(by=bob, version=version, digest=md5_of(content)).pk, content)
    killed(
        """
from artifacts.services.versions import commit
module, name = given["where"].split(".")
whole = getattr(commit, name)
def and_die(*arguments, **named):
    whole(*arguments, **named)
    die()
setattr(commit, name, and_die)
version = Version.objects.for_path().get(pk=given["pk"])
commit.commit_version(by=bob, version=version)
""",
        pk=version.pk,
        where=where,
    )
    assert_nothing_shows()
    version = commit_version(by=bob, version=Version.objects.for_path().get(pk=version.pk))
    assert (version.version_index, version.entries.count()) == (0, 2)
    assert Alias.objects.get().name == "best"


@pytest.mark.parametrize("where", ["while it reads", "before the row", "before the file's row"])
def test_killed_while_a_file_arrives(bob, project, killed, where):
    version, [row] = begin(bob, project, {"a": b"content"})
    killed(
        """
from artifacts import signing
from artifacts.services.files import uploads
if given["where"] == "before the row":
    Blob.objects.__class__.make = die
elif given["where"] == "before the file's row":
    ArtifactFile.objects.__class__.set_blob = die
pieces = [b"cont", b"ent", b""]
def read(size):
    if given["where"] == "while it reads" and len(pieces) == 2:
        die()
    return pieces.pop(0)
token = signing.upload_path("file", given["pk"]).rpartition("/")[2]
uploads.receive_upload(token=token, read=read, length=7)
""",
        pk=row.pk,
        where=where,
    )
    assert ArtifactFile.objects.get().blob is None
    assert_nothing_shows()
    put("file", row.pk, b"content")
    assert store().path_of(ArtifactFile.objects.get().blob.sha256).read_bytes() == b"content"
    assert Blob.objects.count() == 1


def test_killed_while_it_puts_parts_together(bob, project, killed, settings):
    import hashlib

    pieces = [b"first", b"second"]
    sums = [hashlib.md5(piece, usedforsecurity=False).hexdigest() for piece in pieces]
    version, _rows = begin(bob, project, {})
    spec = FileSpec(version.pk, "big", md5_of(b"".join(pieces)), part_sums=tuple(sums))
    [row] = create_files(by=bob, specs=[spec])
    for number, piece in enumerate(pieces, 1):
        parts = store().parts(row.pk)
        parts.save(number, sums[number - 1], BytesIO(piece).read, len(piece))
    confirmed = dict(enumerate(sums, 1))
    named = {
        "version_pk": version.pk,
        "upload": row.pk,
        "storage_path": row.storage_path,
    }
    killed(
        """
from artifacts.services.files import multipart
multipart.save_blob = die
confirmed = {int(number): md5 for number, md5 in given["confirmed"].items()}
multipart.complete_upload(by=bob, confirmed=confirmed, **given["named"])
""",
        confirmed=confirmed,
        named=named,
    )
    assert_nothing_shows()
    file = multipart.complete_upload(by=bob, confirmed=confirmed, **named)
    assert store().path_of(file.blob.sha256).read_bytes() == b"firstsecond"
    assert not list((settings.STORAGE_FOLDER / "incoming").glob("*"))


def test_killed_while_it_links(bob, project, registry, killed):
    version = log(bob, project, {"a": b"1"})
    killed(
        """
from artifacts.services.collections import links
links.set_aliases = die
version = Version.objects.for_path().get(pk=given["pk"])
project = Project.objects.get(pk=given["project"])
links.link_version(by=bob, version=version, project=project, collection_name="c", aliases=["x"])
""",
        pk=version.pk,
        project=registry.project.pk,
    )
    assert not Membership.objects.filter(collection__kind="portfolio").exists()
    membership, is_new, _changes = link_version(
        by=factories.fresh(bob), version=version, project=registry.project, collection_name="c"
    )
    assert (membership.index, is_new) == (0, True)


def test_killed_while_it_begins_a_version(bob, project, killed):
    killed(
        """
from artifacts.services.versions import creation
creation._remember = die
draft = creation.Draft(
    type_name="model", collection_name="new", digest="0" * 32, client_id="c" * 64
)
creation.create_version(
    by=bob, project=Project.objects.get(pk=given["project"]), draft=draft
)
""",
        project=project.pk,
    )
    assert not Version.objects.exists()
    assert not project.collections.exists()
