"""Two texts compared by lines or rows, with a bound on the work.

`difflib` looks for the longest run that both texts have, then left and right of it, which takes
cubic time with a hostile text. Here each search is charged with the most lines that it can look
at. Once the work is spent, the rest counts as replaced: a true difference, but not the shortest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from itertools import accumulate, islice
from typing import Any

MOST_WORK = 2_000_000  # lines looked at, which takes a second or two
CONTEXT = 3  # lines around a difference
MOST_SHOWN = 2_000  # lines of the difference
MOST_WIDTH = 500  # characters of one line

Opcode = tuple[str, int, int, int, int]  # tag, begin and end in the base, and in the other
Pair = tuple[int | None, int | None]  # numbers in the base and in the other


@dataclass(frozen=True)
class Line:
    """One line: `sign` is "+", "−" or ""; the number is None on a side without it."""

    sign: str
    base_number: int | None
    other_number: int | None
    text: str
    note: str = ""  # "no newline" at the end of a file, "CRLF" where lines end so


@dataclass(frozen=True)
class TextDifference:
    """Groups of lines around the differences; `hidden` counts the lines left out."""

    hunks: list[list[Line]]
    added: int
    removed: int
    hidden: int
    is_rough: bool  # the work was cut short: moved lines may show as removed and added


class Matcher(SequenceMatcher):
    """A SequenceMatcher that stops searching once its work is spent."""

    def __init__(self, base: Sequence[Any], other: Sequence[Any], work: int) -> None:
        super().__init__(None, base, other, autojunk=False)
        lines_of: dict[Any, list[int]] = self.b2j  # type: ignore[attr-defined]
        self.end = len(base)
        self.costs = list(accumulate((1 + len(lines_of.get(line, ())) for line in base), initial=0))
        self.left = work

    @property
    def is_spent(self) -> bool:
        return self.left < 0

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Match:
        """Return the longest run that both ranges have; an empty one once all work is spent."""
        end = self.end if ahi is None else ahi
        self.left -= self.costs[end] - self.costs[alo]
        if self.is_spent:
            return Match(alo, blo, 0)
        return super().find_longest_match(alo, ahi, blo, bhi)


def opcodes_of(
    base: Sequence[Any], other: Sequence[Any], work: int | None = None
) -> tuple[list[Opcode], bool]:
    """Return difflib's opcodes, and whether the work was cut short.

    `work` is the most lines to look at, by default MOST_WORK. The common beginning and end are
    cut off first: mostly there is little between them.
    """
    head, most = 0, min(len(base), len(other))
    while head < most and base[head] == other[head]:
        head += 1
    tail = 0
    while tail < most - head and base[-1 - tail] == other[-1 - tail]:
        tail += 1
    ends = len(base) - tail, len(other) - tail
    matcher = Matcher(base[head : ends[0]], other[head : ends[1]], work or MOST_WORK)
    codes = [("equal", 0, head, 0, head)] if head else []
    codes += [
        (tag, a1 + head, a2 + head, b1 + head, b2 + head)
        for tag, a1, a2, b1, b2 in matcher.get_opcodes()
    ]
    if tail:
        codes.append(("equal", ends[0], len(base), ends[1], len(other)))
    return codes, matcher.is_spent


def pairs_of(tag: str, a1: int, a2: int, b1: int, b2: int) -> list[Pair]:
    """Return the pairs of one opcode; replaced lines are paired as far as both sides have some."""
    both = min(a2 - a1, b2 - b1)
    pairs: list[Pair] = [(a1 + number, b1 + number) for number in range(both)]
    pairs += [(number, None) for number in range(a1 + both, a2)]
    return pairs + [(None, number) for number in range(b1 + both, b2)]


def compare_texts(base: str, other: str) -> TextDifference:
    """Return the lines that differ, in groups, as `diff -u` would."""
    sides = _lines(base), _lines(other)
    codes, is_rough = opcodes_of(*sides)
    hunks: list[list[Line]] = []
    hidden, room = 0, MOST_SHOWN
    for group in _grouped(codes):
        hunk = list(islice(_hunk(group, *sides), room))
        hidden += sum(_length(code) for code in group) - len(hunk)
        room -= len(hunk)
        if hunk:
            hunks.append(hunk)
    changed = [code for code in codes if code[0] != "equal"]
    return TextDifference(
        hunks,
        added=sum(b2 - b1 for _tag, _a1, _a2, b1, b2 in changed),
        removed=sum(a2 - a1 for _tag, a1, a2, _b1, _b2 in changed),
        hidden=hidden,
        is_rough=is_rough,
    )


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    last = lines.pop()
    return [*(f"{line}\n" for line in lines), *([last] if last else [])]


def _grouped(codes: list[Opcode]) -> list[list[Opcode]]:
    """Return groups of differences with a few equal lines around; distant ones are parted."""
    groups: list[list[Opcode]] = []
    group: list[Opcode] = []
    for number, (tag, a1, a2, b1, b2) in enumerate(codes):
        if tag != "equal":
            group.append((tag, a1, a2, b1, b2))
            continue
        before = CONTEXT if number else 0
        after = CONTEXT if number < len(codes) - 1 else 0
        if a2 - a1 <= before + after:
            group.append((tag, a1, a2, b1, b2))
            continue
        if group:
            group.append((tag, a1, a1 + before, b1, b1 + before))
            groups.append(group)
        group = [(tag, a2 - after, a2, b2 - after, b2)]
    if any(code[0] != "equal" for code in group):
        groups.append(group)
    return groups


def _length(code: Opcode) -> int:
    tag, a1, a2, b1, b2 = code
    return a2 - a1 if tag == "equal" else a2 - a1 + b2 - b1


def _hunk(group: list[Opcode], base: list[str], other: list[str]) -> Iterator[Line]:
    for tag, a1, a2, b1, b2 in group:
        if tag == "equal":
            for number in range(a2 - a1):
                yield _line("", a1 + number + 1, b1 + number + 1, base[a1 + number])
            continue
        for number in range(a1, a2):
            yield _line("−", number + 1, None, base[number])
        for number in range(b1, b2):
            yield _line("+", None, number + 1, other[number])


def _line(sign: str, base_number: int | None, other_number: int | None, text: str) -> Line:
    note = "" if text.endswith("\n") else "no newline"
    text = text.removesuffix("\n")
    if sign and text.endswith("\r"):
        note = "CRLF"
    text = text.removesuffix("\r")
    text_cut = text if len(text) <= MOST_WIDTH else f"{text[:MOST_WIDTH]}…"
    return Line(sign, base_number, other_number, text_cut, note)
