"""Lists of registries, collections and versions through the public API of the real SDK."""

import pytest

from registry_site.accounts.models import User
from registry_site.accounts.services import people
from tests import factories
from tests.helpers.shelf import make_shelf

pytestmark = [pytest.mark.sdk, pytest.mark.slow]

NAMES = """
api = wandb.Api()
def names(found):
    return [each.name for each in found]
def walk(make, size):
    '''All there is, each page asked for by another iterator, from where the last one stood.'''
    seen, start = [], None
    while True:
        pages = make(per_page=size, start=start)
        rows = [row for _number, row in zip(range(size), pages)]
        if not rows:
            return seen
        seen += [row.name for row in rows]
        start = pages.cursor
def refused(call):
    begun = time.monotonic()
    try:
        call()
    except Exception as error:
        assert time.monotonic() - begun < 5, "it was tried again and again"
        return str(error.__cause__ or error)
    return "no refusal"
"""


@pytest.fixture
def shelf(acme, sequence, alice):
    return make_shelf(acme, sequence, alice)


def test_registries_collections_and_versions(sdk, alice, shelf):
    told = sdk(
        alice,
        NAMES
        + """
everything = api.registries("Acme")
tell(
    all=names(everything), by_entity=names(api.registries("acme")), default=names(api.registries()),
    regex=names(api.registries(filter={"name": {"$regex": "y-b"}})),
    by_name=names(api.registries(filter={"$or": [{"name": "a"}, {"description": "about b"}]})),
    ordered=names(api.registries(order="-name")),
    collections=names(everything.collections()), total=len(everything.collections()),
    tagged=names(everything.collections(filter={"tag": "gold"})),
    named=names(everything.collections({"name": {"$regex": "1$"}}, order="-name")),
    tags=[c.tags for c in everything.collections(filter={"name": "a1"})],
    chained=names(api.registries(order="-name").collections(order="+name")),
)
a = api.registry("a")
tell(
    of_one=names(a.collections(order="-name")), versions=names(a.versions()),
    aliases=[sorted(v.aliases) for v in a.collections(filter={"name": "a1"}).versions()],
    best=names(everything.versions(filter={"alias": "best"})),
    latest=names(everything.versions({"alias": "latest"})),
    either=names(everything.versions({"$or": [{"tag": "t0"}, {"metadata.loss": {"$lt": 0.3}}]})),
    number=names(everything.versions({"version": "v1"})),
    by_size=names(everything.versions(order="-artifact_size", per_page=2)),
    by_link=names(everything.versions(order="-linked_at")),
    by_age=names(everything.collections({"name": "a2"}).versions(order="created_at")),
    big=names(everything.versions({"artifact_size": {"$gte": 200}, "linked_at": {"$gt": "2020"}})),
    not_t1=names(a.versions({"tag": {"$ne": "t1"}})),
    chained_versions=names(a.collections(order="-name").versions(order="+artifact_size")),
    ordered_versions=names(api.registries(order="-name").versions(filter={"tag": "t2"})),
    source=[v.source_qualified_name for v in everything.versions({"alias": "best"})],
)
tell(
    walked=walk(everything.versions, 2), whole=names(everything.versions()),
    walked_by_size=walk(lambda **page: everything.versions(order="-artifact_size", **page), 2),
    walked_collections=walk(everything.collections, 3),
    walked_registries=walk(lambda **page: api.registries("Acme", **page), 1),
)
half = everything.versions(filter={"tag": "t1"}, per_page=1)
next(half)
resumed = a.versions(filter={"tag": "t1"}, start=half.cursor)
tell(
    resumed=names(resumed),
    bad_operator=refused(lambda: names(api.registries(filter={"name": {"$foo": 1}}))),
    bad_regex=refused(lambda: names(everything.versions({"tag": {"$regex": "("}}))),
    bad_time=refused(lambda: names(everything.collections({"created_at": "soon"}))),
    nobody=refused(lambda: names(api.registries("nobody"))),
)
""",
    )
    assert told["all"] == told["by_entity"] == told["default"] == ["a", "b"]
    assert told["regex"] == ["b"]
    assert told["by_name"] == ["a", "b"]
    assert told["ordered"] == ["b", "a"]
    assert told["collections"] == ["a0", "a1", "a2", "b1"]
    assert told["total"] == 4
    assert told["tagged"] == ["a1"]
    assert told["named"] == ["b1", "a1"]
    assert told["tags"] == [["gold"]]
    assert told["chained"] == ["b1", "a0", "a1", "a2"]
    assert told["of_one"] == ["a2", "a1", "a0"]
    assert told["versions"] == ["a1:v1", "a1:v0", "a2:v1", "a2:v0"]
    assert told["aliases"] == [["latest"], ["best"]]
    assert told["best"] == ["a1:v0"]
    assert told["latest"] == ["a1:v1", "a2:v1", "b1:v0"]
    assert told["either"] == ["a1:v1", "a1:v0", "a2:v0"]
    assert told["number"] == ["a1:v1", "a2:v1"]
    assert told["by_size"] == ["a1:v0", "b1:v0", "a2:v1", "a2:v0", "a1:v1"]
    assert told["by_link"] == ["b1:v0", "a2:v1", "a2:v0", "a1:v1", "a1:v0"]
    assert told["by_age"] == ["a2:v0", "a2:v1"]
    assert told["big"] == ["a1:v0", "a2:v1", "b1:v0"]
    assert told["not_t1"] == ["a1:v0", "a2:v1"]
    assert told["chained_versions"] == ["a2:v0", "a2:v1", "a1:v1", "a1:v0"]
    assert told["ordered_versions"] == ["b1:v0", "a2:v1"]
    assert told["source"] == ["vision/iris/iris-model:v0"]
    assert told["walked"] == told["whole"] == ["a1:v1", "a1:v0", "a2:v1", "a2:v0", "b1:v0"]
    assert told["walked_by_size"] == told["by_size"]
    assert told["walked_collections"] == told["collections"]
    assert told["walked_registries"] == told["all"]
    assert told["resumed"] == ["a2:v0"]
    assert "'$foo' is no operator; there are: $and" in told["bad_operator"]
    assert "'(' is no regular expression" in told["bad_regex"]
    assert "a time such as" in told["bad_time"]
    assert "nobody" in told["nobody"]


def test_who_sees_less_lists_less(sdk, alice, acme, shelf):
    """A member of the organization, but of no team: no registry b, and one hidden source."""
    guest = factories.make_user("guest")
    people.set_organization_member(by=None, organization=acme, user=guest, role="member")
    told = sdk(
        User.objects.get(username="guest"),
        NAMES
        + """
everything = api.registries("Acme")
tell(
    all=names(everything), collections=names(everything.collections()),
    b=names(api.registries("Acme", filter={"name": "b"}).versions()),
    sources=[[v.name, v.source_entity, v.source_project] for v in everything.versions()],
    team=refused(lambda: names(api.projects("vision"))),
)
""",
    )
    assert told["all"] == ["a"]
    assert told["collections"] == ["a0", "a1", "a2"]
    assert told["b"] == []
    _name, entity, hidden_project = told["sources"][0]
    assert entity.startswith("hidden-")
    assert hidden_project.startswith("hidden-")
    assert told["sources"] == [
        [name, entity, hidden_project] for name in ("a1:v1", "a1:v0", "a2:v1", "a2:v0")
    ]
    assert "no entity 'vision' that you may see" in told["team"]


def test_projects_types_collections_and_artifacts(sdk, bob, shelf, project):
    data = factories.make_collection(project, "data", "dataset")
    factories.make_version(data, by=bob).tags.create(name="raw")
    factories.make_collection(project, "broken", "dataset")  # its log failed
    told = sdk(
        bob,
        NAMES
        + """
import subprocess
where, model = "vision/iris", "vision/iris/iris-model"
types = {kind.name: kind for kind in api.artifact_types(where)}
tell(
    types=sorted(types), one=api.artifact_type("model", where).name,
    of_registry=names(api.artifact_types("Acme/wandb-registry-a")),
    collections=names(api.artifact_collections(where, "dataset")),
    ordered=names(types["model"].collections(order="-name")),
    filtered=names(types["model"].collections(filters={"name": {"$contains": "iris"}})),
    none=names(types["model"].collections(filters={"tag": "nope"})),
    total=len(types["dataset"].collections()),
    linked=names(api.artifact_collections("Acme/wandb-registry-a", "model", order="+name")),
    of_project=names(api.project("iris", "vision").collections(order="-name")),
)
collection = api.artifact_collection("model", model)
tell(
    versions=names(collection.artifacts()), count=len(collection.artifacts()),
    first_is_newest=next(collection.artifacts(per_page=1)).name,
    ascending=names(api.artifacts("model", model, order="+version_index", per_page=2)),
    by_size=names(api.artifacts("model", model, order="-size")),
    tagged=names(api.artifacts("model", model, tags=["t1"])),
    links=names(api.artifacts("model", "Acme/wandb-registry-a/a2")),
    aliases=[v.aliases for v in collection.artifacts()],
    walked=walk(lambda **page: api.artifacts("model", model, **page), 2),
    exists=[
        api.artifact_exists(model + ":v1"), api.artifact_exists(model + ":v9"),
        api.artifact_exists("Acme/wandb-registry-a/a1:best"),
        api.artifact_exists("Acme/wandb-registry-b/b1:v0"),
        api.artifact_collection_exists(model, "model"),
        api.artifact_collection_exists(model, "dataset"),
        api.artifact_collection_exists("Acme/wandb-registry-a/a1", "model"),
        api.artifact_collection_exists("vision/iris/nope", "model"),
    ],
    projects=names(api.projects("vision")), own=names(api.projects("bob")),
    project=api.project("iris", entity="vision").name,
    nobody=refused(lambda: names(api.projects("nobody"))),
    bad_order=refused(lambda: names(api.artifacts("model", model, order="-nope"))),
)
command = [sys.executable, "-m", "wandb", "artifact", "ls", where]
environment = os.environ | {"WANDB_SILENT": "false"}
done = subprocess.run(command, env=environment, capture_output=True, text=True)
tell(ls=done.stdout + done.stderr, code=done.returncode)
""",
    )
    assert told["types"] == ["dataset", "model"]
    assert told["one"] == "model"
    assert told["of_registry"] == ["model"]
    assert told["collections"] == ["data"]
    assert told["ordered"] == told["filtered"] == ["iris-model"]
    assert told["none"] == []
    assert told["total"] == 1
    assert told["linked"] == ["a0", "a1", "a2"]
    assert told["of_project"] == ["iris-model", "data"]
    assert told["versions"] == ["iris-model:v2", "iris-model:v1", "iris-model:v0"]
    assert told["count"] == 3
    assert told["first_is_newest"] == "iris-model:v2"
    assert told["ascending"] == told["versions"][::-1]
    assert told["by_size"] == ["iris-model:v0", "iris-model:v2", "iris-model:v1"]
    assert told["tagged"] == ["iris-model:v1"]
    assert told["links"] == ["a2:v1", "a2:v0"]
    assert told["aliases"] == [["latest"], [], []]
    assert told["walked"] == told["versions"]
    assert told["exists"] == [True, False, True, False, True, False, True, False]
    assert (told["projects"], told["own"], told["project"]) == (["iris"], [], "iris")
    assert "no entity 'nobody'" in told["nobody"]
    assert "no order by 'nope' here; there are: version_index" in told["bad_order"]
    assert told["code"] == 0, told["ls"]
    assert "iris-model:v2" in told["ls"]
    assert "data:v0" in told["ls"]
    assert "(no versions)" not in told["ls"]
