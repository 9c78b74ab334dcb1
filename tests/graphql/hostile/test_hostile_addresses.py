"""Hostile addresses: forged, expired, of other kinds of rows, and with names that lead out."""

import base64
import json
import time
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.core import signing

from artifacts.models import ArtifactFile, RunFile
from artifacts.signing import download_path, upload_path
from tests import factories
from tests.graphql.hostile.test_hostile_files import NAMES
from tests.helpers.graphql import auth_of
from tests.helpers.hostile import assert_refused
from tests.helpers.rights import all_rows

pytestmark = pytest.mark.django_db


def tokens(world):
    """Addresses that were tampered with: each signed for something else, cut, or made up."""
    run_file = RunFile.objects.get(run=world.team.run)
    upload = ArtifactFile.objects.get(pk=world.team.upload.pk)
    real = {
        "run_file": upload_path("run_file", run_file.pk),
        "file": upload_path("file", upload.pk),
        "part": upload_path("part", upload.pk, 1),
        "manifest": upload_path("manifest", world.team.manifest.pk),
        "download": download_path("0" * 64, "x"),
    }
    for kind, path in real.items():
        token = path.split("/")[3]
        payload, stamp, signature = token.split(":")
        other = real["run_file" if kind != "run_file" else "file"].split("/")[3].split(":")
        for label, bad in {
            "cut": token[:-1],
            "longer": token + "A",
            "no signature": f"{payload}:{stamp}:",
            "no time": f"{payload}:{signature}",
            "later": f"{payload}:zzzzzz:{signature}",
            "its payload": f"{other[0]}:{stamp}:{signature}",
            "case": token.swapcase(),
            "its signature": f"{payload}:{stamp}:{other[2]}",
            "twice": f"{token}:{token}",
            "NUL": f"{token}%00",
            "space": f"%20{token}",
            "é": quote("é" + token),
            "payload": base64.urlsafe_b64encode(b'["file",1,0]').decode() + f":{stamp}:{signature}",
            "empty parts": "::",
            "long": token * 60,
            "upper": token.upper(),
            "first": token[1:],
            "swapped": f"{signature}:{stamp}:{payload}",
            "no payload": f":{stamp}:{signature}",
            "earlier": f"{payload}:000000:{signature}",
            "padded": f"{payload}=:{stamp}:{signature}",
        }.items():
            yield f"{kind} {label}", bad
    yield from {f"made up {bad[:9]!r}": bad for bad in ("-", "x", "..", "None", "0" * 64)}.items()


@pytest.mark.slow
def test_signatures(client, answer, world):
    cases = dict(tokens(world))
    assert len(cases) > 100
    assert_refused(
        cases,
        lambda token: answer.judge(lambda: _as_json(client.put(f"/storage/upload/{token}", b"x"))),
    )
    assert_refused(
        cases,
        lambda token: answer.judge(lambda: _as_json(client.get(f"/storage/download/{token}/x"))),
    )
    download = download_path("0" * 64, "x").split("/")[3]
    upload = upload_path("run_file", world.team.file.pk).split("/")[3]
    assert client.put(f"/storage/upload/{download}", b"x").status_code == 403
    assert client.get(f"/storage/download/{upload}/x").status_code == 403


def test_addresses_of_a_time_to_come(client, world, monkeypatch):
    """A clock that was wrong, or a thief of the key: they would be good for longer than a day."""
    ahead = time.time() + 2 * 86_400
    with monkeypatch.context() as patch:
        patch.setattr(signing, "time", SimpleNamespace(time=lambda: ahead))
        upload = upload_path("run_file", world.team.file.pk)
        download = download_path(factories.make_blob(b"x").sha256, "x")
    assert client.put(upload, b"x").status_code == 403
    assert client.get(download).status_code == 403


@pytest.mark.parametrize("late", [2, 60, 3600, 86_400 * 30, 10**9])
def test_expired_addresses(client, answer, world, settings, monkeypatch, late):
    """For every kind of row and for bytes, however often and with whatever they are tried."""
    team = world.team
    made_at = time.time() - settings.SIGNED_URL_SECONDS - late
    with monkeypatch.context() as patch:
        patch.setattr(signing, "time", SimpleNamespace(time=lambda: made_at))
        uploads = [
            upload_path("file", team.upload.pk),
            upload_path("manifest", team.manifest.pk),
            upload_path("run_file", team.file.pk),
            upload_path("part", team.upload.pk, 1),
        ]
        download = download_path(factories.make_blob(b"x").sha256, "x")
    ranges = [{}] + [{"HTTP_RANGE": f"bytes={text}"} for text in ("0-", "0-0", "-1", "9-", "x")]
    cases = {
        f"PUT {path} {body}": ("put", path, {"data": body})
        for path in uploads
        for body in (b"", b"x", b"x" * 10**5)
    }
    cases |= {f"{how} {more}": (how, download, more) for how in ("get", "head") for more in ranges}
    assert len(cases) > 20

    def send(case):
        how, path, more = case
        response, bad = answer.judge(lambda: _as_json(getattr(client, how)(path, **more)))
        if response.status_code != 403 or (how != "head" and b"expired" not in response.content):
            bad = bad or "not refused as expired"
        return response, bad

    assert_refused(cases, send)


@pytest.mark.parametrize(
    "name",
    [name for name in NAMES if name]
    + ["%2e%2e", "a%2fb", "é" * 99, "a\0b", ".", "x" * 5000, "a//b"],
)
def test_addresses_by_path(client, answer, world, name):
    """Names in the addresses of streams and of files, encoded once and twice."""
    auth = auth_of(world.people["bob"])
    for text in {quote(name.encode(errors="replace"), safe=safe) for safe in ("", "/")}:
        for path in (
            f"/files/vision/iris/{text}/file_stream",
            f"/files/{text}/iris/r1/file_stream",
            f"/artifactsV2/default/vision/iris/{text}/x/x/00/f",
            f"/artifactsV2/default/vision/iris/weights/{text}/x/00/f",
            f"/artifactsV2/default/vision/iris/weights/x/x/{text}/f",
        ):
            method = client.post if path.endswith("file_stream") else client.get
            begun = all_rows()
            response, bad = answer.judge(
                lambda method=method, path=path: _as_json(method(path, **auth))
            )
            assert not bad, path
            assert 400 <= response.status_code < 500 or response.status_code == 302, path
            assert all_rows() == begun


def _as_json(response):
    """An address that is none of ours has a page, or leads to the login; HEAD has no sentence."""
    if response.headers.get("Content-Type", "") == "application/json" and response.content:
        return response
    response.content = json.dumps({"errors": [{"message": "a page"}], "data": None})
    return response
