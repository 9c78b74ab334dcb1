"""What objects of the SDK tell of themselves, and the calls that other scripts have no use for."""

import pytest

from artifacts.models import Run

pytestmark = [pytest.mark.sdk, pytest.mark.slow]

_RUN = """
with wandb.init(entity="vision", project="iris", id="told", settings={"console": "wrap"}) as run:
    run.write_logs("written by hand")
    run.mark_preempting()
    Path(run.dir, "kept.txt").write_text("kept")
    run.save(str(Path(run.dir, "kept.txt")), base_path=run.dir, policy="now")
    run.log({"loss": 0.5})
    made = wandb.Artifact("told", "model", metadata={"k": 1})
    with made.new_file("folder/weights.txt") as file:
        file.write("w")
    run.log_artifact(made).wait()
    linked = run.link_artifact(made, "wandb-registry-all/told")
    tell(started=run.starting_step)
api = wandb.Api()
run = api.run("vision/iris/told")
run.wait_until_finished()
run.load()
run.load_full_data()
restored = wandb.restore("kept.txt", run_path="vision/iris/told", root="back").name
tell(
    raw=run.rawconfig, storage=run.storage_id != "", metrics=run.summary_metrics["loss"],
    restored=Path(restored).read_text(), uri=run.file("kept.txt").path_uri.endswith("/kept.txt"),
)
"""
_ARTIFACT = """
found = api.artifact("acme/wandb-registry-all/told:v0")
folder = found.download(root="got")
Path("got/extra.txt").write_text("not in it")
found.checkout("got")
tell(
    collection=found.collection.name, source=found.source_collection.name,
    source_name=found.source_name, commit=bool(found.commit_hash), files=found.file_count,
    algorithm=str(found.digest_algorithm), distributed=found.distributed_id, used=found.use_as,
    linked=found.linked_at is not None, updated=found.updated_at is not None,
    step=found.history_step, left=sorted(p.name for p in Path("got").rglob("*") if p.is_file()),
    path=found.get_path("folder/weights.txt").download(root="one").endswith("weights.txt"),
    name=found.file_count and api.artifact_versions("model", "vision/iris/told")[0].name,
)
"""
_OTHERS = """
kind = api.artifact_type("model", "vision/iris")
kind.load()
sequence = kind.collection("told")
registry = api.registry("all", organization="Acme")
registry.load()
team = api.team("vision")
team.load()
tell(
    sequence=[sequence.name, sequence.updated_at is not None],
    projects=[int(bool(sequence.project_id)), int(bool(sequence.project_internal_id))],
    registry=registry.updated_at is not None, team=team.name,
    types=[each.name for each in api.project("iris", "vision").artifacts_types()],
    paths=[api.from_path("vision/iris").name, api.from_path("vision/iris/runs/told").id],
)
"""


def test_what_objects_tell(sdk, alice, vision, acme):
    from registries.services.registry.creation import create_registry

    create_registry(by=None, organization=acme, name="all")
    told = sdk(alice, _RUN + _ARTIFACT + _OTHERS)
    expected = {
        "started": 0,
        "raw": {},
        "storage": True,
        "metrics": 0.5,
        "restored": "kept",
        "uri": True,
        "collection": "told",
        "source": "told",
        "source_name": "told:v0",
        "commit": True,
        "files": 1,
        "algorithm": "ArtifactDigestAlgorithm.MANIFEST_MD5",
        "used": None,
        "distributed": None,
        "linked": True,
        "updated": True,
        "step": 0,
        "left": ["weights.txt"],
        "path": True,
        "name": "told:v0",
        "sequence": ["told", True],
        "projects": [1, 1],
        "registry": True,
        "team": "vision",
        "types": ["model"],
        "paths": ["iris", "told"],
    }
    assert {name: told.get(name) for name in expected} == expected
    lines = Run.objects.get().lines.filter(stream="console").values_list("text", flat=True)
    assert any("written by hand" in line for line in lines)
