"""scripts/bench growth: the same work on a collection of 100, 10,000 and 100,000 versions."""

from pathlib import Path
from typing import Any

from scripts.benchmarks.peers import cairn
from scripts.benchmarks.peers.peers import keep
from scripts.benchmarks.peers.rounds import Asked, in_turns, target_of
from scripts.serving import Server

SIZES = (100, 10_000, 100_000)


def run(server: Server, key: str, session: str, folder: Path) -> None:
    """Print p50 by 1 client at each size, and the last beside the first."""
    seed = cairn.Seed()
    pool = seed.fill_pool()
    figures: list[dict[str, Any]] = []
    for size in SIZES:
        seed.grow(size)
        seed.name_champion()
        cairn.analyze()
        for name, asked in works_of(seed, pool, size, key, session).items():
            summary = in_turns({"Cairn": target_of(server.port, asked)}, clients=1)["Cairn"]
            figures.append({"work": name, "clients": 1, "size": size, "Cairn": summary.as_json()})
            if summary.errors:
                print(f"{name} at {size:,}: {summary.failure}")
    print_table(figures)
    keep(folder / "growth.json", figures)


def works_of(
    seed: cairn.Seed, pool: list[str], size: int, key: str, session: str
) -> dict[str, Asked]:
    """Return the work at this size; links go to a collection that has so many members, too."""
    api, pages = cairn.Api(key), cairn.Pages(session)
    shelf = seed.make_collections(seed.linked_place, [f"grown{size}-0-0"])[0]
    seed.link(shelf, list(seed.source.versions.values_list("pk", flat=True)))
    names = ("source collection", "registry collection", "version", "home")
    return {
        "link": api.link(pool, f"grown{size}"),
        "set alias": api.set_alias(seed.versions()),
        "get by alias": api.get_by_alias(),
        "list 50": api.list_versions(),
        **{f"page: {name}": pages.asked(name) for name in names},
    }


def print_table(figures: list[dict[str, Any]]) -> None:
    p50 = {(each["work"], each["size"]): each["Cairn"]["p50"] for each in figures}
    print(f"{'p50 ms at':28}", *(f"{size:>9,}" for size in SIZES), f"{'last/first':>10}")
    for name in dict.fromkeys(each["work"] for each in figures):
        row = [p50[name, size] for size in SIZES]
        ratio = row[-1] / row[0] if row[0] else 0
        print(f"{name:28}", *(f"{ms:9.1f}" for ms in row), f"{ratio:10.2f}")
