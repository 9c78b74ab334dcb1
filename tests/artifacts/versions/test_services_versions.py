import base64
import hashlib
import json

import pytest

from artifacts.formats import manifests
from artifacts.models import ManifestEntry, Membership, RunOutput, Version
from artifacts.services.files.files import FileSpec, create_files
from artifacts.services.files.uploads import receive_upload
from artifacts.services.versions.commit import commit_version, create_manifest
from artifacts.services.versions.creation import Draft, create_version
from artifacts.services.versions.versions import update_version
from artifacts.signing import upload_path
from registry_site.errors import Conflict, Denied, Invalid, NotFound
from tests import factories


def md5_of(content):
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def put(kind, pk, content):
    source = memoryview(content)
    offset = 0

    def read(size):
        nonlocal offset
        piece = bytes(source[offset : offset + size])
        offset += len(piece)
        return piece

    token = upload_path(kind, pk).rpartition("/")[2]
    return receive_upload(token=token, read=read, length=len(content))


def manifest_of(files, **extra):
    contents = {path: {"digest": md5_of(data), "size": len(data)} for path, data in files.items()}
    return json.dumps(
        {
            "version": 1,
            "storagePolicy": "wandb-storage-policy-v1",
            "storagePolicyConfig": {"storageLayout": "V2"},
            "contents": contents | extra,
        }
    ).encode()


def log(by, project, files, name="iris-model", commit=True, references=None, run=None, **options):
    """What the SDK does for `log_artifact`, through the operations."""
    entries = {path: manifests.Entry(path, md5_of(data)) for path, data in files.items()}
    references = references or {}
    entries |= {p: manifests.Entry(p, given["digest"]) for p, given in references.items()}
    options = {"type_name": "model", "digest": manifests.digest_of(entries.values())} | options
    draft = Draft(collection_name=name, **options)
    version = create_version(by=by, project=project, run=run, draft=draft)
    if version.is_committed:
        return version
    create_manifest(by=by, version=version)  # the placeholder
    specs = [FileSpec(version.pk, path, md5_of(data)) for path, data in files.items()]
    for file in create_files(by=by, specs=specs):
        if file.blob is None:
            put("file", file.pk, files[file.path])
    content = manifest_of(files, **references)
    manifest = create_manifest(by=by, version=version, digest=md5_of(content))
    put("manifest", manifest.pk, content)
    return commit_version(by=by, version=version) if commit else version


def test_log_gives_numbers_files_and_digest(bob, project):
    version = log(bob, project, {"a.txt": b"one", "dir/b.txt": b"two"}, aliases=["best", "latest"])
    assert (version.version_index, version.size, version.file_count) == (0, 6, 2)
    assert {entry.path for entry in version.entries.all()} == {"a.txt", "dir/b.txt"}
    assert all(entry.blob for entry in version.entries.all())
    membership = version.memberships.get()
    assert [alias.name for alias in membership.aliases.all()] == ["best"]
    assert log(bob, project, {"a.txt": b"three"}).version_index == 1
    assert list(Membership.objects.live().called("latest"))[0].index == 1


def test_equal_content_gives_the_same_version(bob, project):
    first = log(bob, project, {"a.txt": b"one"})
    log(bob, project, {"a.txt": b"two"})
    again = log(bob, project, {"a.txt": b"one"}, aliases=["again"], tags=["seen"])
    assert again.pk == first.pk
    membership = again.memberships.get()
    assert [alias.name for alias in membership.aliases.all()] == ["again"]
    assert [tag.name for tag in again.tags.all()] == ["seen"]
    assert list(Membership.objects.live().called("latest"))[0].index == 1  # does not move


def test_repeated_requests_change_nothing(bob, project):
    version = log(bob, project, {"a.txt": b"one"}, client_id="x" * 128)
    assert commit_version(by=bob, version=Version.objects.get(pk=version.pk)).version_index == 0
    assert log(bob, project, {"a.txt": b"one"}, client_id="x" * 128).pk == version.pk
    assert ManifestEntry.objects.count() == 1


def test_commit_without_manifest_or_file_is_refused(bob, project):
    digest = "0" * 32
    version = create_version(
        by=bob, project=project, draft=Draft(type_name="model", collection_name="m", digest=digest)
    )
    with pytest.raises(Invalid, match="manifest was never uploaded"):
        commit_version(by=bob, version=version)
    content = manifest_of({"a.txt": b"never sent"})
    manifest = create_manifest(by=bob, version=version, digest=md5_of(content))
    put("manifest", manifest.pk, content)
    with pytest.raises(Invalid, match="'a.txt' was never uploaded"):
        commit_version(by=bob, version=version)
    version.refresh_from_db()
    assert version.state == "PENDING"
    assert not Membership.objects.exists()


def test_bytes_of_another_project_can_t_be_named(bob, charlie, project):
    log(bob, project, {"secret.txt": b"secret"})
    own = factories.make_project(charlie, "own")
    version = create_version(
        by=charlie,
        project=own,
        draft=Draft(type_name="model", collection_name="m", digest="1" * 32),
    )
    [file] = create_files(by=charlie, specs=[FileSpec(version.pk, "secret.txt", md5_of(b"secret"))])
    assert file.blob is None
    content = manifest_of({"secret.txt": b"secret"})
    manifest = create_manifest(by=charlie, version=version, digest=md5_of(content))
    put("manifest", manifest.pk, content)
    with pytest.raises(Invalid, match="never uploaded"):
        commit_version(by=charlie, version=version)


def test_same_project_needs_no_second_upload(bob, project):
    log(bob, project, {"a.txt": b"one"})
    version = log(bob, project, {"other.txt": b"one"}, name="other", commit=False)
    assert version.files.get().blob is not None


def test_wrong_checksum_and_length_leave_nothing(bob, project, settings):
    version = create_version(
        by=bob,
        project=project,
        draft=Draft(type_name="model", collection_name="m", digest="2" * 32),
    )
    [file] = create_files(by=bob, specs=[FileSpec(version.pk, "a", md5_of(b"right"))])
    with pytest.raises(Invalid, match="MD5"):
        put("file", file.pk, b"wrong")
    token = upload_path("file", file.pk).rpartition("/")[2]
    with pytest.raises(Invalid, match="of 10 bytes arrived"):
        receive_upload(token=token, read=_once(b"right"), length=10)
    assert not [path for path in settings.STORAGE_FOLDER.rglob("*") if path.is_file()]
    assert version.files.get().blob is None


def test_md5_versions_take_no_other_digest_for_a_file(bob, project):
    """Else an entry could name one sum and bring the bytes of another."""
    version = create_version(
        by=bob,
        project=project,
        draft=Draft(type_name="model", collection_name="m", digest="4" * 32),
    )
    named = FileSpec(version.pk, "a", md5_of(b"mine"), digest=md5_of(b"theirs"))
    [file] = create_files(by=bob, specs=[named])
    assert file.digest == md5_of(b"mine")


def test_one_path_announced_with_other_bytes_meanwhile(bob, project):
    """Two processes may share a version: both may upload, and the last manifest says whose."""
    version = create_version(
        by=bob,
        project=project,
        draft=Draft(type_name="model", collection_name="m", digest="5" * 32),
    )
    [file] = create_files(by=bob, specs=[FileSpec(version.pk, "a", md5_of(b"old"))])
    token = upload_path("file", file.pk).rpartition("/")[2]

    def read(size, pieces=[b"old", b""]):  # noqa: B006 - used once
        create_files(by=bob, specs=[FileSpec(version.pk, "a", md5_of(b"new"))])
        return pieces.pop(0)

    receive_upload(token=token, read=read, length=3)
    assert list(version.files.order_by("pk").values_list("blob__size", flat=True)) == [3, None]
    content = manifest_of({"a": b"old"})
    put("manifest", create_manifest(by=bob, version=version, digest=md5_of(content)).pk, content)
    assert commit_version(by=bob, version=version).entries.get().blob.md5 == md5_of(b"old")


def test_announcing_again_keeps_what_has_come(bob, project):
    version = create_version(
        by=bob,
        project=project,
        draft=Draft(type_name="model", collection_name="m", digest="6" * 32),
    )
    specs = [FileSpec(version.pk, "a", md5_of(b"a")), FileSpec(version.pk, "b", md5_of(b"b"))]
    first = create_files(by=bob, specs=specs)
    put("file", first[1].pk, b"b")
    again = create_files(by=bob, specs=specs[::-1])
    assert [(row.pk, row.blob_id is None) for row in again] == [
        (first[1].pk, False),
        (first[0].pk, True),
    ]


def _once(content):
    pieces = [content, b""]
    return lambda size: pieces.pop(0) if pieces else b""


def test_upload_needs_a_signed_address_and_a_pending_version(bob, project):
    version = log(bob, project, {"a.txt": b"one"})
    with pytest.raises(Denied, match="not signed"):
        receive_upload(token="forged", read=_once(b""), length=0)
    with pytest.raises(Conflict):
        create_files(by=bob, specs=[FileSpec(version.pk, "b", md5_of(b""))])


def test_after_the_commit_equal_content_is_welcome_and_other_is_not(bob, project):
    """A second process with the same client id comes when the first has committed."""
    version = log(bob, project, {"a.txt": b"one", "b.txt": b"two"})
    specs = [FileSpec(version.pk, "a.txt", md5_of(b"one"))]
    assert create_files(by=bob, specs=specs)[0].blob is not None
    put("file", version.files.get(path="a.txt").pk, b"one")
    with pytest.raises(Conflict, match="committed"):
        create_files(by=bob, specs=[FileSpec(version.pk, "a.txt", md5_of(b"1"))])
    whole, some, other = {"a.txt": b"one", "b.txt": b"two"}, {"a.txt": b"one"}, {"a.txt": b"1"}
    for kind, files, fits in (
        ("FULL", whole, True),
        ("FULL", some, False),
        ("PATCH", some, True),
        ("PATCH", other, False),
    ):
        content = manifest_of(files)
        late = create_manifest(by=bob, version=version, digest=md5_of(content), kind=kind)
        if fits:
            put("manifest", late.pk, content)
        else:
            with pytest.raises(Conflict, match="committed"):
                put("manifest", late.pk, content)
    assert commit_version(by=bob, version=version).file_count == 2


def test_type_of_a_collection_is_fixed(bob, project):
    log(bob, project, {"a": b"1"})
    with pytest.raises(Invalid, match="holds the type “model”, not “dataset”"):
        log(bob, project, {"a": b"2"}, type_name="dataset")


def test_nothing_can_be_logged_to_a_registry(bob, registry):
    with pytest.raises(Invalid, match="log to a team's project"):
        log(bob, registry.project, {"a": b"1"})


def test_rights_of_logging(victor, charlie, project):
    with pytest.raises(Denied, match="needs the role Member"):
        log(victor, project, {"a": b"1"})
    with pytest.raises(NotFound):
        log(charlie, project, {"a": b"1"})


def test_hidden_versions_take_files_as_missing_ones_do(bob, charlie, project):
    version = log(bob, project, {"a": b"1"}, commit=False)
    told = set()
    for pk in (version.pk, 10**9):
        with pytest.raises(NotFound) as refusal:
            create_files(by=charlie, specs=[FileSpec(pk, "b", md5_of(b"2"))])
        told.add(refusal.value.message)
    assert len(told) == 1


def test_description_belongs_to_the_version_and_is_an_event(bob, victor, version):
    update_version(
        by=bob, version=version, description="good", metadata={"acc": 0.9}, tags_added=["nice one"]
    )
    version.refresh_from_db()
    assert (version.description, version.metadata) == ("good", {"acc": 0.9})
    update_version(by=bob, version=version, tags_removed=["nice one"])
    assert not version.tags.exists()
    with pytest.raises(Denied):
        update_version(by=victor, version=version, description="mine")
    with pytest.raises(Invalid, match="Invalid tag"):
        update_version(by=bob, version=version, tags_added=["no/slash"])


def test_run_output_is_noted(bob, project):
    run = factories.make_run(project, bob)
    version = log(bob, project, {"a": b"1"}, run=run)
    other = factories.make_run(project, bob)
    log(bob, project, {"a": b"1"}, run=other)
    assert set(RunOutput.objects.values_list("run", "version")) == {
        (run.pk, version.pk),
        (other.pk, version.pk),
    }
