"""Bytes in and out at signed addresses."""

import base64
import hashlib

import pytest

from artifacts.models import ArtifactFile, Blob
from artifacts.signing import download_path, upload_path
from registry_site.texts.ids import encode_id
from tests import factories
from tests.helpers.graphql import auth_of

CONTENT = bytes(range(256)) * 16


@pytest.fixture
def blob(db):
    return factories.make_blob(CONTENT)


@pytest.fixture
def url(blob):
    return download_path(blob.sha256, "d/ü %.html")


def body(response):
    content = response.getvalue()
    response.close()
    return content


def test_whole_files_never_run_in_a_browser(client, url):
    response = client.get(url)
    assert response.status_code == 200
    assert body(response) == CONTENT
    assert response["Content-Length"] == str(len(CONTENT))
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["ETag"]


def test_head_has_the_length_and_no_body(client, url):
    response = client.head(url)
    assert response["Content-Length"] == str(len(CONTENT))
    assert body(response) == b""


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=10-", 10, 4096),
        ("bytes=-6", 4090, 4096),
        ("bytes=4000-9999", 4000, 4096),
        ("bytes=4095-4095", 4095, 4096),
        ("bytes=-9999", 0, 4096),
        ("bytes=0-", 0, 4096),
    ],
)
def test_one_range(client, url, asked, start, stop):
    response = client.get(url, HTTP_RANGE=asked)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {start}-{stop - 1}/4096"
    assert body(response) == CONTENT[start:stop]
    assert response["Content-Length"] == str(stop - start)


@pytest.mark.parametrize("asked", ["bytes=4096-", "bytes=9-3", "bytes=-0", f"bytes={10**17}-"])
def test_a_range_that_can_not_be_had(client, url, asked):
    response = client.get(url, HTTP_RANGE=asked)
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */4096"


@pytest.mark.parametrize("asked", ["bytes=0-1,3-4", "chars=0-1", "bytes=-", "x", "bytes=a-b"])
def test_other_ranges_give_the_whole(client, url, asked):
    response = client.get(url, HTTP_RANGE=asked)
    assert response.status_code == 200
    assert body(response) == CONTENT


def test_if_range_of_other_bytes_gives_the_whole(client, url):
    response = client.get(url, HTTP_RANGE="bytes=0-1", HTTP_IF_RANGE='"x"')
    assert response.status_code == 200
    assert body(response) == CONTENT


def test_empty_files(client, db):
    empty = factories.make_blob(b"")
    response = client.get(download_path(empty.sha256, "e"))
    assert (response.status_code, response["Content-Length"]) == (200, "0")
    assert body(response) == b""


@pytest.mark.parametrize("token", ["x", "-", "a:b:c", "é", "x" * 5000])
def test_forged_addresses(client, db, token):
    download = client.get(f"/storage/download/{token}/x")
    upload = client.put(f"/storage/upload/{token}")
    for response in (download, upload):
        assert response.status_code == 403
        assert response.json()["errors"][0]["message"]


def test_a_download_address_is_no_upload_address(client, url):
    token = url.split("/")[3]
    assert client.put(f"/storage/upload/{token}", b"x").status_code == 403


def test_expired_addresses(client, url, settings):
    settings.SIGNED_URL_SECONDS = -1
    response = client.get(url)
    assert response.status_code == 403
    assert "expired" in response.json()["errors"][0]["message"]


def test_lost_bytes_are_no_5xx(client, url, blob):
    """wandb 0.31 would ask for them again for twenty minutes."""
    from artifacts.store import store

    store().path_of(blob.sha256).unlink()
    response = client.get(url)
    assert response.status_code == 400
    assert "can't be read now" in response.json()["errors"][0]["message"]


@pytest.fixture
def promised(sequence):
    version = factories.models.Version.objects.create(sequence=sequence, digest="0")
    md5 = base64.b64encode(hashlib.md5(CONTENT, usedforsecurity=False).digest()).decode()
    return ArtifactFile.objects.create(version=version, path="a", md5=md5, digest=md5)


def put(client, row, content, **headers):
    return client.put(upload_path("file", row.pk), content, "application/octet-stream", **headers)


def test_an_upload(client, promised):
    for _time in range(2):
        assert put(client, promised, CONTENT).status_code == 200
    promised.refresh_from_db()
    assert promised.blob.size == 4096
    assert Blob.objects.count() == 1


def test_too_few_bytes_are_refused_and_leave_nothing(client, promised, settings):
    response = put(client, promised, CONTENT[:10], CONTENT_LENGTH=4096)
    assert response.status_code == 400
    assert not [path for path in settings.STORAGE_FOLDER.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "headers",
    [{"CONTENT_LENGTH": "x"}, {"CONTENT_LENGTH": "-5"}, {"HTTP_TRANSFER_ENCODING": "chunked"}],
)
def test_an_upload_without_a_length_is_refused(client, promised, headers):
    assert put(client, promised, CONTENT, **headers).status_code == 400


def test_a_full_disk_is_503(client, promised, monkeypatch):
    import errno

    from artifacts.store import receiving

    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(receiving, "copy", full)
    response = put(client, promised, CONTENT)
    assert response.status_code == 503
    assert response["Retry-After"]


@pytest.mark.on_postgres
def test_an_upload_costs_few_statements(client, promised, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        assert put(client, promised, CONTENT).status_code == 200


@pytest.mark.on_postgres
def test_an_upload_whose_row_goes_meanwhile(client, promised, monkeypatch):
    monkeypatch.setattr(type(ArtifactFile.objects), "set_blob", lambda *_arguments: False)
    assert put(client, promised, CONTENT).status_code == 404
    monkeypatch.undo()
    assert put(client, promised, CONTENT).status_code == 200


def test_a_deleted_version_takes_no_more(client, promised):
    promised.version.deleted_at = promised.version.created_at
    promised.version.save()
    assert put(client, promised, CONTENT).status_code == 404


def test_an_upload_whose_row_is_gone(client, db):
    assert client.put("/storage/upload/x", b"").status_code == 403
    assert client.put(upload_path("file", 5), b"x").status_code == 404


def test_uploads_are_read_in_pieces(client, promised, monkeypatch):
    from django.core.handlers.wsgi import WSGIRequest

    monkeypatch.setattr(WSGIRequest, "body", property(lambda self: 1 / 0))
    assert put(client, promised, CONTENT).status_code == 200


def file_path(version, entity="vision", project="iris", collection="iris-model", birth=True):
    entry = version.entries.get()
    artifact = encode_id("Artifact", version.pk).replace("=", "%3D")
    middle = f"{artifact}/{artifact}" if birth else artifact
    digest = base64.b64decode(entry.digest).hex()
    return f"/artifactsV2/default/{entity}/{project}/{collection}/{middle}/{digest}/weights.txt"


@pytest.mark.parametrize("birth", [True, False])
def test_one_file_by_its_place(client, signed_in, alice, version, birth):
    response = client.get(file_path(version, birth=birth), **auth_of(alice))
    assert response.status_code == 307
    assert body(client.get(response["Location"])) == f"{version.sequence_id}/0".encode()


def test_encoded_twice_as_requests_does(client, signed_in, alice, version):
    path = file_path(version).replace("%3D", "%253D")
    assert client.get(path, **auth_of(alice)).status_code == 307


@pytest.mark.parametrize("birth", [True, False])
def test_a_name_with_an_encoded_slash_arrives_as_two_parts(
    client, signed_in, alice, version, birth
):
    path = file_path(version, birth=birth).replace("weights.txt", "a%2Fb.txt")
    assert client.get(path, **auth_of(alice)).status_code == 307


def test_who_may_have_one_file(client, signed_in, charlie, victor, version):
    assert client.get(file_path(version)).status_code == 401
    assert client.get(file_path(version), **auth_of(charlie)).status_code == 404
    assert client.get(file_path(version), **auth_of(victor)).status_code == 307


@pytest.mark.parametrize(
    "path",
    [
        "{0}x/y",
        "default/vision/iris/iris-model/x/x/zz/f",
        "default/vision/iris/iris-model/x/x/00/f",
        "default/no/iris/c/x/x/00/f",
    ],
)
def test_files_that_are_not_there(client, signed_in, alice, version, path):
    response = client.get(f"/artifactsV2/{path.format('')}", **auth_of(alice))
    assert response.status_code in (400, 404)


@pytest.mark.parametrize("name", ["v1/metrics", "v1/logs", "v1/traces", "v2/other"])
def test_telemetry_is_turned_away_quietly(client, db, caplog, name):
    assert client.post(f"/sdk/otel/{name}", b"", "application/json").status_code == 404
    assert not caplog.records
    client.get("/storage/upload/x")
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    "path",
    [upload_path("run_file", 1), download_path("0" * 64, "x")],
    ids=["upload", "download"],  # the addresses are signed, so they differ from process to process
)
def test_only_pages_of_this_server_read_and_write_bytes(client, db, path):
    def asked_from(origin):
        headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}
        response = client.options(path, headers=headers)
        assert response.status_code == 204
        return response.get("Access-Control-Allow-Origin")

    assert asked_from("http://testserver") == "http://testserver"
    assert asked_from("http://testserver/") == "http://testserver"
    for other in ("https://testserver", "http://evil.example", "null", ""):
        assert asked_from(other) is None
