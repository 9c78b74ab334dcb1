"""Models of a registry whose sources one can't see, in the real SDK: which bytes end up where."""

import json

import pytest

from artifacts.models import RunInput
from registry_site.accounts.names import PLACEHOLDER
from tests import factories

pytestmark = [pytest.mark.sdk, pytest.mark.slow]

LOG = """
for name in ("one", "two"):
    with wandb.init(entity="vision", project="secret-project") as run:
        artifact = wandb.Artifact("secret-" + name, type="model")
        with artifact.new_file("weights.txt") as file:
            file.write("weights of " + name)
        run.log_artifact(artifact, aliases=["secret-alias"]).wait()
        artifact.link("acme/wandb-registry-model/" + name, aliases=["good"])
"""
USE = """
names = ["acme/wandb-registry-model/one:good", "acme/wandb-registry-model/two:good"]
def weights(root):
    return (Path(root) / "weights.txt").read_text()
def folder(root):
    return os.path.basename(root)
with wandb.init(entity="sound", project="talk", id="user") as run:
    used = [run.use_artifact(name) for name in names]
    roots = [each.download() for each in used]
    run.use_artifact(used[0])
tell(folders=[folder(root) for root in roots], weights=[weights(root) for root in roots],
     links=[each.is_link for each in used], sources_named=[each.source_name for each in used])
api = wandb.Api()
again = sorted(api.run("sound/talk/user").used_artifacts(), key=lambda each: each.created_at)
tell(
    listed=[each.id for each in again] == [each.id for each in used],
    paths=[[each.entity, each.project, each.name, each.qualified_name] for each in again],
    logged_by=[each.logged_by() for each in again],
    waited=[each.wait().state for each in again],
    collections=[each.collection.name for each in again],
    types=[each.collection.type for each in again],
    aliases=[list(each.aliases) for each in again],
    collection_aliases=[each.collection.aliases for each in again],
    versions=[[v.name for v in each.collection.artifacts()] for each in again],
    files=[[file.name for file in each.files()] for each in again],
    source_collections=[each.source_collection.name for each in used],
    folders_again=[folder(each.download()) for each in again],
    entries=[Path(each.get_entry("weights.txt").download(root=f"apart-{i}")).read_text()
             for i, each in enumerate(again)],
    by_name=[api.artifact(each.qualified_name).id == each.id for each in again],
    sources=[each.source_artifact.id == each.id for each in used],
    linked=[sorted(link.qualified_name for link in each.linked_artifacts) for each in again],
)
forget()
more = wandb.Api().artifact(again[1].qualified_name)
tell(anew=weights(more.download(root="anew")), entity=more.source_entity)
with wandb.init(entity="sound", project="talk", id="second") as run:
    run.use_artifact(more.qualified_name)
used[0].aliases.append("mine")
used[0].save()
tell(saved=api.artifact(names[0]).aliases)
used[0].link("wandb-registry-best/first")
tell(linked_on=api.artifact("acme/wandb-registry-best/first:v0").id == used[0].id)
def alias():
    again[0].aliases.append("own")
    again[0].save()
def draft():
    used[0].new_draft().save()
tell(refused=[refusal(alias), refusal(draft), refusal(again[0].unlink),
              refusal(lambda: again[0].delete(delete_aliases=True)),
              refusal(again[0].collection.delete),
              refusal(lambda: api.artifact(again[0].qualified_name.replace("v0", "v1"))),
              refusal(lambda: api.run(f"{again[0].entity}/{again[0].project}/any"))])
"""


@pytest.fixture
def told(sdk, alice, acme, vision, registry):
    """What a person of the team `sound` meets who uses two models that the team `vision` logged."""
    factories.make_registry_project(acme, "best")
    dora = factories.make_user("dora")
    factories.set_organization_member(by=None, organization=acme, user=dora, role="member")
    factories.make_team("sound", acme, dora="admin")
    sdk(alice, LOG)
    return sdk(factories.fresh(dora), USE)


def test_two_models_whose_sources_one_cannot_see(told):
    """Two folders with the right bytes, the same ones each time, and a run that lists both."""
    assert told["weights"] == told["entries"] == ["weights of one", "weights of two"]
    assert told["anew"] == "weights of two"
    assert len(set(told["folders"])) == 2
    assert told["folders_again"] == told["folders"] == told["sources_named"]
    assert told["files"] == [["weights.txt"], ["weights.txt"]]
    assert RunInput.objects.filter(run__name="user").count() == 2
    assert RunInput.objects.filter(run__name="second").count() == 1
    # whatever has a name has one that is its own
    names = [name.partition(":")[0] for name in told["folders"]]
    assert told["collections"] == told["source_collections"] == names
    assert told["versions"] == [[name] for name in told["folders"]]
    for entity, project, name, qualified in told["paths"]:
        assert PLACEHOLDER.fullmatch(entity)
        assert PLACEHOLDER.fullmatch(project)
        assert qualified == f"{entity}/{project}/{name}"
        assert told["entity"] == entity
    for yes in ("links", "listed", "by_name", "sources", "linked_on"):
        assert told[yes] in (True, [True, True]), yes
    # what is hidden is not told
    assert "secret" not in json.dumps(told)
    assert told["aliases"] == told["collection_aliases"] == [[], []]
    assert told["logged_by"] == [None, None]
    # and what is not, is
    assert told["waited"] == ["COMMITTED", "COMMITTED"]
    assert told["types"] == ["model", "model"]
    links = [f"acme/wandb-registry-model/{name}:v0" for name in ("one", "two")]
    assert told["linked"] == [[link] for link in links]
    assert told["saved"] == ["good", "mine", "latest"]
    sentences = [sentence for sentence, _seconds in told["refused"]]
    assert "no refusal" not in sentences
    assert "was logged in a project that you can't open" in sentences[0]
