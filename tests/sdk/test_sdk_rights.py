"""Who may do what, as the real SDK tells it: one sentence, and soon."""

import pytest

from artifacts.models import RunInput
from tests import factories

pytestmark = [pytest.mark.sdk, pytest.mark.slow]

QUICK = 1  # seconds; the quicker of two attempts


def assert_refused(told, words):
    """Each was refused with its words, and none was repeated by the client."""
    missing = {name: told[name] for name, word in words.items() if word not in told[name][0]}
    assert not missing
    slow = {name: told[name][1] for name in words if told[name][1] >= QUICK}
    assert not slow


@pytest.fixture
def linked(registry, collection, version):
    """The team's version, linked in the registry `model`."""
    version.manifest = factories.make_blob(
        b'{"version":1,"storagePolicy":"wandb-storage-policy-v1","storagePolicyConfig":'
        b'{"storageLayout":"V2"},"contents":{"weights.txt":{"digest":"x","size":1}}}'
    )
    version.save(update_fields=["manifest"])
    return factories.make_membership(collection, version, aliases=["good"])


RESTRICTED = """
api = wandb.Api()
found = api.artifact("acme/wandb-registry-model/iris-classifier:good")
tell(name=found.name, size=found.size, aliases=found.aliases, type=found.type,
     files=[file.name for file in found.files()], source=found.source_project,
     registries=[each.name for each in api.registries("Acme")])
with wandb.init(entity="charlie", project="p") as run:
    tell(use=refusal(lambda: run.use_artifact("acme/wandb-registry-model/iris-classifier:v0")))
def alias():
    found.aliases = ["good", "best"]
    found.save()
tell(
    download=refusal(lambda: found.download()),
    file=refusal(lambda: found.file()),
    one_file=refusal(lambda: next(iter(found.files())).download(replace=True)),
    path=refusal(lambda: found.get_entry("weights.txt").download()),
    unlink=refusal(found.unlink), alias=refusal(alias), delete=refusal(found.delete),
)
"""


def test_a_restricted_viewer(sdk, charlie, registry, linked):
    """Sees names, files and metadata; may neither use, download nor open, nor change anything."""
    factories.restricted_viewer(registry, charlie)
    told = sdk(charlie, RESTRICTED)
    assert (told["name"], told["aliases"]) == ("iris-classifier:good", ["good", "latest"])
    assert told["files"] == ["weights.txt"]
    assert told["registries"] == ["model"]
    viewer = "needs the role Viewer or above"
    member = "needs the role Member or above; yours is Restricted Viewer"
    assert_refused(
        told,
        {
            "use": viewer,
            "download": viewer,
            "file": viewer,
            "one_file": viewer,
            "path": viewer,
            "unlink": member,
            "alias": member,
            "delete": "",
        },
    )
    assert not RunInput.objects.filter(version=linked.version).exists()


VIEW_ONLY = """
source = wandb.Api().artifact("vision/iris/iris-model:v0")
linked = wandb.Api().artifact("acme/wandb-registry-model/iris-classifier:v0")
def change(found, **values):
    for name, value in values.items():
        setattr(found, name, value)
    found.save()
def draft():
    wandb.Artifact("new", "model").save(project="iris")
tell(
    init=refusal(lambda: wandb.init(entity="vision", project="iris")),
    link=refusal(lambda: source.link("wandb-registry-model/c")),
    describe=refusal(lambda: change(source, description="x")),
    alias=refusal(lambda: change(linked, aliases=["best"])),
    tag=refusal(lambda: change(linked, tags=["best"])),
    unlink=refusal(linked.unlink),
    delete=refusal(lambda: source.delete(delete_aliases=True)),
    rename=refusal(lambda: change(source.collection, name="new")),
    drop=refusal(lambda: linked.collection.delete()),
    registry=refusal(lambda: wandb.Api().create_registry("mine", "organization",
                                                         organization="Acme")),
    run=refusal(lambda: wandb.Api().run("vision/iris/r1").delete()),
)
"""


def test_a_view_only_member(sdk, alice, victor, project, version, linked):
    factories.make_run(project, alice, name="r1")
    told = sdk(victor, VIEW_ONLY)
    member = "needs the role Member or above; yours is Viewer"
    created = told.pop("registry")[0]  # the client keeps the server's sentence to itself
    assert "Failed to create registry 'mine'" in created
    assert_refused(told, dict.fromkeys(told, member))
    version.refresh_from_db()
    assert (version.description, version.deleted_at) == (None, None)
    assert sorted(alias.name for alias in linked.aliases.all()) == ["good"]


STRANGER = """
api = wandb.Api()
def items(lazy):
    return lambda: [each.name for each in lazy()]
tell(
    init=refusal(lambda: wandb.init(entity="vision", project="iris")),
    artifact=refusal(lambda: api.artifact("vision/iris/iris-model:v0")),
    linked=refusal(lambda: api.artifact("acme/wandb-registry-model/iris-classifier:v0")),
    collection=refusal(lambda: api.artifact_collection("model", "vision/iris/iris-model")),
    versions=refusal(items(lambda: api.artifacts("model", "vision/iris/iris-model"))),
    types=refusal(items(lambda: api.artifact_types("vision/iris"))),
    run=refusal(lambda: api.run("vision/iris/r1")),
    organization=refusal(lambda: api.organization("Acme")),
    registry=refusal(lambda: api.registry("model", "Acme")),
    create=refusal(lambda: api.create_registry("mine", "organization", organization="Acme")),
    team=refusal(lambda: api.team("vision")),
    exists=[api.artifact_exists("vision/iris/iris-model:v0"),
            api.artifact_collection_exists("vision/iris/iris-model", "model")],
)
"""


def test_a_stranger(sdk, alice, charlie, project, version, linked):
    """As if nothing of it existed."""
    factories.make_run(project, alice, name="r1")
    told = sdk(charlie, STRANGER)
    assert told.pop("exists") == [False, False]
    assert "no refusal" not in [sentence for sentence, _seconds in told.values()]
    assert_refused(told, dict.fromkeys(told, ""))
    hidden = " ".join(sentence for sentence, _seconds in told.values())
    assert "alice" not in hidden
    assert "role" not in hidden
