"""scripts/bench tail: how long the slowest reads take at half the rate that the server can do."""

import itertools
import time
from concurrent.futures import ThreadPoolExecutor

from scripts.benchmarks.peers import cairn
from scripts.benchmarks.peers.client import Connection
from scripts.benchmarks.peers.peers import VERSIONS
from scripts.benchmarks.peers.rounds import Asked, Round, Target, drive, failure_of, target_of
from scripts.serving import Server

CLIENTS = 8
TOP_SECONDS = 8
SECONDS = 60
CONNECTIONS = 16  # more than are ever busy at half the top rate


def run(server: Server, key: str, session: str) -> None:
    """Print times of reads that come at even distances, whatever became of those before."""
    seed = cairn.Seed()
    seed.grow(VERSIONS)
    seed.name_champion()
    cairn.analyze()
    target = target_of(server.port, reads(key, session))
    drive(target, CLIENTS, 1)
    top = drive(target, CLIENTS, TOP_SECONDS).per_second
    result = at_rate(target, top / 2, SECONDS)
    print(f"reads by alias, lists and pages in turn: at most {top:.0f} per s by {CLIENTS} clients")
    print(f"at {top / 2:.0f} per s for {SECONDS} s: {len(result.ms):,} answers,", end=" ")
    print(f"{len(result.failures)} errors")
    for name, share in {"p50": 0.5, "p99": 0.99, "p99.9": 0.999, "max": 1.0}.items():
        print(f"{name:>6} {result.ms_at(share):7.1f} ms")


def reads(key: str, session: str) -> Asked:
    """Take turns between what scripts and people read most."""
    api, pages = cairn.Api(key), cairn.Pages(session)
    turns = [api.get_by_alias(), api.list_versions(), api.get_by_alias(), pages.asked("version")]
    return Asked(lambda number: turns[number % len(turns)].make(number))


def at_rate(target: Target, rate: float, seconds: float) -> Round:
    """Begin requests by the clock; a late one counts from when it should have begun."""
    begun = time.perf_counter()
    turns = itertools.count()
    result = Round(seconds)

    def ask() -> None:
        connection = Connection(target.port)
        while (due := begun + next(turns) / rate) < begun + seconds:
            time.sleep(max(0, due - time.perf_counter()))
            answer = connection.ask(target.asked.make(next(target.numbers)))
            if failure := failure_of(answer, target.asked.expected):
                result.failures.append(failure)
            else:
                result.ms.append((time.perf_counter() - due) * 1000)
        connection.close()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for future in [pool.submit(ask) for _ in range(CONNECTIONS)]:
            future.result()
    result.ms.sort()
    return result
