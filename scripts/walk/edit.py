"""Steps that change versions, collections and links."""

from scripts.walk.kit import ORG_ENTITY, PROJECT, TARGET, api, find, need, step


@step("save aliases")
def save_aliases() -> None:
    for name in (f"{PROJECT}/weights:v1", f"{TARGET}:v1"):
        found = find(name)
        found.aliases += ["one", "two"]
        found.save()
        found = find(name)
        found.aliases.remove("one")
        found.save()
        aliases = find(name).aliases
        need((True, False), ("two" in aliases, "one" in aliases))
    moved = find(f"{TARGET}:v2")
    moved.aliases.append("two")
    moved.save()
    need("v2", find(f"{TARGET}:two").version)


@step("save tags")
def save_tags() -> None:
    found = find(f"{PROJECT}/weights:v0")
    found.tags = ["blue", "deep sea"]
    found.save()
    need(["blue", "deep sea"], sorted(find(f"{TARGET}:v1").tags))


@step("save description and metadata")
def save_description() -> None:
    found = find(f"{TARGET}:v1")
    found.description = "other words"
    found.metadata["more"] = {"k": [1]}
    found.save()
    found = find(f"{PROJECT}/weights:v0")
    need(("other words", {"k": [1]}), (found.description, found.metadata["more"]))


@step("save time to live")
def save_ttl() -> None:
    import datetime

    found = find(f"{PROJECT}/mixed:v0")  # not linked: what is linked has none
    found.ttl = datetime.timedelta(days=3)
    found.save()
    need(datetime.timedelta(days=3), find(f"{PROJECT}/mixed:v0").ttl)
    found.ttl = None
    found.save()
    need(None, find(f"{PROJECT}/mixed:v0").ttl)


@step("collection: tags and description")
def collection_tags() -> None:
    for path in (f"{ORG_ENTITY}/{TARGET}", f"{PROJECT}/weights"):
        found = api().artifact_collection("model", path)
        found.tags = ["red", "green"]
        found.description = "a card"
        found.save()
        found = api().artifact_collection("model", path)
        need((["green", "red"], "a card"), (sorted(found.tags), found.description))
        found.tags = ["red"]
        found.save()
        need(["red"], list(api().artifact_collection("model", path).tags))


@step("collection: aliases")
def collection_aliases() -> None:
    aliases = set(api().artifact_collection("model", f"{ORG_ENTITY}/{TARGET}").aliases)
    need({"latest", "newer", "older", "good", "x y", "two"}, aliases)


@step("collection: rename and move to a type")
def collection_rename() -> None:
    found = api().artifact_collection("model", f"{PROJECT}/unlogged")
    found.name = "renamed"
    found.save()
    need("renamed:v0", find(f"{PROJECT}/renamed:v0").name)
    found = api().artifact_collection("dataset", f"{PROJECT}/pointing")
    found.type = "pointer"
    found.save()
    need("pointer", find(f"{PROJECT}/pointing:v0").type)
