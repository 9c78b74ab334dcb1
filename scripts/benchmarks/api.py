"""scripts/bench api: how fast the server runs the operations that a team's scripts send most."""

import base64
import itertools
import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from scripts.serving import Answer, Server


def run(server: Server, key: str, seconds: float = 4) -> None:
    """Print the operations per second of 1 and of 8 clients over connections that stay open."""
    operations = operations_on(versions=10_000)
    key = base64.b64encode(f"api:{key}".encode()).decode()
    headers = {"Authorization": f"Basic {key}", "Content-Type": "application/json"}
    print(f"{'clients':>7} {'per s':>7} {'p50 ms':>7} {'p95 ms':>7} {'queries':>7}")
    for name, operation in operations.items():
        for clients in (1, 8):
            ends = time.perf_counter() + seconds
            with ThreadPoolExecutor(clients) as pool:
                each = [
                    pool.submit(ask_until, ends, server, headers, operation) for _ in range(clients)
                ]
                answers = [answer for found in each for answer in found.result()]
            ms = sorted(answer.ms for answer in answers)
            print(
                f"{clients:7} {len(ms) / seconds:7.1f} {ms[len(ms) // 2]:7.1f}",
                f"{ms[len(ms) * 95 // 100]:7.1f} {answers[-1].queries:7}  {name}",
            )


def ask_until(
    ends: float, server: Server, headers: dict[str, str], operation: Callable[[], dict[str, Any]]
) -> list[Answer]:
    post, answers = server.client(**headers), []
    while time.perf_counter() < ends:
        answer = post("/graphql", json.dumps(operation()).encode())
        if answer.status != 200:
            sys.exit(answer.body.decode())
        answers.append(answer)
    return answers


def operations_on(versions: int) -> dict[str, Callable[[], dict[str, Any]]]:
    """Return functions that make requests on a collection of so many versions."""
    from wandb.sdk.artifacts._generated import operations as sdk_operations

    from artifacts.models import Collection, Membership, Version
    from registry_site.texts.ids import encode_id

    source = Collection.objects.filter(project__entity__name="flowers", kind="sequence")[0]
    source.next_index, source.version_count, first = versions, versions, source.next_index
    Version.objects.bulk_create(
        Version(sequence=source, state="COMMITTED", version_index=n, digest=f"{n:032x}")
        for n in range(first, versions)
    )
    made = Version.objects.filter(sequence=source).order_by("pk")
    Membership.objects.bulk_create(
        Membership(collection=source, version=version, index=version.version_index)
        for version in made.filter(version_index__gte=first)
    )
    source.save(update_fields=["next_index", "version_count"])
    ids = itertools.cycle(encode_id("Artifact", pk) for pk in made.values_list("pk", flat=True))
    where = {"entityName": "flowers", "projectName": source.project.name}
    path = {"entity": "flowers", "project": source.project.name}
    alias = {**where, "artifactCollectionName": source.name, "alias": "moving"}
    target = {"entityName": "bloom", "projectName": f"wandb-registry-{source.artifact_type}"}
    listed = {**path, "type": source.artifact_type.name, "collection": source.name}
    numbers = itertools.count()

    def link() -> dict[str, Any]:
        name = f"bench-{next(numbers) // versions}"
        return {"input": {**target, "artifactID": next(ids), "artifactPortfolioName": name}}

    requests: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
        "link": ("LINK_ARTIFACT", link),
        "set alias": (
            "ADD_ALIASES",
            lambda: {"input": {"artifactID": next(ids), "aliases": [alias]}},
        ),
        "get by alias": (
            "ARTIFACT_MEMBERSHIP_BY_NAME",
            lambda: {**path, "name": f"{source.name}:moving"},
        ),
        "list 50 of 10,000": (
            "PROJECT_ARTIFACTS",
            lambda: {**listed, "perPage": 50, "includeAliases": True},
        ),
    }
    return {name: asking(sdk_operations, *given) for name, given in requests.items()}


def asking(
    documents: Any, name: str, variables: Callable[[], dict[str, Any]]
) -> Callable[[], dict[str, Any]]:
    """Return a function that makes the body of a request with one of the SDK's documents."""
    text = getattr(documents, f"{name}_GQL")
    return lambda: {"query": text, "variables": variables() | {"includeAliases": True}}
