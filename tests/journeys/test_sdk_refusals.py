"""What the SDK is refused, in one sentence and within a second: no retry loop, no hanging."""

import pytest

from registries.services.registry.creation import create_registry
from tests import factories

pytestmark = [pytest.mark.sdk, pytest.mark.slow]

_LINKS = """
api = wandb.Api()
api.viewer
source = api.artifact("vision/iris/iris-model:v0")
dataset = api.artifact("vision/iris/iris-data:v0")
own = api.artifact("alice/own/iris-model:v0")
tell(
    personal=refusal(lambda: own.link("wandb-registry-model/c")),
    unknown_registry=refusal(lambda: source.link("wandb-registry-none/c")),
    type_not_accepted=refusal(lambda: dataset.link("wandb-registry-model/c")),
    other_type=refusal(lambda: dataset.link("wandb-registry-all/models")),
    other_organization=refusal(lambda: source.link("Other/wandb-registry-model/c")),
    protected_name=refusal(lambda: source.link("wandb-registry-model/c", aliases=["v3"])),
    bad_name=refusal(lambda: source.link("wandb-registry-model/settings")),
    unknown_project=refusal(lambda: api.artifact("vision/none/c:v0")),
    unknown_artifact=refusal(lambda: api.artifact("vision/iris/none:v0")),
    unknown_alias=refusal(lambda: api.artifact("vision/iris/iris-model:none")),
    unknown_run=refusal(lambda: api.run("vision/iris/none").config),
    unknown_organization=refusal(lambda: api.organization("None")),
    hidden_team=refusal(lambda: api.artifact("theirs/p/c:v0")),
    not_offered=refusal(lambda: api.sweep("vision/iris/none").config),
    deleting=refusal(lambda: source.delete()),
)
"""


def assert_quick(told):
    slow = {name: answer for name, answer in told.items() if answer[1] >= 1}
    assert not slow


@pytest.fixture
def world(acme, alice, version, registry, charlie, project):
    """Versions of a team and of a person, registries of two organizations."""
    factories.make_version(factories.make_collection(project, "iris-data", "dataset"))
    own = factories.make_project(alice, "own")
    factories.make_version(factories.make_collection(own))
    everything = create_registry(by=None, organization=acme, name="all")
    factories.make_collection(everything.project, "models", "model")
    other = factories.make_organization("Other", charlie="admin")
    create_registry(by=None, organization=other, name="model")
    factories.make_project(factories.make_team("theirs", other, charlie="admin"), "p")


def test_refused_links_and_lookups(sdk, alice, world):
    told = sdk(alice, _LINKS)
    assert_quick(told)
    words = {
        "personal": ["CommError", "personal account 'alice'", "your teams: vision"],
        "unknown_registry": ["CommError", "no registry 'none'", "all, model"],
        "type_not_accepted": ["CommError", "“dataset”", "It accepts: model"],
        "other_type": ["CommError", "“dataset”", "“model”"],
        "other_organization": ["CommError", "organization"],  # the client's own words
        "protected_name": ["v3"],
        "bad_name": ["CommError", "reserved"],
        "unknown_project": ["CommError", "project 'none' not found under entity 'vision'"],
        "unknown_artifact": ["CommError", "artifact membership 'none:v0' not found"],
        "unknown_alias": ["CommError", "artifact membership 'iris-model:none' not found"],
        "unknown_run": ["Error", "none"],
        "unknown_organization": ["Organization 'None' not found"],
        "hidden_team": ["CommError", "project 'p' not found under entity 'theirs'"],
        "not_offered": ["This server does not offer Project.sweep"],
        "deleting": ["CommError", "v0 has the aliases latest", "delete_aliases=True"],
    }
    missing = {
        name: (word, told[name][0])
        for name, expected in words.items()
        for word in expected
        if word not in told[name][0]
    }
    assert not missing


_ROLES = """
api = wandb.Api()
found = api.artifact("wandb-registry-model/iris-classifier:v0")
def begin():
    wandb.init(entity="vision", project="iris")
told_runs = refusal(begin)
with wandb.init(entity="victor", project="p") as run:
    tell(use=refusal(lambda: run.use_artifact("acme/wandb-registry-model/iris-classifier:v0")))
tell(
    unlink=refusal(found.unlink), begin=told_runs,
    download=refusal(lambda: found.download()),
)
"""


def test_a_role_too_low(sdk, victor, version, registry, collection):
    """Victor views the team; in the registry he is a Restricted Viewer at first."""
    factories.make_membership(collection, version)
    version.manifest = factories.make_blob(b"{}")
    version.save(update_fields=["manifest"])
    registry.project.default_role = "restricted_viewer"
    registry.project.save()
    victor.team_members.all().delete()
    told = sdk(victor, _ROLES)
    assert_quick({name: told[name] for name in ("use", "unlink", "begin")})
    assert "needs the role Viewer or above; yours is Restricted Viewer" in told["use"][0]
    assert "needs the role Member or above; yours is Restricted Viewer" in told["unlink"][0]
    assert "'vision'" in told["begin"][0]
    assert "403" in told["download"][0]


_VIEWER = """
source = wandb.Api().artifact("vision/iris/iris-model:v0")
def describe():
    source.description = "x"
    source.save()
tell(
    link=refusal(lambda: source.link("wandb-registry-model/c")), describe=refusal(describe),
    init=refusal(lambda: wandb.init(entity="vision", project="iris")),
)
"""


def test_a_view_only_member(sdk, victor, version, registry):
    told = sdk(victor, _VIEWER)
    assert_quick(told)
    for sentence, _seconds in told.values():
        assert "needs the role Member or above; yours is Viewer" in sentence
        assert "Admins who can help: alice" in sentence


_BAD_KEY = """
tell(
    login=refusal(lambda: wandb.login(verify=True)),
    init=refusal(lambda: wandb.init(project="p")),
    api=refusal(lambda: wandb.Api().artifact("vision/iris/c:v0")),
)
"""


def test_a_bad_key(sdk, cast):
    told = sdk(None, _BAD_KEY, key="x" * 40)
    assert "The API key is not valid on this server" in told["login"][0]
    assert "/authorize" in told["init"][0]
    assert "no refusal" not in told["api"][0]
    assert_quick({name: told[name] for name in ("login", "api")})


_LOGGING = """
Path("f").write_text("x")
def log(name, type_name, **more):
    made = wandb.Artifact(name, type_name)
    made.add_file("f")
    run.log_artifact(made, **more).wait()
with wandb.init(entity="vision", project="iris") as run:
    log("fine", "model")
    tell(
        other_type=refusal(lambda: log("iris-model", "dataset")),
        reserved=refusal(lambda: log("settings", "model")),
        type_named=refusal(lambda: log("other", "settings")),
    )
tell(
    registry=refusal(lambda: wandb.init(entity="acme", project="wandb-registry-model")),
    unknown_entity=refusal(lambda: wandb.init(entity="nobody", project="p")),
)
"""


def test_refused_logging(sdk, alice, world):
    told = sdk(alice, _LOGGING)
    assert "iris-model already exists with type 'model'" in told["other_type"][0]
    assert "reserved" in told["reserved"][0]
    assert "link" in told["registry"][0]
    assert "'nobody'" in told["unknown_entity"][0]
    assert_quick(told)
