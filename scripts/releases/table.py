"""The table of what scripts/compat observed, and the known reasons of failures."""

import re
from dataclasses import dataclass

from scripts.releases.releases import number_of, series_of


@dataclass(frozen=True)
class StepResult:
    """The outcome of a step of the walk with one release: ok, failed or absent."""

    step: str
    outcome: str
    text: str = ""
    seconds: float = 0


@dataclass(frozen=True)
class Reason:
    """Why releases fail at steps although the server does its part."""

    first: str  # series
    last: str
    step: str  # a regular expression, like `text`
    text: str
    works: str  # what works, in the words of docs/sdk.md
    since: str


# What came to the SDK after 0.19, by the step's name, and the first series with it.
SINCE = {
    "members of a registry": "0.23",
    "set a run's state": "0.24",
    "list a project's collections": "0.25",
    "ask for an organization": "0.28",
    "read when it was linked": "0.29",
}

REASONS = [
    # These link by their Go part, and don't look at its answer: the call returns None.
    Reason(
        first="0.19",
        last="0.20",
        step="refused: (unknown|type|from)",
        text="^printed, but not raised",
        works="a refused link raises an error",
        since="0.21; until then it is only printed",
    ),
    # The property writes to a model that it declares frozen.
    Reason(
        first="0.23",
        last="0.23",
        step="collection: aliases",
        text="aliases Field is frozen",
        works="read a collection's aliases",
        since="0.19, but for 0.23",
    ),
]


def print_table(walks: dict[str, list[StepResult]]) -> int:
    """Print a line for each step, a column for each release, then each failure's sentence.

    Returns the number of gaps: failures without a known reason.
    """
    steps = dict.fromkeys(result.step for walk in walks.values() for result in walk)
    cells = {
        (release, result.step): cell(release, result)
        for release, walk in walks.items()
        for result in walk
    }
    print("\n" + " " * 40 + "".join(f"{series_of(release):>6}" for release in walks))
    for step in steps:
        row = "".join(f"{cells.get((release, step), ''):>6}" for release in walks)
        print(f"{step:40}{row}")
    print("\n-: not in this release   known: the release's own fault   GAP: ours")
    for release, walk in walks.items():
        for result in walk:
            if cells[release, result.step] in ("known", "GAP"):
                print(describe(release, result))
    return sum(text == "GAP" for text in cells.values())


def describe(release: str, result: StepResult) -> str:
    """Return the sentence of a failure, with its reason."""
    reason = reason_for(release, result)
    why = f" [{reason.works}: since {reason.since}]" if reason else ""
    text = result.text or "not in this release"
    return f"{cell(release, result):5} {release}, {result.step}: {text[:400]}{why}"


def gaps_in(release: str, walk: list[StepResult]) -> list[StepResult]:
    """Return the steps that should work with this release and don't."""
    return [found for found in walk if cell(release, found) == "GAP"]


def cell(release: str, result: StepResult) -> str:
    """Return what the table says of a step."""
    if result.outcome == "ok":
        return "ok"
    if result.outcome == "absent":
        since = SINCE.get(result.step)
        return "-" if since and number_of(series_of(release)) < number_of(since) else "GAP"
    return "known" if reason_for(release, result) else "GAP"


def reason_for(release: str, result: StepResult) -> Reason | None:
    """Return the known reason of a failure, None if there is none."""
    series = number_of(series_of(release))
    for reason in REASONS:
        if (
            number_of(reason.first) <= series <= number_of(reason.last)
            and re.search(reason.step, result.step)
            and re.search(reason.text, result.text)
        ):
            return reason
    return None


def rows_of_table() -> list[str]:
    """Return the rows of the table in docs/sdk.md: what works, and since which release."""
    later = [f"| {step} | {since} |" for step, since in SINCE.items()]
    return [*(f"| {reason.works} | {reason.since} |" for reason in REASONS), *later]
