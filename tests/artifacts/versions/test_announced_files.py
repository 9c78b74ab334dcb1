"""Files that a client announces, with what the server then knows of each without reading it."""

import pytest

from artifacts.models import ArtifactFile
from artifacts.services.files import files
from artifacts.services.files.files import FileSpec, create_files
from artifacts.services.versions.creation import Draft, create_version
from tests import factories
from tests.artifacts.versions.test_services_versions import md5_of
from tests.helpers.queries import cost_of

pytestmark = pytest.mark.on_postgres


@pytest.fixture
def pending(bob, sequence):
    draft = Draft(type_name="model", collection_name=sequence.name, digest="new")
    return create_version(by=bob, project=sequence.project, draft=draft)


def spec_of(version, path, **fields):
    return FileSpec(version.pk, path, md5_of(path.encode()), **fields)


def stored(rows):
    return list(ArtifactFile.objects.filter(pk__in=[row.pk for row in rows]).order_by("path"))


def values(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.parametrize("most", [500, 2], ids=["one statement", "two"])
def test_rows_are_as_they_stand_in_the_table(bob, pending, most, monkeypatch):
    chunks = files.chunks
    monkeypatch.setattr(files, "chunks", lambda values: chunks(values, most))
    blob = factories.make_blob(b"b")
    ArtifactFile.objects.create(version=pending, path="other", md5=blob.md5, digest="x", blob=blob)
    specs = [
        spec_of(pending, "a"),
        spec_of(pending, "b"),
        spec_of(pending, "é", part_sums=("0" * 32, "1" * 32)),
    ]
    before = create_files(by=bob, specs=specs[:1])
    rows = create_files(by=bob, specs=specs)
    assert [row.path for row in rows] == ["a", "b", "é"]
    assert (rows[0].pk, rows[1].blob_id) == (before[0].pk, blob.pk)
    assert [values(row) for row in rows] == [values(row) for row in stored(rows)]
    assert all(row.version == pending and not row._state.adding for row in rows)


def test_new_files_are_not_read(bob, pending):
    numbers = iter(range(100))

    def announce():
        create_files(by=bob, specs=[spec_of(pending, f"{next(numbers)}") for _ in range(3)])

    reads = [sql for sql in cost_of(announce).statements if sql.startswith("SELECT")]
    assert not any('FROM "artifacts_artifactfile" WHERE' in sql for sql in reads)
