"""What the real SDK does to a collection: rename, describe, tag, give another type, delete."""

import pytest

from artifacts.models import Collection, RunInput, Version
from artifacts.services.collections.links import link_version
from tests import factories

pytestmark = [pytest.mark.sdk, pytest.mark.slow]

SHOW = """
def of(name, path="vision/iris", type_name="model"):
    return wandb.Api().artifact_collection(type_name, f"{path}/{name}")
def shown(collection):
    return [collection.name, collection.type, collection.description, sorted(collection.tags)]
def save(collection, **values):
    for key, value in values.items():
        setattr(collection, key, value)
    collection.save()
"""

EDIT = """
sequence = of("iris-model")
save(sequence, description="# Card", tags=["a", "b c"])
tell(described=shown(of("iris-model")))
save(sequence, name="renamed", description="", type="weights", tags=["b c", "d"])
tell(renamed=shown(of("renamed", type_name="weights")), old=refusal(lambda: of("iris-model"))[0])
tell(version=wandb.Api().artifact("vision/iris/renamed:v0").type)
again = of("renamed", type_name="weights")
save(again, name="iris-model")
again.change_type("model")
tell(back=shown(of("iris-model")))
place = "acme/wandb-registry-model"
portfolio = of("c", place)
save(portfolio, name="c2", description="shelf", tags=["gold"])
tell(portfolio=shown(of("c2", place)), kinds=[portfolio.is_sequence(), again.is_sequence()])
tell(linked=wandb.Api().artifact(f"{place}/c2:v0").source_qualified_name)
tell(
    aliases=sorted(of("c2", place).aliases),
    versions=[each.name for each in of("c2", place).artifacts()],
)
"""


def test_edits(sdk, bob, sequence, version, registry):
    other = factories.make_version(factories.make_collection(sequence.project, "other"))
    link_version(
        by=bob, version=other, project=registry.project, collection_name="c", aliases=["x"]
    )
    told = sdk(bob, SHOW + EDIT)
    assert told["described"] == ["iris-model", "model", "# Card", ["a", "b c"]]
    assert told["renamed"][:3] == ["renamed", "weights", ""]
    assert told["renamed"][3] == ["b c", "d"]
    assert "iris-model" in told["old"] or "Could not find" in told["old"]
    assert told["version"] == "weights"
    assert told["back"][:2] == ["iris-model", "model"]
    assert told["portfolio"] == ["c2", "model", "shelf", ["gold"]]
    assert told["kinds"] == [False, True]
    assert told["linked"] == "vision/iris/other:v0"
    assert told["aliases"] == ["latest", "x"]
    assert told["versions"] == ["c2:v0"]


REFUSED = """
def change(_which="iris-model", _path="vision/iris", **values):
    return refusal(lambda: save(of(_which, _path), **values))
place = "acme/wandb-registry-model"
tell(
    tag=change(tags=["no/slash"]), tags=change(tags=[f"t{n}" for n in range(21)]),
    taken=change(name="other"), reserved=change(name="settings"), slash=change(name="a:b"),
    linked_type=change(type="weights"), type_of_portfolio=change("c", place, type="weights"),
    protected=refusal(of("c", place).delete), linked=refusal(of("iris-model").delete),
)
"""


def test_refusals(sdk, alice, bob, victor, sequence, version, registry):
    factories.make_collection(sequence.project, "other")
    link_version(
        by=alice,
        version=version,
        project=registry.project,
        collection_name="c",
        aliases=["production"],
    )
    told = sdk(bob, SHOW + REFUSED.replace('name_="x", ', ""))
    words = {
        "tag": "Invalid tag",
        "tags": "at most 20",
        "taken": "already is a",
        "reserved": "reserved",
        "slash": "leave out",
        "linked_type": "is linked to 'acme/wandb-registry-model/c'",
        "type_of_portfolio": "sequence",  # the client's own words
        "protected": "Protected aliases",
        "linked": "protected alias 'production'",
    }
    missing = {name: told[name] for name, word in words.items() if word not in told[name][0]}
    assert not missing
    assert not {name: answer for name, answer in told.items() if answer[1] >= 1}
    told = sdk(
        victor,
        SHOW
        + """
tell(rename=refusal(lambda: save(of("iris-model"), name="x"))[0],
     delete=refusal(of("iris-model").delete)[0])
""",
    )
    assert all("yours is Viewer" in sentence for sentence in told.values())
    assert Collection.objects.filter(name="iris-model").exists()


DELETE = """
place = "acme/wandb-registry-model"
portfolio, sequence = of("c", place), of("iris-model")
portfolio.delete()
portfolio.delete()  # a repetition
api = wandb.Api()
tell(
    portfolio=refusal(lambda: of("c", place))[0],
    exists=api.artifact_collection_exists(f"{place}/c", "model"),
    source=api.artifact("vision/iris/iris-model:v0").linked_artifacts,
)
relinked = api.artifact("vision/iris/iris-model:v0").link("wandb-registry-model/c")
sequence.delete()
tell(
    relinked=relinked.version,
    sequence=refusal(lambda: of("iris-model"))[0],
    version=refusal(lambda: wandb.Api().artifact("vision/iris/iris-model:v0"))[0],
    link=refusal(lambda: wandb.Api().artifact(f"{place}/c:v1"))[0],
    listed=[each.name for each in wandb.Api().artifact_collections("vision/iris", "model")],
)
with wandb.init(entity="vision", project="iris") as run:
    Path("f").write_text("f")
    artifact = wandb.Artifact("iris-model", "model")
    artifact.add_file("f")
    tell(anew=run.log_artifact(artifact).wait().name)
"""


@pytest.mark.usefixtures("letting_go")
def test_deletes(sdk, bob, sequence, version, registry):
    link_version(by=bob, version=version, project=registry.project, collection_name="c")
    told = sdk(bob, SHOW + DELETE)
    assert "no refusal" not in (told["portfolio"], told["sequence"])
    assert told["exists"] is False
    assert told["source"] == []
    assert told["relinked"] == "v1"  # a number is never given again
    assert "not found" in told["version"]
    assert "not found" in told["link"]
    assert told["listed"] == []
    assert told["anew"] == "iris-model:v1"
    assert Version.objects.in_trash().get() == version


OLD_NAMES = """
import os
place = "acme/wandb-registry-model"
def read(name):
    found = wandb.Api().artifact(name)
    with open(os.path.join(found.download(), "weights.txt")) as file:
        return [found.version, file.read(), [each.name for each in found.files()]]
def log(text):
    with wandb.init(entity="vision", project="iris") as run:
        artifact = wandb.Artifact("lilies", "model")
        with artifact.new_file("weights.txt") as file:
            file.write(text)
        return run.log_artifact(artifact).wait().version
def link(version, name, *aliases):
    source = wandb.Api().artifact(f"vision/iris/{version}")
    return source.link(f"{place}/{name}", list(aliases)).version
tell(logged=[log("zero"), log("one")], linked=link("lilies:v0", "goal", "best"))
tell(refused=refusal(lambda: save(of("kept", place), name="mine"))[0])
save(of("goal", place), name="score")
tell(led=[read(f"{place}/goal:{name}") for name in ("v0", "best", "latest")],
     gone=refusal(lambda: of("goal", place))[0])
with wandb.init(entity="vision", project="iris") as run:
    run.use_artifact(f"{place}/goal:v0")
save(of("lilies"), name="lily")
tell(source=read("vision/iris/lilies:v0"))
tell(anew=link("lily:v1", "goal"), old=link("lily:v1", "score"),
     taken=refusal(lambda: read(f"{place}/goal:v0"))[0])
"""


def test_old_names(sdk, alice, bob, version, registry):
    link_version(
        by=alice,
        version=version,
        project=registry.project,
        collection_name="kept",
        aliases=["production"],
    )
    told = sdk(bob, SHOW + OLD_NAMES)
    assert (told["logged"], told["linked"]) == (["v0", "v1"], "v0")
    assert "Protected aliases of the registry model can be moved only by" in told["refused"]
    bytes_of_v0 = ["v0", "zero", ["weights.txt"]]
    assert told["led"] == [bytes_of_v0] * 3
    assert told["gone"]
    assert told["source"] == bytes_of_v0
    assert (told["anew"], told["old"]) == ("v1", "v1")
    assert "goal:v0" in told["taken"]
    assert RunInput.objects.filter(version__sequence__name="lily").count() == 1
