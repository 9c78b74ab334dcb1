"""What the real SDK does to a version: describe, tag, name, keep for a time, link, delete."""

import pytest

from artifacts.models import Membership, Project, Version
from artifacts.services.collections.links import link_version
from artifacts.services.trash.restoration import restore_version
from registry_site.accounts.models import Event
from registry_site.accounts.services import people
from tests import factories

pytestmark = [pytest.mark.sdk, pytest.mark.slow]

# one version per call, named by its content
LOG = """
from datetime import timedelta
def log(run, text, name="m", **options):
    Path("f.txt").write_text(text)
    artifact = wandb.Artifact(name, "model")
    artifact.add_file("f.txt")
    return run.log_artifact(artifact, **options).wait()
def shown(name):
    found = wandb.Api().artifact(name)
    return [found.name, sorted(found.aliases), sorted(found.tags), found.description]
"""

EDIT = """
with wandb.init(entity="vision", project="iris") as run:
    made = [log(run, str(number)) for number in range(3)]
    tell(states=[str(each.state) for each in made], drafts=[each.is_draft() for each in made])
    run.use_artifact("vision/iris/m:v1")
api = wandb.Api()
first = api.artifact("vision/iris/m:v0")
first.description, first.tags = "d", ["t1", "t 2"]
first.metadata["k"] = {"n": [1, None]}
first.aliases += ["best", "x y"]
first.save()
tell(after_save=shown("vision/iris/m:v0"), metadata=api.artifact("vision/iris/m:best").metadata)
second = api.artifact("vision/iris/m:v1")
second.aliases.append("best")  # takes it from the first
second.save()
first = api.artifact("vision/iris/m:v0")
first.tags, first.aliases, first.description = ["t1"], [], ""
first.save()
tell(moved=shown("vision/iris/m:best"), after=shown("vision/iris/m:v0"))
tell(
    logged_id=second.logged_by().id == run.id, used_by=[each.id for each in second.used_by()],
    run=run.id, unused=first.used_by(),
)
def bad(**values):
    def change():
        found = api.artifact("vision/iris/m:v0")
        for key, value in values.items():
            setattr(found, key, value)
        found.save()
    return refusal(change)[0]
tell(bad_tag=bad(tags=["a/b"]), bad_alias=bad(aliases=["a/b"]), number=bad(aliases=["v7"]))
"""


def test_edits_show_everywhere(sdk, bob, vision):
    told = sdk(bob, LOG + EDIT)
    assert told["states"] == ["COMMITTED"] * 3
    assert told["drafts"] == [False] * 3
    assert told["after_save"] == ["m:v0", ["best", "x y"], ["t 2", "t1"], "d"]
    assert told["metadata"] == {"k": {"n": [1, None]}}
    assert told["moved"] == ["m:best", ["best"], [], None]
    assert told["after"] == ["m:v0", [], ["t1"], ""]
    assert told["logged_id"] is True
    assert told["used_by"] == [told["run"]]
    assert told["unused"] == []
    assert "nvalid tag" in told["bad_tag"]
    assert "Aliases must not contain" in told["bad_alias"]  # the client's own words
    assert "CommError" in told["number"]


TTL = """
from wandb import ArtifactTTL
with wandb.init(entity="vision", project="iris") as run:
    artifact = wandb.Artifact("m", "model")
    Path("f.txt").write_text("ttl")
    artifact.add_file("f.txt")
    artifact.ttl = timedelta(days=2)
    made = run.log_artifact(artifact).wait()
    tell(begun=made.ttl.total_seconds())
api = wandb.Api()
def keep(value):
    found = api.artifact("vision/iris/m:v0")
    found.ttl = value
    found.save()
    again = api.artifact("vision/iris/m:v0")
    return [again.ttl and again.ttl.total_seconds(), again._ttl_is_inherited]
tell(changed=keep(timedelta(hours=1)), off=keep(None), inherited=keep(ArtifactTTL.INHERIT))
keep(timedelta(hours=1))
linked = api.artifact("vision/iris/m:v0").link("wandb-registry-model/c")
tell(linked=api.artifact("vision/iris/m:v0").ttl, again=refusal(lambda: keep(timedelta(days=1)))[0])
def of_link():
    linked.ttl = timedelta(days=1)
tell(of_link=refusal(of_link)[0])
"""


def test_ttl(sdk, bob, registry):
    told = sdk(bob, LOG + TTL)
    assert told["begun"] == 2 * 86_400
    assert (told["changed"], told["off"]) == ([3600, False], [None, False])
    assert told["inherited"] == [None, True]
    assert told["linked"] is None
    assert "m:v0 is linked, and what is linked has no TTL" in told["again"]
    assert "link artifact" in told["of_link"]  # the client's own words
    assert Version.objects.get().ttl_seconds == 0


LINK = """
with wandb.init(entity="vision", project="iris") as run:
    source = log(run, "0", aliases=["mine"])
    other = log(run, "1")
    linked = run.link_artifact(source, "wandb-registry-model/c", aliases=["good"])
    tell(linked=linked.qualified_name, of_link=[linked.is_link, source.is_link])
api = wandb.Api()
source = api.artifact("vision/iris/m:v0")
into_project = source.link("shelf/s", aliases=["a"])
again = source.link("wandb-registry-model/c", aliases=["better"])
tell(
    again=[again.name, sorted(again.aliases)], into_project=into_project.qualified_name,
    linked_artifacts=sorted(each.qualified_name for each in source.linked_artifacts),
    source=again.source_artifact.qualified_name, source_version=again.source_version,
    of_the_link=again.linked_artifacts, itself=source.source_artifact is source,
)
again.aliases.remove("good")
again.description, again.metadata = "through the link", {"k": 1}
again.save()
tell(through=shown("vision/iris/m:v0"), aliases=shown("acme/wandb-registry-model/c:v0"))
tell(not_a_link=refusal(source.unlink)[0])
into_project.unlink()
tell(unlinked=[each.qualified_name for each in api.artifact("vision/iris/m:v0").linked_artifacts])
api.artifact("acme/wandb-registry-model/c:v0").delete()  # of a link: it only unlinks
tell(left=refusal(lambda: api.artifact("acme/wandb-registry-model/c:v0"))[0])
tell(source_left=shown("vision/iris/m:v0"))
relinked = api.artifact("vision/iris/m:v0").link("wandb-registry-model/c")
tell(relinked=relinked.name)
tell(protected=refusal(lambda: source.link("wandb-registry-model/c", aliases=["production"]))[0])
"""


def test_links(sdk, bob, registry):
    told = sdk(bob, LOG + LINK)
    assert told["linked"] == "acme/wandb-registry-model/c:v0"
    assert told["of_link"] == [True, False]
    assert told["again"] == ["c:v0", ["better", "good", "latest"]]
    assert told["into_project"] == "vision/shelf/s:v0"
    assert told["linked_artifacts"] == ["acme/wandb-registry-model/c:v0", "vision/shelf/s:v0"]
    assert told["source"] == "vision/iris/m:v0"
    assert told["source_version"] == "v0"
    assert told["of_the_link"] == []
    assert told["itself"] is True
    assert told["through"] == ["m:v0", ["mine"], [], "through the link"]
    assert told["aliases"] == ["c:v0", ["better", "latest"], [], "through the link"]
    assert "is not a linked artifact" in told["not_a_link"]
    assert told["unlinked"] == ["acme/wandb-registry-model/c:v0"]
    assert "not found" in told["left"]
    assert told["source_left"][1] == ["mine"]
    assert told["relinked"] == "c:v1"
    assert "Protected aliases" in told["protected"]


DELETE = """
with wandb.init(entity="vision", project="iris") as run:
    made = [log(run, str(number)) for number in range(4)]
    run.link_artifact(made[0], "wandb-registry-model/c", aliases=["good"])
    used = run.use_artifact("vision/iris/m:v3")
api = wandb.Api()
tell(of_newest=refusal(api.artifact("vision/iris/m:v3").delete)[0])
tell(of_linked=refusal(api.artifact("vision/iris/m:v0").delete)[0])
newest = api.artifact("vision/iris/m:v3")
newest.delete(delete_aliases=True)
newest.delete(delete_aliases=True)  # a repetition
api.artifact("vision/iris/m:v1").delete()
tell(
    latest=wandb.Api().artifact("vision/iris/m:latest").version,
    by_number=refusal(lambda: wandb.Api().artifact("vision/iris/m:v3"))[0],
    exists=wandb.Api().artifact_exists("vision/iris/m:v3"),
    left=[each.name for each in wandb.Api().run(f"vision/iris/{run.id}").logged_artifacts()],
    used=[each.name for each in wandb.Api().run(f"vision/iris/{run.id}").used_artifacts()],
    late_edit=refusal(newest.save)[0],
)
with wandb.init(entity="vision", project="iris") as run:
    tell(again=log(run, "3").name)
api.artifact("vision/iris/m:v0").delete(delete_aliases=True)
tell(
    link_gone=refusal(lambda: wandb.Api().artifact("acme/wandb-registry-model/c:good"))[0],
    name_gone=refusal(lambda: wandb.Api().artifact("acme/wandb-registry-model/c"))[0],
)
"""


def test_deletes_and_restores(sdk, alice, letting_go):
    told = sdk(alice, LOG + DELETE)
    assert "CommError: m:v3 has the aliases latest. " in told["of_newest"]
    assert "delete_aliases=True" in told["of_newest"]
    assert "CommError: m:v0 has the aliases good, latest. " in told["of_linked"]
    assert told["latest"] == "v2"
    assert "artifact membership 'm:v3' not found" in told["by_number"]
    assert told["exists"] is False
    assert told["left"] == ["m:v0", "m:v2"]
    assert told["used"] == []
    assert "no such artifact" in told["late_edit"]
    assert told["again"] == "m:v4"  # no version is found again in the trash
    assert "not found" in told["link_gone"]
    assert "not found" in told["name_gone"]
    version = Version.objects.get(version_index=0)
    restore_version(by=alice, version=version)
    back = sdk(
        alice,
        LOG
        + """
linked = wandb.Api().artifact("acme/wandb-registry-model/c:good")
tell(version=linked.version, text=(Path(linked.download()) / "f.txt").read_text())
""",
    )
    assert back == {"version": "v0", "text": "0"}


def test_a_protected_alias_keeps_a_version(sdk, alice, registry):
    told = sdk(
        alice,
        LOG
        + """
with wandb.init(entity="vision", project="iris") as run:
    made = log(run, "0")
    run.link_artifact(made, "wandb-registry-model/c", aliases=["production"])
tell(refused=refusal(lambda: made.delete(delete_aliases=True))[0])
""",
    )
    assert "c:v0 in the registry model has the protected alias 'production'" in told["refused"]
    assert Version.objects.get().is_committed


MODELS = """
Path("weights.txt").write_text("w")
with wandb.init(entity="vision", project="iris") as run:
    run.log_model("weights.txt", name="mm", aliases=["fresh"])
with wandb.init(entity="vision", project="iris") as run:
    path = run.use_model("mm:fresh")
    linked = run.link_model("weights.txt", "champion", name="mm", aliases=["best"])
    tell(text=Path(path).read_text(), linked=linked.qualified_name, aliases=sorted(linked.aliases))
    run.link_model("weights.txt", "champion", name="mm")
    Path("other").write_text("o")
    data = wandb.Artifact("ds", "dataset")
    data.add_file("other")
    run.log_artifact(data).wait()
    tell(not_a_model=refusal(lambda: run.use_model("ds:latest"))[0])
tell(url=linked.url)
"""


def test_models_and_their_old_registry(sdk, bob, vision, client):
    told = sdk(bob, MODELS)
    assert told["text"] == "w"
    assert told["linked"] == "vision/model-registry/champion:v0"
    assert told["aliases"] == ["best", "latest"]
    assert "AssertionError" in told["not_a_model"]
    assert Membership.objects.filter(collection__name="champion").count() == 1
    client.force_login(bob)
    address = "/" + told["url"].split("/", 3)[3]
    assert client.get(address, follow=True).status_code == 200


DRAFT = """
with wandb.init(entity="vision", project="iris") as run:
    first = log(run, "0")
    draft = wandb.Api().artifact("vision/iris/m:v0").new_draft()
    tell(draft=[draft.is_draft(), draft.name])
    Path("g.txt").write_text("g")
    draft.add_file("g.txt")
    second = run.log_artifact(draft).wait()
    tell(second=second.name, entries=sorted(second.manifest.entries))
alone = wandb.Artifact("alone", "model")
alone.add_file("g.txt")
tell(early=refusal(lambda: alone.wait())[0])
alone._entity = alone._source_entity = "vision"
alone.save(project="iris")
tell(saved=alone.wait().qualified_name)
"""


def test_drafts(sdk, bob, vision):
    told = sdk(bob, LOG + DRAFT)
    assert told["draft"] == [True, "m"]
    assert told["second"] == "m:v1"
    assert told["entries"] == ["f.txt", "g.txt"]
    assert "NotLogged" in told["early"]
    assert told["saved"] == "vision/iris/alone:v0"


SEEN_THROUGH_THE_REGISTRY = """
api = wandb.Api()
linked = api.artifact("acme/wandb-registry-model/c:v0")
def change():
    linked.aliases.append("mine")
    linked.description = "not mine to say"
    linked.save()
tell(change=refusal(change)[0], source=[linked.source_entity, linked.source_project])
tell(unlink=refusal(linked.unlink)[0])
"""


def test_of_a_hidden_source_only_aliases_are_saved(sdk, alice, acme, version, registry):
    """Rita is in the organization, but not in the team that logged the version."""
    place, *_rest = link_version(
        by=alice, version=version, project=registry.project, collection_name="c"
    )
    rita = factories.make_user("rita")
    people.set_organization_member(by=None, organization=acme, user=rita, role="member")
    Project.objects.filter(pk=registry.project.pk).update(default_role="restricted_viewer")
    told = sdk(rita, SEEN_THROUGH_THE_REGISTRY)
    for refused in (told["change"], told["unlink"]):
        assert "Member or above; yours is Restricted Viewer" in refused
    assert not place.aliases.exists()
    Project.objects.filter(pk=registry.project.pk).update(default_role="member")
    told = sdk(factories.fresh(rita), SEEN_THROUGH_THE_REGISTRY)
    assert all(name.startswith("hidden-") for name in told["source"])
    assert told["change"] == "no refusal"
    version.refresh_from_db()
    assert version.description is None
    assert Event.objects.filter(verb="add_alias", actor=rita).count() == 1
    assert not Membership.objects.filter(pk=place.pk).exists()
