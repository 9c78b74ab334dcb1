"""Large manifests: read, checked, sorted and written part by part."""

import json
import tracemalloc
from io import BytesIO

import pytest

from artifacts.formats import manifests
from artifacts.formats.manifests import Entry, digest_of, write_manifest
from artifacts.models import ArtifactFile, Manifest
from artifacts.services.files import contents
from artifacts.services.files.blobs import save_bytes
from artifacts.services.files.contents import has_content
from artifacts.services.versions.commit import commit_version, create_manifest
from artifacts.services.versions.creation import Draft, create_version
from artifacts.store import receiving, store
from registry_site.errors import Invalid
from registry_site.texts.json_stream import read_members
from tests import factories


@pytest.fixture
def version(bob, project):
    return create_version(
        by=bob,
        project=project,
        draft=Draft(type_name="data", collection_name="big", digest="0" * 32),
    )


@pytest.fixture
def blob(db):
    return factories.make_blob(b"x")


def announce(by, version, entries, kind="FULL"):
    manifest = create_manifest(by=by, version=version, kind=kind)
    content = save_bytes(write_manifest(entries))
    Manifest.objects.filter(pk=manifest.pk).update(blob=content)
    return content


def upload(version, blob, paths):
    ArtifactFile.objects.insert(
        ("path",),
        [(path,) for path in paths],
        version_id=version.pk,
        blob_id=blob.pk,
        digest=blob.md5,
        md5=blob.md5,
        part_sums=[],
        created_at=version.created_at,
    )


def entries_of(blob, paths):
    return [Entry(path, blob.md5, 1) for path in paths]


def test_a_version_is_what_its_manifest_lists_in_whatever_order(bob, version, blob, monkeypatch):
    monkeypatch.setattr(contents, "_SORTED", 100)  # so that most goes through files
    paths = [f"folder{number * 7919 % 13}/é{number * 7919 % 1201}.txt" for number in range(1201)]
    upload(version, blob, paths)
    announce(bob, version, entries_of(blob, paths))

    version = commit_version(by=bob, version=version)

    assert set(version.entries.values_list("path", flat=True)) == set(paths)
    assert (version.file_count, version.size) == (1201, 1201)
    assert version.digest == digest_of(entries_of(blob, paths))
    with store().open(version.manifest.sha256) as file:
        assert list(json.load(file)["contents"]) == sorted(paths)
    given = save_bytes(write_manifest(entries_of(blob, paths)))
    assert has_content(version, given, whole=True)
    less = save_bytes(write_manifest(entries_of(blob, paths[1:])))
    assert has_content(version, less, whole=False)
    assert not has_content(version, less, whole=True)
    other = save_bytes(write_manifest([*entries_of(blob, paths[1:]), Entry(paths[0], "other")]))
    assert not has_content(version, other, whole=True)


def test_what_comes_later_counts(bob, version, blob, monkeypatch):
    monkeypatch.setattr(contents, "_SORTED", 2)
    other = factories.make_blob(b"other")
    upload(version, blob, ["a", "b", "c", "e"])
    upload(version, other, ["b", "d"])
    announce(bob, version, entries_of(blob, ["c", "b", "a"]), kind="PATCH")
    announce(bob, version, entries_of(other, ["d", "b"]), kind="PATCH")
    announce(bob, version, entries_of(blob, ["e"]), kind="PATCH")
    version = commit_version(by=bob, version=version)
    assert dict(version.entries.values_list("path", "blob")) == {
        "a": blob.pk,
        "b": other.pk,
        "c": blob.pk,
        "d": other.pk,
        "e": blob.pk,
    }


@pytest.mark.slow
def test_the_first_missing_file_ends_it(bob, version, blob, monkeypatch):
    """Not the whole of a long manifest is read before the refusal."""
    paths = [f"{number:06}" for number in range(20_000)]
    upload(version, blob, paths[:700])
    lost = [Entry(path, "A" * 22 + "==", 1) for path in ["lost", *paths[700:]]]
    announce(bob, version, [*entries_of(blob, paths[:700]), *lost])
    taken, read_entries = [], manifests.read_entries

    def counted(read):
        for entry in read_entries(read):
            taken.append(entry.path)
            yield entry

    monkeypatch.setattr(manifests, "read_entries", counted)
    with pytest.raises(Invalid, match="the file 'lost' was never uploaded"):
        commit_version(by=bob, version=version)
    assert len(taken) <= 1000


def test_more_files_than_are_possible_are_refused_with_a_sentence(bob, version, monkeypatch):
    monkeypatch.setattr(manifests, "MAX_ENTRIES", 2)
    refs = [Entry(f"{n}", "etag", 1, f"s3://b/{n}") for n in range(3)]
    announce(bob, version, refs)
    with pytest.raises(Invalid, match="lists more than 2 files: log them as several artifacts"):
        commit_version(by=bob, version=version)
    announce(bob, version, refs[1:])
    assert commit_version(by=bob, version=version).file_count == 2


def test_patches_are_counted_together(bob, version, monkeypatch):
    monkeypatch.setattr(manifests, "MAX_ENTRIES", 2)
    refs = [Entry(f"{n}", "etag", 1, f"s3://b/{n}") for n in range(3)]
    announce(bob, version, refs[:2], kind="PATCH")
    announce(bob, version, refs[1:], kind="PATCH")
    with pytest.raises(Invalid, match="more than 2 files"):
        commit_version(by=bob, version=version)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_manifest(bob, project, monkeypatch):
    monkeypatch.setattr(contents, "_SORTED", 2_000)
    monkeypatch.setattr(contents, "_WRITTEN", 20)  # of each sorted part, one such lies in memory
    monkeypatch.setattr(receiving, "CHUNK", 2**16)
    peaks = []
    for count in (10_000, 40_000):
        version = create_version(
            by=bob,
            project=project,
            draft=Draft(type_name="data", collection_name=f"b{count}", digest="0" * 32),
        )
        announce(
            bob,
            version,
            [Entry(f"{n:06}.jpg", "etag", 1, f"s3://bucket/{n:06}.jpg") for n in range(count)],
        )
        tracemalloc.start()
        commit_version(by=bob, version=version)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.3, peaks


# ------------------------------------------------------------------ the reader below


def test_a_document_is_read_in_any_pieces():
    text = '{ "a" : [1, {"b": "}"}], "in":{"x": -1.5e+3 ,"é\\ud83d\\ude00":{"y":[]},"n":12},"z":-7}'
    wanted = [
        (False, "a", [1, {"b": "}"}]),
        (False, "in", None),
        (True, "x", -1500.0),
        (True, "é😀", {"y": []}),
        (True, "n", 12),
        (False, "z", -7),
    ]
    for size in (1, 2, 3, 7, 1000):
        file = BytesIO(text.encode())

        def read(_size, file=file, size=size):
            return file.read(size)

        assert list(read_members(read, of="in", longest=1000)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"a"',
        '{"a":',
        '{"a":1',
        '{"a":1,',
        '{"a":1}}',
        "[]",
        "1",
        "{1:2}",
        '{"in":{"a":1}',
        '{"in":[]}',
        '{"in":{"a"}}',
        '{"a":1 "b":2}',
        "\ufeff{}",
    ],
)
def test_what_is_no_document_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - which one it is says the sentence of the door
        list(read_members(BytesIO(text.encode()).read, of="in", longest=1000))


def test_a_value_that_is_too_long_is_not_held():
    read = []
    file = BytesIO(b'{"a":"' + b"x" * 3_000_000)

    def counted(size):
        read.append(size)
        return file.read(size)

    with pytest.raises(ValueError, match="string"):
        list(read_members(counted, of="in", longest=100_000))
    assert len(read) < 5
