"""Files in parts, as core sends those of 2 GiB and more: the same protocol with small parts."""

import base64
import hashlib
import os
import threading
from functools import cache
from pathlib import Path

import pytest
import wandb
import xxhash

from artifacts.models import ArtifactFile, Blob, Version
from artifacts.services.files import multipart
from artifacts.store import store
from registry_site.accounts.models import User
from registry_site.texts.ids import encode_id
from tests.artifacts.versions.test_services_concurrency import at_once
from tests.graphql.versions.test_logging import Logger, manifest_of, md5
from tests.helpers.graphql import sdk_document

pytestmark = pytest.mark.slow
PARTS = [os.urandom(3000), os.urandom(3000), b"end"]
WHOLE = b"".join(PARTS)


@cache
def complete_document():
    """Core's own, out of its program: it sends this one for files of 2 GiB and more only."""
    program = (Path(wandb.__file__).parent / "bin" / "wandb-core").read_bytes()
    start = program.index(b"mutation CompleteMultipartUploadArtifact")
    depth = 0
    for end in range(program.index(b"{", start), start + 2000):
        depth += {123: 1, 125: -1}.get(program[end], 0)
        if depth == 0:
            return program[start : end + 1].decode()
    raise AssertionError("Core has another document.")


def hex_md5(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


class Upload:
    """One file in parts, begun; what core does with it, step by step."""

    def __init__(self, api, client, user, pieces=PARTS, **values):
        self.api, self.client, self.user, self.pieces = api, client, user, pieces
        self.logger = Logger(api, client, user)
        self.artifact = self.logger.create(**values)
        self.node = self.announce()

    def announce(self, md5_=None, path="big.bin", **values):
        content = b"".join(self.pieces)
        sums = [
            {"partNumber": number, "hexMD5": hex_md5(piece)}
            for number, piece in enumerate(self.pieces, 1)
        ]
        spec = {
            "artifactID": self.artifact["id"],
            "name": path,
            "md5": md5(content) if md5_ is None else md5_,
            "digest": md5(content),
            "uploadPartsInput": sums,
            "mimetype": None,
        } | values
        given = {"artifactFiles": [spec], "storageLayout": "V2", "cloudRegionID": None}
        answer = self.api(self.user, sdk_document("CreateArtifactFiles"), input=given)
        return answer["createArtifactFiles"]["files"]["edges"][0]["node"]

    def put(self, number, content=None):
        url = self.node["uploadMultipartUrls"]["uploadUrlParts"][number - 1]["uploadUrl"]
        content = self.pieces[number - 1] if content is None else content
        path = url.removeprefix("http://testserver")
        return self.client.put(path, content, "application/octet-stream")

    def put_all(self):
        """Send the parts, the last one first, and return their ETags."""
        numbers = range(len(self.pieces), 0, -1)
        return {number: self.put(number)["ETag"] for number in numbers}

    def variables(self, etags=None, action="Complete", **changed):
        etags = etags or {n: f'"{hex_md5(piece)}"' for n, piece in enumerate(self.pieces, 1)}
        return {
            "completeMultipartAction": action,
            "artifactID": self.artifact["id"],
            "completedParts": [{"partNumber": n, "hexMD5": etag} for n, etag in etags.items()],
            "storagePath": self.node["storagePath"],
            "uploadID": self.node["uploadMultipartUrls"]["uploadID"],
            **changed,
        }

    def complete(self, **changed):
        answer = self.api(self.user, complete_document(), **self.variables(**changed))
        return answer["completeMultipartUploadArtifact"]["digest"]

    def refused(self, user=None, **changed):
        return self.api.refused(user or self.user, complete_document(), **self.variables(**changed))

    def commit(self):
        self.logger.manifest(self.artifact, manifest_of(self.artifact, {"big.bin": WHOLE}))
        return self.logger.commit(self.artifact)


@pytest.fixture
def upload(api, client, alice, project):
    return Upload(api, client, alice)


def files_on_disk(settings):
    return [path for path in settings.STORAGE_FOLDER.rglob("*") if path.is_file()]


def test_parts_in_any_order_become_one_file(upload, settings):
    assert upload.node["uploadUrl"]
    assert upload.node["storagePath"].startswith("wandb_artifacts/")
    numbers = [each["partNumber"] for each in upload.node["uploadMultipartUrls"]["uploadUrlParts"]]
    assert numbers == [1, 2, 3]
    etags = upload.put_all()
    assert etags[1] == f'"{hex_md5(PARTS[0])}"'
    assert not Blob.objects.exists()
    for _time in range(3):
        assert upload.complete(etags=etags) == md5(WHOLE)
    blob = Blob.objects.get()
    assert (blob.size, blob.sha256) == (len(WHOLE), hashlib.sha256(WHOLE).hexdigest())
    assert store().path_of(blob.sha256).read_bytes() == WHOLE
    assert files_on_disk(settings) == [store().path_of(blob.sha256)]
    assert upload.announce()["uploadUrl"] is None
    upload.commit()
    assert Version.objects.get().entries.get().blob == blob
    assert upload.complete() == md5(WHOLE)  # the answer before the commit was lost


def xxh128(content):
    return base64.b64encode(xxhash.xxh128(content).digest()).decode()


def test_summed_by_xxh128_core_says_no_md5_of_the_whole(api, client, alice, project):
    upload = Upload(api, client, alice, digestAlgorithm="MANIFEST_XXH128")
    spec = {"md5_": "", "path": "big.bin", "digest": xxh128(WHOLE)}
    upload.node = upload.announce(**spec)
    upload.put_all()
    for _time in range(2):
        assert upload.complete() == xxh128(WHOLE)
    assert upload.announce(**spec)["uploadUrl"] is None
    forged = upload.announce(**{**spec, "digest": xxh128(b"other"), "path": "forged"})
    assert forged["uploadUrl"]
    upload.node = forged
    upload.put_all()
    status, message = upload.refused()
    assert (status, "XXH128" in message) == (400, True)
    without = {"artifactID": upload.artifact["id"], "name": "a", "md5": "", "digest": None}
    document = sdk_document("CreateArtifactFiles")
    assert api.refused(alice, document, input={"artifactFiles": [without]})[0] == 400


def test_a_part_sent_again_or_wrong(upload):
    assert upload.put(2, b"other").status_code == 400
    for _time in range(2):
        assert upload.put(2).status_code == 200
    answer = upload.put(2, PARTS[1][:-1])
    assert (answer.status_code, "MD5" in answer.json()["errors"][0]["message"]) == (400, True)
    status, message = upload.refused()
    assert (status, message) == (400, "Part 1 of 'big.bin' never arrived; send it again.")
    upload.put(1)
    upload.put(3)
    assert upload.complete() == md5(WHOLE)


def test_what_is_confirmed_must_be_what_was_announced(upload):
    upload.put_all()
    sums = {n: hex_md5(piece) for n, piece in enumerate(PARTS, 1)}
    for wrong, words in (
        ({1: sums[1]}, "3 parts"),
        ({**sums, 4: sums[1]}, "3 parts"),
        ({**sums, 2: sums[1]}, "Part 2"),
        ({1: sums[1], 2: sums[2], 0: sums[3]}, "3 parts"),
    ):
        status, message = upload.refused(etags=wrong)
        assert (status, words in message) == (400, True), message
    assert upload.complete(etags=sums) == md5(WHOLE)  # quotes are no part of the sum


def test_parts_that_do_not_make_the_announced_file(api, client, alice, project, settings):
    upload = Upload(api, client, alice)
    upload.node = upload.announce(md5_=md5(b"something else"), path="other.bin")
    upload.put_all()
    status, message = upload.refused()
    assert (status, "MD5" in message) == (400, True)
    assert not Blob.objects.exists()


def test_abort_forgets_the_parts(upload, settings):
    upload.put_all()
    for _time in range(2):
        assert upload.complete(action="Abort") is None
    assert not files_on_disk(settings)
    assert upload.refused()[0] == 400
    upload.put_all()
    assert upload.complete() == md5(WHOLE)
    assert upload.complete(action="Abort") is None
    assert store().exists(Blob.objects.get().sha256)


def test_abandoned_parts_are_cleared_after_a_day(upload, settings):
    upload.put(1)
    store().clear_incoming()
    assert upload.put(2).status_code == 200
    [folder] = (settings.STORAGE_FOLDER / "incoming").glob("*.parts")
    os.utime(folder, (0, 0))
    store().clear_incoming()
    assert not folder.exists()


def test_who_may_complete(upload, victor, charlie, bob):
    upload.put_all()
    assert upload.refused(user=victor)[0] == 403
    assert upload.refused(user=charlie)[0] == 404
    assert upload.api.post(None, complete_document(), **upload.variables()).status_code == 401
    assert upload.api(bob, complete_document(), **upload.variables())  # logs to the same project


@pytest.mark.parametrize(
    "wrong",
    [
        {"uploadID": "x"},
        {"uploadID": encode_id("Upload", 99)},
        {"artifactID": "x"},
        {"storagePath": "wandb_artifacts/1/other"},
    ],
)
def test_uploads_that_are_not_there(upload, wrong):
    assert upload.refused(**wrong)[0] == 404
    assert upload.refused(**wrong, action="Abort")[0] == 404


def test_a_file_in_one_piece_is_no_upload_in_parts(upload):
    artifact = upload.logger.create(name="small", digest="1" * 32)
    upload.logger.files(artifact, {"a": b"1"})
    file = ArtifactFile.objects.get(path="a")
    wrong = {"uploadID": encode_id("Upload", file.pk), "storagePath": file.storage_path}
    assert upload.refused(artifactID=artifact["id"], **wrong)[0] == 404


@pytest.mark.parametrize(
    "sums",
    [
        [(1, "0")],
        [(0, "a" * 32)],
        [(2, "a" * 32)],
        [(1, "a" * 32)] * 2,
        [(1, "G" * 32)],
        [(n, "a" * 32) for n in range(1, 10_002)],
    ],
)
def test_parts_that_can_not_be(upload, api, alice, sums):
    spec = {
        "artifactID": upload.artifact["id"],
        "name": "a",
        "md5": md5(b""),
        "uploadPartsInput": [{"partNumber": n, "hexMD5": each} for n, each in sums],
    }
    document = sdk_document("CreateArtifactFiles")
    assert api.refused(alice, document, input={"artifactFiles": [spec]})[0] == 400


def test_a_part_without_its_file(upload, client):
    path = upload.node["uploadMultipartUrls"]["uploadUrlParts"][0]["uploadUrl"]
    ArtifactFile.objects.all().delete()
    assert client.put(path.removeprefix("http://testserver"), PARTS[0]).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_completed_many_times_at_once_it_is_put_together_once(upload, monkeypatch):
    upload.put_all()
    begun = []
    monkeypatch.setattr(multipart, "_put_together", _slowly(multipart._put_together, begun))
    file, digests = ArtifactFile.objects.get(), []

    def complete():
        done = multipart.complete_upload(
            by=User.objects.get(username="alice"),
            version_pk=file.version_id,
            upload=file.pk,
            storage_path=file.storage_path,
            confirmed={n: hex_md5(piece) for n, piece in enumerate(PARTS, 1)},
        )
        digests.append(done.digest)

    at_once([complete] * 4)
    assert digests == [md5(WHOLE)] * 4
    assert len(begun) == 1


@pytest.mark.django_db(transaction=True)
def test_who_asks_while_it_takes_long_is_told_to_wait(upload, monkeypatch):
    """503 with Retry-After: core asks again and loses nothing."""
    upload.put_all()
    monkeypatch.setattr(multipart, "PATIENCE", 0)
    free, held = threading.Event(), threading.Event()

    def hold():
        with store().parts(ArtifactFile.objects.get().pk).lock(0):
            held.set()
            free.wait(20)

    holder = threading.Thread(target=at_once, args=[[hold]])
    holder.start()
    held.wait(20)
    answer = upload.api.post(upload.user, complete_document(), **upload.variables())
    free.set()
    holder.join()
    assert (answer.status_code, bool(answer["Retry-After"])) == (503, True)
    assert upload.complete() == md5(WHOLE)


def _slowly(work, begun):
    def slow(file, parts):
        begun.append(file)
        threading.Event().wait(0.3)
        work(file, parts)

    return slow
