"""Steps that change versions, collections and links."""

from scripts.walk.kit import ORG_ENTITY, PROJECT, TARGET, api, find, need, step


@step("save aliases")
def save_aliases() -> None:
    for name in (f"{PROJECT}/weights:v1", f"{TARGET}:v1"):
        version = find(name)
        version.aliases += ["one", "two"]
        version.save()
        version = find(name)
        version.aliases.remove("one")
        version.save()
        aliases = find(name).aliases
        need((True, False), ("two" in aliases, "one" in aliases))
    moved = find(f"{TARGET}:v2")
    moved.aliases.append("two")
    moved.save()
    need("v2", find(f"{TARGET}:two").version)


@step("save tags")
def save_tags() -> None:
    version = find(f"{PROJECT}/weights:v0")
    version.tags = ["blue", "deep sea"]
    version.save()
    need(["blue", "deep sea"], sorted(find(f"{TARGET}:v1").tags))


@step("save description and metadata")
def save_description() -> None:
    version = find(f"{TARGET}:v1")
    version.description = "other words"
    version.metadata["more"] = {"k": [1]}
    version.save()
    version = find(f"{PROJECT}/weights:v0")
    need(("other words", {"k": [1]}), (version.description, version.metadata["more"]))


@step("save time to live")
def save_ttl() -> None:
    import datetime

    version = find(f"{PROJECT}/mixed:v0")  # not linked: linked versions have no TTL
    version.ttl = datetime.timedelta(days=3)
    version.save()
    need(datetime.timedelta(days=3), find(f"{PROJECT}/mixed:v0").ttl)
    version.ttl = None
    version.save()
    need(None, find(f"{PROJECT}/mixed:v0").ttl)


@step("collection: tags and description")
def collection_tags() -> None:
    for path in (f"{ORG_ENTITY}/{TARGET}", f"{PROJECT}/weights"):
        collection = api().artifact_collection("model", path)
        collection.tags = ["red", "green"]
        collection.description = "a card"
        collection.save()
        collection = api().artifact_collection("model", path)
        need((["green", "red"], "a card"), (sorted(collection.tags), collection.description))
        collection.tags = ["red"]
        collection.save()
        need(["red"], list(api().artifact_collection("model", path).tags))


@step("collection: aliases")
def collection_aliases() -> None:
    aliases = set(api().artifact_collection("model", f"{ORG_ENTITY}/{TARGET}").aliases)
    need({"latest", "newer", "older", "good", "x y", "two"}, aliases)


@step("collection: rename and move to a type")
def collection_rename() -> None:
    collection = api().artifact_collection("model", f"{PROJECT}/unlogged")
    collection.name = "renamed"
    collection.save()
    need("renamed:v0", find(f"{PROJECT}/renamed:v0").name)
    collection = api().artifact_collection("dataset", f"{PROJECT}/pointing")
    collection.type = "pointer"
    collection.save()
    need("pointer", find(f"{PROJECT}/pointing:v0").type)
