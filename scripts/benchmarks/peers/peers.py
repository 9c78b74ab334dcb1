"""scripts/bench peers: the same work by MLflow and by Cairn, on one PostgreSQL, in turns."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from scripts.benchmarks.peers import cairn, mlflow
from scripts.benchmarks.peers.rounds import Asked, Summary, Target, in_turns, target_of
from scripts.serving import Server

VERSIONS = 10_000
BOTH = (1, 8)  # numbers of clients


class Work(NamedTuple):
    """What each server is asked, by so many clients; pages have no counterpart in MLflow."""

    name: str
    asked: dict[str, Asked]
    clients: tuple[int, ...] = BOTH


def run(server: Server, key: str, session: str, folder: Path, only: list[str]) -> None:
    """Print the table, or its lines whose names begin so, and keep the figures as JSON."""
    with contextlib.ExitStack() as stack:
        works = [each for each in pages_of(session) if is_wanted(each.name, only)]
        seed = cairn.Seed()
        seed.grow(VERSIONS)
        ports = {"Cairn": server.port}
        compared = compared_works(seed, key, session)
        if compared := [each for each in compared if is_wanted(each.name, only)]:
            environment = folder / "mlflow"
            folder.mkdir(parents=True, exist_ok=True)
            ports = {"MLflow": stack.enter_context(mlflow.serving(environment, folder)), **ports}
            mlflow.fill(VERSIONS, cairn.COLLECTIONS)
        cairn.analyze()
        figures = list(measured([*compared, *works], ports))
    keep(folder / "peers.json", figures)


def is_wanted(name: str, only: list[str]) -> bool:
    return not only or any(name.startswith(each) for each in only)


def compared_works(seed: cairn.Seed, key: str, session: str) -> list[Work]:
    """Return the work that both can do, with the rows for it."""
    seed.name_champion()
    seed.fill_shelves()
    pool, versions = seed.fill_pool(), seed.versions()
    api, pages = cairn.Api(key), cairn.Pages(session)
    links = (mlflow.link("link"), api.link(pool, "link"))
    spread = (mlflow.link(*mlflow.NAMES[1:]), api.link(pool, "spread", shelves=8))
    aliases = (mlflow.set_alias(cairn.ALIASES), api.set_alias(versions))
    both = {
        "link": (links, BOTH),
        "link, 8 collections": (spread, (8,)),
        "set alias": (aliases, BOTH),
        "get by alias": ((mlflow.get_by_alias(VERSIONS), api.get_by_alias()), BOTH),
        f"list 50 of {VERSIONS:,}": ((mlflow.list_versions(VERSIONS), api.list_versions()), BOTH),
        f"search of {cairn.COLLECTIONS:,}": ((mlflow.search(), pages.asked("search")), BOTH),
        "header": ((mlflow.header(VERSIONS), pages.asked("source collection")), (1,)),
    }
    return [
        Work(name, dict(zip(("MLflow", "Cairn"), asked, strict=True)), clients)
        for name, (asked, clients) in both.items()
    ]


def pages_of(session: str) -> list[Work]:
    pages = cairn.Pages(session)
    names = ("source collection", "registry collection", "version", "home")
    return [Work(f"page: {name}", {"Cairn": pages.asked(name)}) for name in names]


def measured(works: list[Work], ports: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """Measure one work after the other; print each line when it is there."""
    print(f"{'work':28} {'clients':>7} {'server':7} {'per s':>7} {'spread':>17}", end=" ")
    print(f"{'p50 ms':>7} {'p95 ms':>7} {'errors':>6} {'ratio':>6}", flush=True)
    for work in works:
        targets = {name: target_of(ports[name], asked) for name, asked in work.asked.items()}
        for clients in work.clients:
            yield measure(work.name, targets, clients)


def measure(name: str, targets: Mapping[str, Target], clients: int) -> dict[str, Any]:
    summaries = in_turns(targets, clients)
    first = next(iter(summaries.values()))
    for server, summary in summaries.items():
        ratio = summary.per_second / first.per_second if first.per_second else 0
        print(line_of(name, clients, server, summary), f"{ratio:6.2f}", flush=True)
        if summary.errors:
            print(f"    {summary.failure}", flush=True)
    rows = {server: summary.as_json() for server, summary in summaries.items()}
    return {"work": name, "clients": clients, **rows}


def line_of(name: str, clients: int, server: str, summary: Summary) -> str:
    spread = f"{summary.lowest:.1f}–{summary.highest:.1f}"
    return (
        f"{name:28} {clients:7} {server:7} {summary.per_second:7.1f} {spread:>17} "
        f"{summary.p50:7.1f} {summary.p95:7.1f} {summary.errors:6}"
    )


def keep(path: Path, figures: list[dict[str, Any]]) -> None:
    """Write figures as JSON; lines of the same work in an older file are replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    old = json.loads(path.read_text()) if path.exists() else []
    new = {(each["work"], each["clients"]) for each in figures}
    kept = [each for each in old if (each["work"], each["clients"]) not in new]
    path.write_text(json.dumps([*kept, *figures], indent=1, ensure_ascii=False) + "\n")
    print(f"kept in {path}")
