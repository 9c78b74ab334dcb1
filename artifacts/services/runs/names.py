"""Names for runs without one: two words and a number."""

import secrets

_FIRST = [
    "amber",
    "autumn",
    "brave",
    "bright",
    "calm",
    "clear",
    "cosmic",
    "crimson",
    "eager",
    "fresh",
    "gentle",
    "golden",
    "happy",
    "jolly",
    "kind",
    "lively",
    "lunar",
    "misty",
    "noble",
    "polar",
    "quiet",
    "rapid",
    "silver",
    "smooth",
    "solar",
    "sunny",
    "swift",
    "vivid",
    "warm",
    "wise",
]
_SECOND = [
    "aurora", "beacon", "birch", "breeze", "brook", "canyon", "cedar", "cloud", "comet", "coral",
    "dawn", "delta", "dune", "ember", "falcon", "fern", "fjord", "forest", "grove", "harbor",
    "heron", "island", "lake", "maple", "meadow", "ocean", "pine", "reef", "river", "tide",
]  # fmt: skip


def invent_name(number: int) -> str:
    """Return a random name with this number, like `brave-river-7`."""
    return f"{secrets.choice(_FIRST)}-{secrets.choice(_SECOND)}-{number}"
