"""What the real SDK is told where a registry keeps a version, or a legal hold does."""

import pytest

from artifacts.models import Collection, Membership, Run, Version
from artifacts.services.retention.holds import lift_hold, place_hold
from artifacts.services.trash.restoration_of_parents import restore_collection, restore_run

pytestmark = [pytest.mark.sdk, pytest.mark.slow]

LOG = """
with wandb.init(entity="vision", project="iris", id="train") as run:
    Path("f.txt").write_text("kept")
    artifact = wandb.Artifact("m", "model")
    artifact.add_file("f.txt")
    made = run.log_artifact(artifact).wait()
    run.link_artifact(made, "wandb-registry-model/c")
"""
DELETE = """
api = wandb.Api()
tell(
    version=refusal(lambda: api.artifact("vision/iris/m:v0").delete(delete_aliases=True)),
    run=refusal(lambda: api.run("vision/iris/train").delete(delete_artifacts=True)),
    collection=refusal(lambda: api.artifact_collection("model", "vision/iris/m").delete()),
)
"""
UNLINK = """
api = wandb.Api()
link = "acme/wandb-registry-model/c"
tell(
    unlink=refusal(lambda: api.artifact(f"{link}:v0").unlink()),
    link=refusal(lambda: api.artifact(f"{link}:v0").delete()),
    portfolio=refusal(lambda: api.artifact_collection("model", link).delete()),
)
"""
GO = """
api = wandb.Api()
api.artifact("acme/wandb-registry-model/c:v0").unlink()
wandb.Api().run("vision/iris/train").delete(delete_artifacts=True)
tell(run=refusal(lambda: wandb.Api().run("vision/iris/train"))[0])
"""


def is_whole():
    return (
        Version.objects.committed().exists()
        and Run.objects.exists()
        and Membership.objects.live().count() == Collection.objects.count() == 2
    )


def test_what_is_linked_or_held_is_refused_with_a_sentence(sdk, alice, bob, registry):
    sdk(bob, LOG)
    for sentence, _seconds in sdk(bob, DELETE).values():
        assert "CommError" in sentence
        assert "registries keep what is linked to them" in sentence
        assert "m:v0 as acme/wandb-registry-model/c:v0" in sentence
        assert "you may in the registry model" in sentence
    assert is_whole()
    hold = place_hold(by=alice, thing=Version.objects.get(), reason="audit 2026")
    for sentence, _seconds in sdk(bob, DELETE + UNLINK).values():
        assert "vision/iris/m:v0" in sentence or "m:v0 is on legal hold" in sentence
        assert "“audit 2026”" in sentence
        assert "An admin of Acme has to lift the hold first (alice)" in sentence
    assert is_whole()
    lift_hold(by=alice, hold=hold, reason="over")
    assert "Could not find run" in sdk(bob, GO)["run"]
    assert not Version.objects.committed().exists()


BACK = """
api = wandb.Api()
run = api.run("vision/iris/train")
tell(
    run=run.id, logged=[each.name for each in run.logged_artifacts()],
    text=(Path(api.artifact("vision/iris/m:v0").download()) / "f.txt").read_text(),
    exists=api.artifact_collection_exists("acme/wandb-registry-model/c", "model"),
)
"""
CLEAR = """
wandb.Api().artifact_collection("model", "acme/wandb-registry-model/c").delete()
wandb.Api().run("vision/iris/train").delete(delete_artifacts=True)
tell(
    run=refusal(lambda: wandb.Api().run("vision/iris/train"))[0],
    version=refusal(lambda: wandb.Api().artifact("vision/iris/m:v0"))[0],
)
"""
LINKED = """
found = wandb.Api().artifact("acme/wandb-registry-model/c:v0")
tell(source=found.source_qualified_name)
"""


def test_what_is_restored_is_there_again(sdk, bob, registry):
    sdk(bob, LOG)
    gone = sdk(bob, CLEAR)
    assert "Could not find run" in gone["run"]
    assert "not found" in gone["version"]
    restoration = restore_run(by=bob, run=Run.with_deleted.get())
    assert len(restoration.versions) == 1
    back = sdk(bob, BACK)
    assert back == {"run": "train", "logged": ["m:v0"], "text": "kept", "exists": False}
    portfolio = Collection.with_deleted.exclude(deleted_at=None).get()
    restore_collection(by=bob, collection=portfolio)
    assert sdk(bob, LINKED)["source"] == "vision/iris/m:v0"
