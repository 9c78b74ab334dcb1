import random
import tracemalloc
from io import BytesIO

import pytest

from artifacts.formats import manifests
from artifacts.models import Membership
from artifacts.services.files.files import FileSpec, create_files
from artifacts.services.versions.creation import Draft, create_version
from registry_site.errors import Invalid
from tests.artifacts.versions.test_services_versions import log, manifest_of, md5_of


def entries_of(content):
    return manifests.read_entries(BytesIO(content).read)


def test_the_longest_path_fits_every_index(bob, project):
    """PostgreSQL packs what repeats, so it must be something that doesn't."""
    sample = random.Random(1)
    path = "".join(chr(sample.randrange(0x4E00, 0x9FFF)) for _ in range(682)) + "ab"
    assert len(path.encode()) == manifests.MAX_PATH
    assert log(bob, project, {path: b"one"}).entries.get().path == path
    with pytest.raises(Invalid, match="2048 bytes"):
        manifests.check_path(path + "c")


@pytest.mark.parametrize("path", ["../up", "/abs", "a/../../b", "", "a\x00b", "a\nb"])
def test_hostile_paths_are_refused(bob, project, path):
    version = create_version(
        by=bob,
        project=project,
        draft=Draft(type_name="model", collection_name="m", digest="3" * 32),
    )
    with pytest.raises(Invalid, match="not possible"):
        create_files(by=bob, specs=[FileSpec(version.pk, path, md5_of(b""))])
    with pytest.raises(Invalid, match="not possible"):
        list(entries_of(manifest_of({path: b""})))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"version":1}',
        b'{"contents":{}}',
        b'{"version":1,"contents":{}',
        b'{"version":1,"contents":{}}{}',
        b'{"version":1,"contents":{"a"}}',
        b'{"version":1,}',
        b'{"version":1,"contents":{"a":{"digest":"e"},}}',
        b'{"version":1,"contents":null}',
        b'{"version":2,"contents":{}}',
        b'{"version":1,"contents":[]}',
        b"\xff",
        b'{"version":1,"contents":{"a":{"digest":1}}}',
        b"[" * 100_000,
        b'{"version":1,"contents":{"a":{"digest":"\\ud800","ref":"s3://b/x"}}}',
        b'{"version":1,"contents":{"a":{"digest":"e","extra":{"etag":"\\uD800"}}}}',
    ],
)
def test_broken_manifests_are_refused(content):
    with pytest.raises(Invalid):
        list(entries_of(content))


def test_references_are_kept_without_bytes(bob, project):
    ref = {"digest": "etag", "ref": "s3://bucket/key", "size": 12, "local_path": "/home/bob/x"}
    version = log(bob, project, {}, references={"far.bin": ref})
    entry = version.entries.get()
    assert (entry.ref, entry.size, entry.blob) == ("s3://bucket/key", 12, None)
    with open_manifest(version) as file:
        assert b"/home/bob" not in file.read()


def test_surrogate_pairs_in_a_manifest_are_kept():
    content = b'{"version":1,"contents":{"\\ud83d\\ude00":{"digest":"e"}}}'
    assert [entry.path for entry in entries_of(content)] == ["😀"]


def test_sizes_beyond_all_disks_are_refused(bob, project):
    ref = {"digest": "etag", "ref": "s3://bucket/key", "size": 2**63 - 1}
    with pytest.raises(Invalid):
        log(bob, project, {}, references={"a": ref, "b": ref})
    assert not Membership.objects.exists()


@pytest.mark.parametrize("name", ["digest", "client_id", "distributed_id", "sequence_client_id"])
def test_ids_longer_than_their_columns_are_refused(bob, project, name):
    with pytest.raises(Invalid, match="1000 characters"):
        log(bob, project, {"a": b"1"}, **{name: "x" * 1000})


def open_manifest(version):
    from artifacts.store import store

    return store().open(version.manifest.sha256)


def by_path(entries):
    return [entry for _path, entry in sorted(entries.items())]


def test_folders_are_compared_in_the_memory_of_their_paths():
    entries = {
        path: manifests.Entry(path, "x")
        for path in [f"{number:05d}" + "/a" * 1020 for number in range(500)] + ["b", "b.c", "b-/d"]
    }
    tracemalloc.start()
    assert sum(1 for _entry in manifests.check_folders(by_path(entries))) == 503
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 * 2**20
    entries["b/c"] = manifests.Entry("b/c", "x")
    with pytest.raises(Invalid, match="'b' can't be a file and a folder"):
        list(manifests.check_folders(by_path(entries)))
