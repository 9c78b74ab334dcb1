"""XXH128 beside MD5: what a client says of it names nobody else's bytes."""

import base64
import json

import pytest
import xxhash

from artifacts.formats.manifests import Entry, digest_of
from artifacts.models import Blob, Version
from artifacts.services.files.files import FileSpec, create_files
from artifacts.services.versions.commit import commit_version, create_manifest
from artifacts.services.versions.creation import Draft, create_version
from registry_site.errors import Invalid
from registry_site.texts.ids import encode_id
from tests.artifacts.versions.test_services_versions import log, md5_of, put


def xxh128_of(content):
    return base64.b64encode(xxhash.xxh128(content).digest()).decode()


def begin(by, project, name="x", digest="0" * 32, **values):
    return create_version(
        by=by,
        project=project,
        draft=Draft(
            type_name="model",
            collection_name=name,
            digest=digest,
            digest_algorithm=Version.Algorithm.XXH128,
            **values,
        ),
    )


def announce(by, version, files):
    specs = [
        FileSpec(version.pk, path, md5_of(data), xxh128_of(data)) for path, data in files.items()
    ]
    return create_files(by=by, specs=specs)


def commit(by, version, contents):
    document = {
        "version": 1,
        "storagePolicy": "wandb-storage-policy-v1",
        "storagePolicyConfig": {},
        "contents": {
            path: {"digest": digest, "extra": {"alg": "XXH128"}, **more}
            for path, (digest, more) in contents.items()
        },
    }
    content = json.dumps(document).encode()
    put("manifest", create_manifest(by=by, version=version, digest=md5_of(content)).pk, content)
    return commit_version(by=by, version=version)


def log_xxh128(by, project, files, **values):
    entries = [Entry(path, xxh128_of(data)) for path, data in files.items()]
    version = begin(by, project, digest=digest_of(entries, xxh128=True), **values)
    if version.is_committed:
        return version
    for row in announce(by, version, files):
        if row.blob_id is None:
            put("file", row.pk, files[row.path])
    return commit(by, version, {path: (xxh128_of(data), {}) for path, data in files.items()})


def test_logged_found_again_and_kept_apart_from_md5(bob, project):
    first = log_xxh128(bob, project, {"a": b"one"})
    entries = [Entry("a", xxh128_of(b"one"))]
    assert first.digest == digest_of(entries, xxh128=True) != digest_of(entries)
    assert log_xxh128(bob, project, {"a": b"one"}).pk == first.pk
    by_md5 = create_version(
        by=bob,
        project=project,
        draft=Draft(type_name="model", collection_name="x", digest=first.digest),
    )
    assert by_md5.pk != first.pk  # a digest means nothing without its algorithm
    assert Blob.objects.get(md5=md5_of(b"one")).xxh128 == xxh128_of(b"one")


def test_bytes_must_have_the_xxh128_that_was_announced(bob, project, settings):
    version = begin(bob, project)
    [file] = create_files(
        by=bob, specs=[FileSpec(version.pk, "a", md5_of(b"mine"), xxh128_of(b"theirs"))]
    )
    with pytest.raises(Invalid, match="XXH128"):
        put("file", file.pk, b"mine")
    assert not [path for path in settings.STORAGE_FOLDER.rglob("*") if path.is_file()]


def test_held_bytes_need_both_sums(bob, project):
    log(bob, project, {"a": b"one"})
    version = begin(bob, project)
    right, forged = (
        FileSpec(version.pk, "a", md5_of(b"one"), xxh128_of(b"one")),
        FileSpec(version.pk, "b", md5_of(b"one"), xxh128_of(b"two")),
    )
    rows = create_files(by=bob, specs=[right, forged])
    assert [row.blob_id is None for row in rows] == [False, True]
    Blob.objects.update(xxh128="")  # as from a time when it was not computed
    later = FileSpec(version.pk, "c", md5_of(b"one"), xxh128_of(b"one"))
    [row] = create_files(by=bob, specs=[later])
    assert row.blob_id is None
    put("file", row.pk, b"one")
    assert Blob.objects.get(md5=md5_of(b"one")).xxh128 == xxh128_of(b"one")


def test_a_manifest_can_not_name_bytes_of_the_project_by_xxh128(bob, project):
    """Somebody may have made other bytes with the same XXH128."""
    log_xxh128(bob, project, {"a": b"one"})
    version = begin(bob, project, name="y", digest="1" * 32)
    with pytest.raises(Invalid, match="'a' was never uploaded"):
        commit(bob, version, {"a": (xxh128_of(b"one"), {})})


def test_a_manifest_may_name_the_version_that_brought_the_bytes(bob, project):
    first = log_xxh128(bob, project, {"a": b"one", "b": b"two"})
    birth = {"birthArtifactID": encode_id("Artifact", first.pk)}
    contents = {"a": (xxh128_of(b"one"), birth), "renamed": (xxh128_of(b"two"), birth)}
    version = commit(bob, begin(bob, project, digest="1" * 32), contents)
    blobs = version.entries.order_by("path").values_list("path", "blob__md5")
    assert list(blobs) == [("a", md5_of(b"one")), ("renamed", md5_of(b"two"))]
    assert version.entries.get(path="a").birth_version_id == first.pk


def test_equal_xxh128s_of_two_files_are_told_apart_by_path(bob, project):
    """Forged sums in one artifact must not mix up its own files."""
    first = log_xxh128(bob, project, {"a": b"one", "b": b"two"})
    first.entries.filter(path="b").update(digest=xxh128_of(b"one"))  # as if forged
    birth = {"birthArtifactID": encode_id("Artifact", first.pk)}
    contents = {path: (xxh128_of(b"one"), birth) for path in ("a", "b")}
    version = commit(bob, begin(bob, project, digest="1" * 32), contents)
    assert version.entries.get(path="b").blob.md5 == md5_of(b"two")


def test_digest_of_xxh128_is_what_the_sdk_computes():
    from wandb.sdk.artifacts._generated import enums
    from wandb.sdk.artifacts.artifact_manifest_entry import ArtifactManifestEntry
    from wandb.sdk.artifacts.artifact_manifests.artifact_manifest_v1 import ArtifactManifestV1
    from wandb.sdk.artifacts.storage_policies import WandbStoragePolicy

    files = {"b/ü": b"2", "a": b"1", "B": b""}
    for algorithm, sum_of in (("MANIFEST_XXH128", xxh128_of), ("MANIFEST_MD5", md5_of)):
        theirs = ArtifactManifestV1(
            storage_policy=WandbStoragePolicy(),
            digest_algorithm=enums.ArtifactDigestAlgorithm(algorithm),
        )
        for path, data in files.items():
            theirs.add_entry(ArtifactManifestEntry(path=path, digest=sum_of(data), size=1))
        ours = [Entry(path, sum_of(data)) for path, data in files.items()]
        assert digest_of(ours, xxh128=algorithm == "MANIFEST_XXH128") == theirs.digest()
