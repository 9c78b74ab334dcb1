"""What a pattern protects, as scripts of a member and of an admin meet it."""

import pytest

from artifacts.models import Alias, Project
from registries.services.aliases.protected import protect_aliases
from registry_site.accounts.models import Event
from tests import factories

pytestmark = [pytest.mark.sdk, pytest.mark.slow]

_ACTS = """
api = wandb.Api()
place = "acme/wandb-registry-model/iris-classifier"
def add(name):
    found = api.artifact(f"{place}:v0")
    found.aliases.append(name)
    found.save()
def remove(name):
    found = api.artifact(f"{place}:v0")
    found.aliases.remove(name)
    found.save()
def outcome(call):
    try:
        call()
    except Exception as error:
        return str(error)
    return ""
source = api.artifact("vision/iris/iris-model:v0")
with wandb.init(entity="vision", project="iris") as run:
    tell(run_link=outcome(lambda: run.link_artifact(source, place, aliases=["Prod-EU"])))
tell(link=outcome(lambda: source.link(place, ["prod-us"])),
     add=outcome(lambda: add("prod-asia")),
     spelled=outcome(lambda: add("PROD-asia")),
     free=outcome(lambda: add("best")),
     remove=outcome(lambda: remove("prod-old")),
     delete=outcome(lambda: source.delete(delete_aliases=True)),
     unlink=outcome(lambda: api.artifact(f"{place}:v0").unlink()))
"""


@pytest.fixture
def linked(alice, registry, collection, version):
    protect_aliases(by=alice, registry=registry, names=["prod-*"])
    Project.objects.filter(pk=registry.project_id).update(keeps_linked=False)
    return factories.make_membership(collection, version, aliases=["prod-old"])


def names():
    return sorted(Alias.objects.values_list("name", flat=True))


def test_a_member_is_refused_with_the_sentence(sdk, bob, linked):
    told = sdk(bob, _ACTS)
    for door in ("run_link", "link", "add", "spelled", "remove", "unlink"):
        assert "protected by the pattern 'prod-*'" in told[door], door
        assert "only by the role Admin; yours is Member. Admins who can help: alice" in told[door]
    assert told["free"] == ""
    assert "has the protected alias 'prod-old'" in told["delete"]
    assert names() == ["best", "prod-old"]


def test_an_admin_moves_them_in_one_spelling(sdk, alice, linked):
    told = sdk(alice, _ACTS)
    assert [told[door] for door in ("run_link", "link", "add", "free", "remove")] == [""] * 5
    assert "Write it as that one: prod-asia" in told["spelled"]
    assert "has the protected alias 'Prod-EU'" in told["delete"], "not even an admin deletes it"
    assert told["unlink"] == ""
    assert names() == []
    added = Event.objects.filter(verb="add_alias").values_list("subject", flat=True)
    assert {each.rpartition(":")[2] for each in added} == {
        "Prod-EU",
        "prod-us",
        "prod-asia",
        "best",
    }
