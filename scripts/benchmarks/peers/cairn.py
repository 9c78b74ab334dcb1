"""What Cairn is asked, and the rows for it: one source, all of it linked, and many collections."""

import base64
from collections.abc import Callable
from typing import Any

from scripts.benchmarks.peers.client import request
from scripts.benchmarks.peers.rounds import Asked

COLLECTIONS = 1_000  # beside each other in one registry
POOL = 20_000  # versions that wait to be linked
ALIASES = 50  # that move from version to version
ORGANIZATION, ENTITY, REGISTRY = "Bloom Labs", "bloom", "wandb-registry-model"
TEAM, PROJECT, TYPE = "flowers", "bench", "model"
BIG, CHAMPION = "big", "champion"


class Seed:
    """Makes rows by bulk inserts, as the operations would leave them."""

    def __init__(self) -> None:
        from artifacts.models import ArtifactType, Project
        from registry_site.accounts.models import Entity

        project = Project.objects.create(entity=Entity.objects.get(name=TEAM), name=PROJECT)
        registry = Project.objects.get(entity__name=ENTITY, name=REGISTRY)
        source_type = ArtifactType.objects.create(project=project, name=TYPE)
        linked_type, _ = ArtifactType.objects.get_or_create(project=registry, name=TYPE)
        self.source_place = {"project": project, "artifact_type": source_type, "kind": "sequence"}
        self.linked_place = {
            "project": registry,
            "artifact_type": linked_type,
            "kind": "portfolio",
        }
        self.source, self.linked = (
            self.make_collections(place, [BIG])[0]
            for place in (self.source_place, self.linked_place)
        )

    def make_collections(self, place: dict[str, Any], names: list[str]) -> list[Any]:
        from artifacts.models import Collection

        return Collection.objects.bulk_create(Collection(name=name, **place) for name in names)

    def grow(self, size: int) -> None:
        """Log so many versions to the source, and link each of them to one collection."""
        versions = self.log(self.source, size)
        self.link(self.linked, versions)

    def log(self, source: Any, size: int) -> list[int]:
        """Make the sequence that long; return the keys of the versions that came."""
        from artifacts.models import Version

        first = source.next_index
        made = Version.objects.bulk_create(
            (
                Version(sequence=source, state="COMMITTED", version_index=n, digest=f"{n:032x}")
                for n in range(first, size)
            ),
            batch_size=5_000,
        )
        keys = [version.pk for version in made]
        self.link(source, keys)
        return keys

    def link(self, collection: Any, versions: list[int]) -> None:
        """Make these versions the next members of a collection."""
        from artifacts.models import Membership

        first = collection.next_index
        Membership.objects.bulk_create(
            (
                Membership(collection=collection, version_id=version, index=first + n)
                for n, version in enumerate(versions)
            ),
            batch_size=5_000,
        )
        collection.next_index = collection.version_count = first + len(versions)
        collection.save(update_fields=["next_index", "version_count"])

    def name_champion(self) -> None:
        """Give the newest version an alias, in the source and in the registry."""
        from artifacts.models import Alias

        for collection in (self.source, self.linked):
            newest = collection.memberships.latest("index")
            Alias.objects.update_or_create(
                collection=collection, name=CHAMPION, defaults={"membership": newest}
            )

    def fill_shelves(self) -> None:
        """Make the collections among which a search finds a tenth."""
        shelves = self.make_collections(
            self.linked_place, [f"seed{number:04}" for number in range(COLLECTIONS)]
        )
        version = self.source.memberships.earliest("index").version_id
        for shelf in shelves:
            self.link(shelf, [version])

    def fill_pool(self) -> list[str]:
        """Return the ids of versions that are linked nowhere."""
        from registry_site.texts.ids import encode_id

        pool = self.make_collections(self.source_place, ["pool"])[0]
        return [encode_id("Artifact", key) for key in self.log(pool, POOL)]

    def versions(self) -> list[str]:
        """Return the ids of the source's versions."""
        from registry_site.texts.ids import encode_id

        keys = self.source.versions.order_by("version_index").values_list("pk", flat=True)
        return [encode_id("Artifact", key) for key in keys]


def analyze() -> None:
    """Let the database look at the new rows, as it does by itself after a while."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


class Api:
    """Makes requests with the SDK's own documents."""

    def __init__(self, key: str) -> None:
        credentials = base64.b64encode(f"api:{key}".encode()).decode()
        self.headers = {"Authorization": f"Basic {credentials}"}

    def asked(self, name: str, variables: Callable[[int], dict[str, Any]], expected: str) -> Asked:
        from wandb.sdk.artifacts._generated import operations

        text = getattr(operations, f"{name}_GQL")

        def make(number: int) -> bytes:
            body = {"query": text, "variables": variables(number) | {"includeAliases": True}}
            return request("POST", "/graphql", self.headers, body)

        return Asked(make, expected.encode())

    def link(self, pool: list[str], name: str, shelves: int = 1) -> Asked:
        """Link another version each time, to one collection or to several in turn."""

        def variables(number: int) -> dict[str, Any]:
            turn, shelf = divmod(number, shelves)
            lap, index = divmod(turn, len(pool))
            where = {"entityName": ENTITY, "projectName": REGISTRY}
            shelf_name = f"{name}-{lap}-{shelf}"
            return {
                "input": {**where, "artifactID": pool[index], "artifactPortfolioName": shelf_name}
            }

        return self.asked("LINK_ARTIFACT", variables, '"versionIndex"')

    def set_alias(self, versions: list[str]) -> Asked:
        def variables(number: int) -> dict[str, Any]:
            where = {"entityName": TEAM, "projectName": PROJECT, "artifactCollectionName": BIG}
            alias = {**where, "alias": f"moving{number % ALIASES}"}
            return {"input": {"artifactID": versions[number % len(versions)], "aliases": [alias]}}

        return self.asked("ADD_ALIASES", variables, '"success":true')

    def get_by_alias(self) -> Asked:
        path = {"entity": ENTITY, "project": REGISTRY, "name": f"{BIG}:{CHAMPION}"}
        return self.asked("ARTIFACT_MEMBERSHIP_BY_NAME", lambda _number: path, '"versionIndex"')

    def list_versions(self) -> Asked:
        listed = {"entity": TEAM, "project": PROJECT, "type": TYPE, "collection": BIG}
        page = {**listed, "perPage": 50}
        return self.asked("PROJECT_ARTIFACTS", lambda _number: page, '"versionIndex"')


class Pages:
    """Asks for pages as a browser of somebody who is logged in does."""

    def __init__(self, session: str) -> None:
        self.headers = {"Cookie": f"sessionid={session}"}
        registry = f"/orgs/{ORGANIZATION.replace(' ', '%20')}/registry"
        self.addresses = {
            "source collection": f"/{TEAM}/{PROJECT}/artifacts/{TYPE}/{BIG}",
            "registry collection": f"{registry}/{TYPE}/{BIG}",
            "version": f"{registry}/{TYPE}/{BIG}/{CHAMPION}",
            "home": "/",
            "search": f"{registry}/-/search?q=seed05",
        }

    def asked(self, name: str) -> Asked:
        content = request("GET", self.addresses[name], self.headers)
        return Asked(lambda _number: content, b"</html>")
