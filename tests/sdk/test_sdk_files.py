"""Files of every kind and size, both digests, references of every scheme, each way to read them."""

import base64
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import xxhash

from artifacts.models import ManifestEntry, Version
from artifacts.views.sdk import transfers

pytestmark = [pytest.mark.sdk, pytest.mark.slow]

# Every script below logs what this makes: names and sizes that are likely to go wrong.
_KINDS = """
KINDS = {
    "empty": b"", "one byte": b"x", "d/sub/deep/er/a.bin": bytes(range(256)) * 5000,
    "ü é 日本 🎈.txt": "text".encode(), "100%.txt": b"percent", "a%2Fb.txt": b"encoded",
    "plus+and&amp;.txt": b"signs", "a#b?c.txt": b"marks", "'quotes\\".txt": b"quotes",
    ".hidden/.env": b"hidden", "..dots..": b"dots", "back\\\\slash": b"slash",
    "same/1": b"twice", "same/2": b"twice", "x" * 200 + ".bin": b"long name",
}
for path, content in KINDS.items():
    (Path("in") / path).parent.mkdir(parents=True, exist_ok=True)
    (Path("in") / path).write_bytes(content)
def read(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in Path(folder).rglob("*") if path.is_file()
    }
"""


@pytest.fixture
def ranges(monkeypatch):
    """Which ranges of files the SDK asks for."""
    asked, send_blob = set(), transfers.send_blob

    def send(request, *arguments):
        asked.add(request.headers.get("Range"))
        return send_blob(request, *arguments)

    monkeypatch.setattr(transfers, "send_blob", send)
    return asked


def test_files_of_every_kind_come_back_whole(sdk, alice, vision, ranges):
    told = sdk(
        alice,
        _KINDS
        + """
with wandb.init(entity="vision", project="p") as run:
    kinds = wandb.Artifact("kinds", "dataset")
    kinds.add_dir("in")
    kinds = run.log_artifact(kinds).wait()
    single = wandb.Artifact("single", "dataset")
    with single.new_file("only.txt") as file:
        file.write("only")
    run.log_artifact(single).wait()
import wandb.sdk.artifacts.storage_policies._multipart as parts
parts.multipart_download.__defaults__ = (2**20,)  # bytes of a part, else 100 MiB
def again():
    forget()
    return wandb.Api().artifact("vision/p/kinds:v0")
used = again()
tell(
    whole=read(used.download("whole")) == KINDS,
    parts=read(again().download("parts", multipart=True)) == KINDS,
    serial=read(again().download("serial", multipart=False)) == KINDS,
    skipped=len(read(again().download("skipped", skip_cache=True, path_prefix="100"))),
    prefix=sorted(read(used.download("prefix", path_prefix="same/"))),
    size=used.size == sum(map(len, KINDS.values())), count=used.file_count == len(KINDS),
)
used.verify("whole")
Path("whole/extra").write_text("not in the artifact")
Path("whole/one byte").write_text("changed")
tell(checkout=read(used.checkout("whole")) == KINDS)
listed = list(used.files(per_page=3))
tell(
    files=sorted(file.name for file in listed) == sorted(KINDS), total=len(used.files()),
    sizes={file.name: file.size for file in listed} == {n: len(c) for n, c in KINDS.items()},
    named=sorted(file.name for file in used.files(names=["same/1", "100%.txt", "none"])),
    storage=all(file.storage_path.startswith("wandb_artifacts/") for file in listed),
)
one = [file for file in used.files(names=["100%.txt"])][0]
with one.download("one", replace=True) as file:
    tell(one=file.read())
tell(entries={
    path: Path(again().get_entry(path).download(f"entry{n}")).read_bytes() == content
    for n, (path, content) in enumerate(KINDS.items())
})
tell(paths=[used.get_path("empty").size, used.get_entry("d/sub/deep/er/a.bin").size])
alone = wandb.Api().artifact("vision/p/single:latest")
tell(alone=Path(alone.file("alone")).read_text())
for call in (lambda: used.file("x"), lambda: used.get_entry("none")):
    try:
        call()
    except (ValueError, KeyError) as error:
        tell(**{type(error).__name__: str(error)})
""",
    )
    assert told["entries"].pop("empty") is True
    assert all(told["entries"].values()), told["entries"]
    for name in ("whole", "parts", "serial", "size", "count", "checkout", "files", "sizes"):
        assert told[name] is True, name
    assert told["prefix"] == ["same/1", "same/2"]
    assert told["named"] == ["100%.txt", "same/1"]
    assert (told["total"], told["storage"], told["skipped"]) == (15, True, 1)
    assert {"bytes=0-1048575", "bytes=1048576-", "bytes=0-"} <= ranges
    assert (told["one"], told["alone"]) == ("percent", "only")
    assert told["paths"] == [0, 1280000]
    assert "more than one file" in told["ValueError"]
    assert "none" in told["KeyError"]
    assert not list(Version.objects.filter(state="PENDING"))


def test_artifacts_summed_by_xxh128(sdk, alice, vision):
    told = sdk(
        alice,
        _KINDS
        + """
def artifact(**more):
    made = wandb.Artifact("kinds", "dataset", digest_algorithm="XXH128")
    made.add_dir("in")
    for name, content in more.items():
        with made.new_file(name) as file:
            file.write(content)
    return made
with wandb.init(entity="vision", project="p") as run:
    first = run.log_artifact(artifact()).wait()
    again = run.log_artifact(artifact()).wait()
    second = run.log_artifact(artifact(more="new")).wait()
    draft = wandb.Api().artifact("vision/p/kinds:v1").new_draft()
    draft.remove("more")
    draft.add_file("in/one byte", name="third")
    third = run.log_artifact(draft).wait()
    old = wandb.Artifact("kinds", "dataset")
    old.add_file("in/one byte", name="by MD5")
    fourth = run.log_artifact(old).wait()
    plain = wandb.Artifact("plain", "dataset")
    plain.add_dir("in")
    plain = run.log_artifact(plain).wait()
    tell(
        local=artifact().digest == first.digest, again=again.name,
        names=[each.name for each in (second, third, fourth)],
        algorithms=[each.digest_algorithm.value for each in (first, third, fourth, plain)],
    )
    more = wandb.Artifact("plain", "dataset", digest_algorithm="XXH128")
    more.add_file("in/one byte")
    more = run.log_artifact(more).wait()
    tell(goes_on_by_md5=more.digest_algorithm.value)
forget()
api = wandb.Api()
for version in ("kinds:v0", "kinds:v2", "kinds:v3", "plain:v0"):
    used = api.artifact("vision/p/" + version)
    used.verify(used.download(version))
tell(same=read("kinds:v0") == KINDS, third=read("kinds:v2") == {**KINDS, "third": b"x"})
forget()
entry = wandb.Api().artifact("vision/p/kinds:v0").get_entry("d/sub/deep/er/a.bin")
tell(entry=Path(entry.download("entry")).stat().st_size, digest=entry.digest)
""",
    )
    assert told["local"] is told["same"] is told["third"] is True
    assert (told["again"], told["names"]) == ("kinds:v0", ["kinds:v1", "kinds:v2", "kinds:v3"])
    xxh128, md5 = "MANIFEST_XXH128", "MANIFEST_MD5"
    assert told["algorithms"] == [xxh128, xxh128, md5, md5]
    assert told["goes_on_by_md5"] == md5
    content = bytes(range(256)) * 5000
    assert told["digest"] == base64.b64encode(xxhash.xxh128(content).digest()).decode()
    # the same bytes under both digests lie once
    blobs = ManifestEntry.objects.filter(path="d/sub/deep/er/a.bin").values("blob").distinct()
    assert blobs.count() == 1
    assert set(Version.objects.values_list("state", flat=True)) == {"COMMITTED"}


class _Page(BaseHTTPRequestHandler):
    """One small file, as a web server offers it."""

    def do_GET(self):
        body = b"from the web"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"tag"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        """Say nothing."""


@pytest.fixture
def web():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_references_of_every_scheme(sdk, alice, vision, web):
    told = sdk(
        alice,
        """
Path("files/sub").mkdir(parents=True)
Path("files/a").write_text("here")
Path("files/sub/b").write_text("there")
lost = Path("lost")
lost.write_text("soon gone")
with wandb.init(entity="vision", project="p") as run:
    refs = wandb.Artifact("refs", "dataset")
    refs.add_reference(Path("files").absolute().as_uri(), name="folder")
    refs.add_reference(os.environ["WEB"] + "/page", name="page")
    for ref in ("foo://bar/baz?x=1", "hdfs://node/path/ü", "s3x://bucket/key"):
        refs.add_reference(ref, name=ref.partition(":")[0])
    # what the SDK's own handlers of these make; they need the clouds' packages
    from wandb.sdk.artifacts.artifact_manifest_entry import ArtifactManifestEntry
    for ref in ("s3://bucket/key", "gs://bucket/key", "https://acct.blob.core.windows.net/c/k"):
        name = ref.partition(":")[0] + "-cloud"
        extra = {"etag": "e-1", "versionID": "7"}
        refs.manifest.add_entry(
            ArtifactManifestEntry(path=name, ref=ref, digest="e-1", size=5, extra=extra)
        )
    with refs.new_file("own") as file:
        file.write("own")
    refs = run.log_artifact(refs).wait()
    gone = wandb.Artifact("gone", "dataset")
    gone.add_reference(lost.absolute().as_uri(), name="lost")
    with gone.new_file("kept") as file:
        file.write("kept")
    run.log_artifact(gone).wait()
    unchecked = wandb.Artifact("unchecked", "dataset")
    unchecked.add_reference(Path("files").absolute().as_uri(), checksum=False)
    run.log_artifact(unchecked).wait()
lost.unlink()
used = wandb.Api().artifact("vision/p/refs:v0")
tell(
    refs={path: entry.ref for path, entry in used.manifest.entries.items() if entry.ref},
    listed=sorted(file.name for file in used.files()), count=used.file_count, size=used.size,
    target=used.get_entry("page").ref_target(), page=used.get_entry("page").size,
    extra=used.get_entry("s3-cloud").extra,
)
tell(folder=Path(used.download("folder", path_prefix="folder/"), "folder/sub/b").read_text())
tell(web=Path(used.download("web", path_prefix="page"), "page").read_text())
tell(own=sorted(os.listdir(used.download("own", path_prefix="own"))))
missing = wandb.Api().artifact("vision/p/gone:v0")
tell(missing=refusal(lambda: missing.download("missing"))[0])
from wandb.sdk.artifacts.storage_handlers import local_file_handler as handler
def lost_in_the_cloud(self, entry, local=False):
    raise FileNotFoundError(entry.ref)  # what the SDK's handlers of S3 and GCS raise
handler.LocalFileHandler.load_path = lost_in_the_cloud
tell(refused=refusal(lambda: missing.download("refused"))[0])
tell(allowed=os.listdir(missing.download("allowed", allow_missing_references=True)))
""",
        WEB=web,
    )
    refs = told["refs"]
    assert refs.pop("page") == told["target"] == f"{web}/page"
    assert refs.pop("folder/a").startswith("file:///")
    assert refs.pop("folder/sub/b").endswith("/files/sub/b")
    assert refs == {
        "foo": "foo://bar/baz?x=1",
        "hdfs": "hdfs://node/path/ü",
        "s3x": "s3x://bucket/key",
        "s3-cloud": "s3://bucket/key",
        "gs-cloud": "gs://bucket/key",
        "https-cloud": "https://acct.blob.core.windows.net/c/k",
    }
    assert told["count"] == len(told["listed"]) == 10
    assert (told["page"], told["web"]) == (12, "from the web")
    assert told["size"] == len("here" + "there" + "from the web" + "own") + 3 * 5
    assert told["extra"] == {"etag": "e-1", "versionID": "7"}
    assert (told["folder"], told["own"]) == ("there", ["own"])
    assert "Failed to find file" in told["missing"]
    assert told["refused"].startswith("FileNotFoundError: file:///")
    assert told["allowed"] == ["kept"]
    unchecked = ManifestEntry.objects.filter(version__sequence__name="unchecked", blob=None)
    assert sorted(entry.ref.rpartition("/files/")[2] for entry in unchecked) == ["a", "sub/b"]


def test_many_files_at_once(sdk, alice, vision):
    """More than one batch of core's announcements (25, then up to 2,000), 128 at a time."""
    told = sdk(
        alice,
        """
Path("in").mkdir()
for number in range(600):
    Path("in", f"{number:04}").write_text(f"{number % 300} {'x' * (number % 50)}")
with wandb.init(entity="vision", project="p") as run:
    many = wandb.Artifact("many", "dataset")
    many.add_dir("in")
    run.log_artifact(many).wait()
    tell(again=run.log_artifact(many.new_draft()).wait().name)
forget()
used = wandb.Api().artifact("vision/p/many:v0")
folder = used.download("out")
used.verify(folder)
tell(count=len(os.listdir(folder)), files=len(used.files()))
""",
    )
    assert told == {"again": "many:v0", "count": 600, "files": 600}
    version = Version.objects.get()
    assert (version.file_count, version.entries.count()) == (600, 600)
