"""Aliases and paths as scripts give them: refused with a sentence, and never in a reader's way."""

import pytest

from artifacts.models import Alias
from tests import factories

pytestmark = [pytest.mark.sdk, pytest.mark.slow]

_GIVING = """
def log(run, name):
    made = wandb.Artifact("weights", type="model")
    made.add(wandb.Table(columns=["a"], data=[[name]]), "t")
    run.log_artifact(made, aliases=[name]).wait(20)
def add(found, name):
    found.aliases.append(name)
    found.save()
NAMES = ["v01", "v20241128123000", "v\\uff11", "v\\u00b2", "v7", "..", "."]
api = wandb.Api()
source = api.artifact("vision/iris/iris-model:v0")
with wandb.init(entity="vision", project="iris") as run:
    tell(log={name: refusal(lambda: log(run, name)) for name in NAMES})
    tell(run_link={name: refusal(
        lambda: run.link_artifact(source, "wandb-registry-model/c", aliases=[name])
    ) for name in NAMES})
tell(
    link={name: refusal(lambda: source.link("wandb-registry-model/c", [name])) for name in NAMES},
    add={name: refusal(lambda: add(api.artifact("vision/iris/iris-model:v0"), name))
         for name in NAMES},
    path={name: refusal(call) for name, call in {
        "artifact": lambda: api.artifact("wandb-registry-model/a/b"),
        "artifacts": lambda: len(api.artifacts("model", "wandb-registry-model/a/b")),
        "collection": lambda: api.artifact_collection("model", "wandb-registry-model/a/b"),
        "link": lambda: source.link("wandb-registry-model/a/b"),
        "run": lambda: api.run("wandb-registry-model/a/b").config,
    }.items()},
    exists=[api.artifact_exists("wandb-registry-model/a/b"),
            api.artifact_collection_exists("wandb-registry-model/a/b", "model")],
)
"""


def test_a_script_is_told(sdk, alice, version, registry):
    told = sdk(alice, _GIVING)
    assert not Alias.objects.exists()
    for door in ("log", "run_link", "link"):
        for name, (sentence, _seconds) in told[door].items():
            assert "not possible" in sentence, (door, name)
    for name, (sentence, _seconds) in told["add"].items():
        assert name in sentence  # the client's own sentence
    for door, (sentence, _seconds) in told["path"].items():
        assert "a part too many" in sentence, door
    assert told["exists"] == [False, False]


_READING = """
api = wandb.Api()
def seen(found):
    return [found.version, sorted(found.aliases)]
run, shelf = api.run("vision/iris/r1"), api.registries(organization="Acme")
told_by = {
    "artifact": [seen(api.artifact("vision/iris/iris-model:v0"))],
    "by its name": [seen(api.artifact("vision/iris/iris-model:v01"))],
    "linked": [seen(api.artifact("wandb-registry-model/iris-classifier:latest"))],
    "artifacts": [seen(each) for each in api.artifacts("model", "vision/iris/iris-model")],
    "versions": [seen(each) for each in shelf.collections().versions()],
    "logged": [seen(each) for each in run.logged_artifacts()],
    "used": [seen(each) for each in run.used_artifacts()],
    "links": [seen(each) for each in api.artifact("vision/iris/iris-model:v0").linked_artifacts],
}
collection = api.artifact_collection("model", "vision/iris/iris-model")
with wandb.init(entity="vision", project="iris") as run:
    found = run.use_artifact("vision/iris/iris-model:best")
    found.aliases.append("good")
    found.save()
    made = wandb.Artifact("iris-model", type="model")
    made.add(wandb.Table(columns=["a"], data=[[1]]), "t")
    tell(wait=seen(run.log_artifact(made, aliases=["fresh"]).wait(20)))
link = api.artifact("vision/iris/iris-model:v0").linked_artifacts[0]
link.aliases = ["chosen", "v0"]  # the client itself lists the number here, and sends it back
link.save()
link.aliases = ["chosen"]
link.save()
tell(told=told_by, collection=sorted(collection.aliases))
"""


def test_what_is_stored_is_in_no_readers_way(
    sdk, alice, project, sequence, version, registry, collection
):
    run = factories.make_run(project, alice, name="r1")
    factories.models.RunOutput.objects.create(run=run, version=version)
    factories.models.RunInput.objects.create(run=run, version=version)
    source, linked = version.memberships.get(), factories.make_membership(collection, version)
    for place, names in ((source, ["v01", "v²", "..", "best"]), (linked, ["v１", "good"])):
        for name in names:
            Alias.objects.create(collection=place.collection, membership=place, name=name)
    told = sdk(alice, _READING)
    at_source, at_link = ["v0", ["..", "best", "latest"]], ["v0", ["good", "latest"]]
    assert told["told"] == {
        "artifact": [at_source],
        "by its name": [at_source],
        "artifacts": [at_source],
        "logged": [at_source],
        "used": [at_source],
        "linked": [at_link],
        "versions": [at_link],
        "links": [["v0", ["good", "latest", "v0"]]],
    }
    assert told["collection"] == ["..", "best", "fresh", "good", "latest"]
    assert told["wait"] == ["v1", ["fresh", "latest"]]
    names = Alias.objects.filter(membership=source).values_list("name", flat=True)
    assert set(names) == {"v01", "v²", "..", "best", "good"}
    names = Alias.objects.filter(membership=linked).values_list("name", flat=True)
    assert set(names) == {"v１", "chosen"}
