"""The SDK's first walk: log, link, use, download, and what the pages' addresses are."""

import pytest

from artifacts.models import Membership, Run, Version
from registries.services.registry.creation import create_registry

pytestmark = [pytest.mark.sdk, pytest.mark.slow]


@pytest.fixture
def models(acme, registry):
    """Acme's registry `model`, and one that accepts everything."""
    create_registry(by=None, organization=acme, name="all")


def test_script_a_links_what_it_has_not_logged(sdk, alice, models):
    """(a) of issue 2, as it stands: settings hold nothing but the address and the key."""
    script = """
import wandb

REGISTRY_NAME, COLLECTION_NAME = "model", "first"
team, project, name, type = "vision", "iris", "weights", "model"
path = "weights.bin"
open(path, "wb").write(bytes(range(256)) * 999)

with wandb.init(entity=team, project=project) as run:
    artifact = wandb.Artifact(name, type)
    artifact.add_file(path)
    run.link_artifact(
        artifact=artifact, target_path=f"wandb-registry-{REGISTRY_NAME}/{COLLECTION_NAME}"
    )
"""
    sdk(alice, script, prelude="")
    place = Membership.objects.get(collection__kind="portfolio")
    assert place.full_name == "acme/wandb-registry-model/first:v0"
    assert sdk(alice, _DOWNLOAD % place.full_name)["bytes"] == 256 * 999


def test_script_b_links_without_run_and_entity(sdk, bob, models):
    """(b) of issue 2, as it stands."""
    script = """
import wandb

open("data.bin", "wb").write(bytes(1000))
artifact = wandb.Artifact("weights", "model")
artifact.add_file("data.bin")
artifact.link(target_path="wandb-registry-model/second")
"""
    sdk(bob, script, prelude="")
    place = Membership.objects.get(collection__kind="portfolio")
    assert place.full_name == "acme/wandb-registry-model/second:v0"
    assert place.version.sequence.project.entity.name == "vision"
    assert Run.objects.get().state == "finished"
    assert sdk(bob, _DOWNLOAD % place.full_name)["bytes"] == 1000


_DOWNLOAD = """
with wandb.init(entity="vision", project="reading") as run:
    folder = Path(run.use_artifact("%s").download())
(path,) = folder.iterdir()
content = path.read_bytes()
expected = (bytes(range(256)) * 999)[: len(content)] if len(content) > 1000 else bytes(1000)
assert content == expected
tell(bytes=len(content))
"""


def test_login(sdk, alice):
    told = sdk(alice, "tell(ok=wandb.login(verify=True), who=wandb.Api().viewer.username)")
    assert told == {"ok": True, "who": "alice"}


_LOG = """
Path("d/sub").mkdir(parents=True)
Path("a.txt").write_text("hello")
Path("d/sub/ü %.txt").write_text("odd")
Path("d/empty").touch()
def artifact(**more):
    made = wandb.Artifact("ds", "dataset", **more)
    made.add_file("a.txt")
    made.add_dir("d", name="d")
    made.add_reference(Path("a.txt").absolute().as_uri(), name="ref.txt")
    return made
with wandb.init(
    entity="vision", project="iris", config={"lr": 0.1}, tags=["t"], notes="n", job_type="train"
) as run:
    for step in range(3):
        run.log({"loss": 1 / (step + 1), "odd": float("nan")})
    run.summary["best"] = 0.25
    first = artifact(description="d", metadata={"k": 1, "n": {"z": [1, 2]}})
    first = run.log_artifact(first, aliases=["best", "x y"], tags=["t1", "t 2"]).wait()
    again = run.log_artifact(artifact()).wait()
    other = wandb.Artifact("ds", "dataset")
    other.add_file("a.txt", name="b.txt")
    second = run.log_artifact(other).wait()
    linked = run.link_artifact(first, target_path="wandb-registry-all/c", aliases=["good"])
    tell(
        run=run.url, name=run.id, first=first.name, aliases=sorted(first.aliases),
        tags=sorted(first.tags), size=first.size, digest=first.digest, again=again.id == first.id,
        second=[second.name, second.aliases], url=first.url, linked=linked.qualified_name,
        linked_url=linked.url, linked_aliases=sorted(linked.aliases),
        local=artifact().digest,
    )
"""


def test_logs_links_and_reads_back(sdk, alice, bob, models, client, live_server):
    told = sdk(alice, _LOG)
    assert (told["first"], told["again"], told["second"]) == ("ds:v0", True, ["ds:v1", ["latest"]])
    assert told["aliases"] == ["best", "latest", "x y"]
    assert told["tags"] == ["t 2", "t1"]
    assert told["digest"] == told["local"]
    assert told["linked"] == "acme/wandb-registry-all/c:v0"
    assert told["linked_aliases"] == ["good", "latest"]
    run = Run.objects.get()
    assert (run.state, run.exit_code) == ("finished", 0)
    assert (run.config["lr"], run.notes, run.tags) == ({"value": 0.1}, "n", ["t"])
    assert run.summary["best"] == 0.25
    assert run.lines.filter(stream="history").count() == 3
    assert run.outputs.count() == 2
    client.force_login(alice)
    for url in (told["run"], told["url"], told["linked_url"]):
        page = client.get(url.removeprefix(live_server.url), follow=True)
        assert page.status_code == 200, url
    read = sdk(bob, _READ)
    assert read["found"] == {
        "vision/iris/ds:v0": "v0",
        "vision/iris/ds:latest": "v1",
        "vision/iris/ds": "v1",
        "vision/iris/ds:best": "v0",
        "vision/iris/ds:x y": "v0",
        "iris/ds:v1": "v1",
        "wandb-registry-all/c:v0": "v0",
        "acme/wandb-registry-all/c:good": "v0",
        "Acme/wandb-registry-all/c:latest": "v0",
    }
    assert read["files"] == ["a.txt", "d/empty", "d/sub/ü %.txt", "ref.txt"]
    assert read["contents"] == {
        "a.txt": "hello",
        "d/empty": "",
        "d/sub/ü %.txt": "odd",
        "ref.txt": "hello",
    }
    assert read["entry"] == "odd"
    assert read["source"] == "vision/iris/ds:v0"
    assert read["logged_by"] == told["name"]
    assert read["used_by"] == [read["user"]]
    assert read["inputs"] == ["ds:v0"]
    assert read["outputs"] == ["ds:v0", "ds:v1"]
    assert read["config"] == {"lr": 0.1}
    assert read["linked"] == ["acme/wandb-registry-all/c:v0"]
    assert read["exists"] == [True, False]


_READ = """
api = wandb.Api()
names = [
    "vision/iris/ds:v0", "vision/iris/ds:latest", "vision/iris/ds", "vision/iris/ds:best",
    "vision/iris/ds:x y", "iris/ds:v1", "wandb-registry-all/c:v0",
    "acme/wandb-registry-all/c:good", "Acme/wandb-registry-all/c:latest",
]
tell(found={name: api.artifact(name).version for name in names})
with wandb.init(entity="vision", project="reading") as run:
    used = run.use_artifact("wandb-registry-all/c:good")
    folder = Path(used.download())
    tell(user=run.id)
paths = sorted(p for p in folder.rglob("*") if p.is_file())
tell(
    contents={str(p.relative_to(folder)): p.read_text() for p in paths},
    files=[f.name for f in used.files()],
    entry=Path(used.get_entry("d/sub/ü %.txt").download(root="one")).read_text(),
    source=used.source_qualified_name,
)
used.verify(str(folder))
source = api.artifact("vision/iris/ds:v0")
maker = used.logged_by()
tell(
    logged_by=maker.id, used_by=[r.id for r in used.used_by()], config=dict(maker.config),
    outputs=sorted(a.name for a in maker.logged_artifacts()),
    inputs=[a.name for a in used.used_by()[0].used_artifacts()],
    linked=[a.qualified_name for a in source.linked_artifacts],
    exists=[api.artifact_exists("vision/iris/ds:v0"), api.artifact_exists("vision/iris/ds:v9")],
)
"""


def test_edits_and_unlinks(sdk, alice, version, models):
    told = sdk(
        alice,
        """
api = wandb.Api()
found = api.artifact("vision/iris/iris-model:v0")
linked = found.link("Acme/wandb-registry-model/c", aliases=["one"])
linked.description = "words"
linked.metadata["k"] = [1, 2]
linked.aliases += ["two"]
linked.aliases.remove("one")
linked.tags.append("t")
linked.save()
again = wandb.Api().artifact("wandb-registry-model/c:two")
tell(description=again.description, metadata=again.metadata, aliases=sorted(again.aliases),
     tags=again.tags)
again.unlink()
tell(gone=not wandb.Api().artifact_exists("acme/wandb-registry-model/c:v0"))
relinked = found.link("wandb-registry-model/c")
tell(relinked=relinked.version)
""",
    )
    assert told == {
        "description": "words",
        "metadata": {"k": [1, 2]},
        "aliases": ["latest", "two"],
        "tags": ["t"],
        "gone": True,
        "relinked": "v1",
    }


def test_how_runs_end_and_go_on(sdk, alice, vision):
    sdk(
        alice,
        """
with wandb.init(entity="vision", project="ends", id="failed") as run:
    run.finish(exit_code=7)
with wandb.init(entity="vision", project="ends", id="again") as run:
    run.log({"x": 1})
with wandb.init(entity="vision", project="ends", id="again", resume="must") as run:
    run.log({"x": 2})
""",
    )
    states = {run.name: (run.state, run.exit_code) for run in Run.objects.all()}
    assert states == {"failed": ("failed", 7), "again": ("finished", 0)}
    assert Run.objects.get(name="again").lines.filter(stream="history").count() == 2


def test_newer_content_on_top(sdk, alice, vision):
    told = sdk(
        alice,
        """
Path("a").write_text("1")
Path("b").write_text("2")
with wandb.init(entity="vision", project="p") as run:
    base = wandb.Artifact("ds", "dataset")
    base.add_file("a")
    run.log_artifact(base).wait()
    more = wandb.Artifact("ds", "dataset", incremental=True)
    more.add_file("b")
    more = run.log_artifact(more).wait()
    tell(entries=sorted(wandb.Api().artifact("vision/p/ds:v1").manifest.entries))
    table = wandb.Table(columns=["x"], data=[[1]])
    box = wandb.Artifact("box", "table")
    box.add(table, "t")
    run.log_artifact(box).wait()
    run.log({"table": table})
""",
    )
    assert told["entries"] == ["a", "b"]
    assert Version.objects.filter(state="COMMITTED").count() == 4


def test_a_registry_made_from_the_sdk(sdk, bob, acme):
    told = sdk(
        bob,
        """
api = wandb.Api()
made = api.create_registry(
    "fresh", visibility="organization", organization="Acme", artifact_types=["model"]
)
found = api.registry("fresh", organization="Acme")
tell(name=found.full_name, types=list(found.artifact_types), visibility=found.visibility)
""",
    )
    assert told == {
        "name": "wandb-registry-fresh",
        "types": ["model"],
        "visibility": "organization",
    }
