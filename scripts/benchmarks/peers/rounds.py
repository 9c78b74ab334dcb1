"""Rounds of requests by clients that each wait for their answer, by several servers in turns."""

import itertools
import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from scripts.benchmarks.peers.client import Answer, Connection

ROUNDS = 3
SECONDS = float(os.environ.get("BENCH_SECONDS", "2"))
WARM_UP = SECONDS / 4
MANY = 8  # clients that warm up every thread of a server
QUIET, LOOK, PATIENCE = 0.9, 0.2, 10  # share of the processors that is idle; seconds; seconds


class Asked(NamedTuple):
    """The request with this number, and a text that its answer contains unless it failed."""

    make: Callable[[int], bytes]
    expected: bytes = b""


class Target(NamedTuple):
    """A server and what it is asked; the numbers are its own and never begin anew."""

    port: int
    asked: Asked
    numbers: Iterator[int]


@dataclass
class Round:
    seconds: float
    ms: list[float] = field(default_factory=list)  # of answers that were as expected, sorted
    failures: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.ms) / self.seconds

    def ms_at(self, share: float) -> float:
        """Return the time within which this share of the answers came."""
        return self.ms[min(int(len(self.ms) * share), len(self.ms) - 1)] if self.ms else 0


@dataclass(frozen=True)
class Summary:
    """The medians of some rounds, with the lowest and highest rate; errors are their number."""

    per_second: float
    lowest: float
    highest: float
    p50: float
    p95: float
    p99: float
    errors: int
    failure: str

    @classmethod
    def of(cls, rounds: list[Round]) -> "Summary":
        rates = [each.per_second for each in rounds]
        failures = [text for each in rounds for text in each.failures]
        return cls(
            per_second=statistics.median(rates),
            lowest=min(rates),
            highest=max(rates),
            p50=statistics.median(each.ms_at(0.5) for each in rounds),
            p95=statistics.median(each.ms_at(0.95) for each in rounds),
            p99=statistics.median(each.ms_at(0.99) for each in rounds),
            errors=len(failures),
            failure=failures[0] if failures else "",
        )

    def as_json(self) -> dict[str, Any]:
        return {
            name: round(value, 2) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }


def in_turns(targets: Mapping[str, Target], clients: int) -> dict[str, Summary]:
    """Ask one server after the other, several times, so that drift of the machine hits all."""
    rounds: dict[str, list[Round]] = {name: [] for name in targets}
    for target in targets.values():
        drive(target, MANY, 2 * SECONDS)  # one client alone would meet threads that never worked
    for _ in range(ROUNDS):
        for name, target in targets.items():
            wait_until_quiet()
            drive(target, clients, WARM_UP)
            rounds[name].append(drive(target, clients, SECONDS))
    return {name: Summary.of(each) for name, each in rounds.items()}


def wait_until_quiet() -> None:
    """Wait until nobody works any more: a server may be busy long after its clients left it.

    A machine that never is quiet is measured all the same.
    """
    ends = time.monotonic() + PATIENCE
    total, idle = _processors()
    while time.monotonic() < ends:
        time.sleep(LOOK)
        last_total, last_idle = total, idle
        total, idle = _processors()
        if idle - last_idle >= QUIET * (total - last_total):
            return


def _processors() -> tuple[int, int]:
    """Return the ticks that all processors have counted, and those of them that were idle."""
    ticks = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return sum(ticks), ticks[3] + ticks[4]


def drive(target: Target, clients: int, seconds: float) -> Round:
    """Let so many clients ask for so long."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        parts = list(pool.map(_ask_until, [target] * clients, [begun + seconds] * clients))
    total = Round(time.perf_counter() - begun)
    for part in parts:
        total.ms += part.ms
        total.failures += part.failures
    total.ms.sort()
    return total


def _ask_until(target: Target, ends: float) -> Round:
    result = Round(0)
    connection = Connection(target.port)
    while time.perf_counter() < ends:
        content = target.asked.make(next(target.numbers))
        begun = time.perf_counter()
        answer = connection.ask(content)
        ms = (time.perf_counter() - begun) * 1000
        if failure := failure_of(answer, target.asked.expected):
            result.failures.append(failure)
        else:
            result.ms.append(ms)
    connection.close()
    return result


def failure_of(answer: Answer, expected: bytes) -> str:
    """Return what was answered instead, or ""; GraphQL says 200 with a refusal inside."""
    if 200 <= answer.status < 300 and expected in answer.body:
        return ""
    return f"{answer.status} {answer.body[:160].decode(errors='replace')}"


def target_of(port: int, asked: Asked) -> Target:
    return Target(port, asked, itertools.count())
