import difflib
import random
import time

import pytest

from artifacts.differences import lines
from artifacts.differences.lines import MOST_SHOWN, MOST_WIDTH, Line, compare_texts, opcodes_of


def applied(base, other):
    """What the opcodes make of the base, which must be the other."""
    codes, _is_rough = opcodes_of(base, other)
    made, ends = [], (0, 0)
    for tag, a1, a2, b1, b2 in codes:
        assert (a1, b1) == ends
        ends = a2, b2
        made += base[a1:a2] if tag == "equal" else other[b1:b2]
    assert ends == (len(base), len(other))
    return made


def shown(difference):
    return [[f"{line.sign or ' '}{line.text}" for line in hunk] for hunk in difference.hunks]


def test_a_change_with_its_surroundings():
    base = "\n".join("abcdefghijklmnop") + "\n"
    difference = compare_texts(base, base.replace("e\n", "E\ne2\n").replace("o\n", ""))
    assert shown(difference) == [
        [" b", " c", " d", "−e", "+E", "+e2", " f", " g", " h"],
        [" l", " m", " n", "−o", " p"],
    ]
    assert difference.hunks[0][3:6] == [
        Line("−", 5, None, "e"),
        Line("+", None, 5, "E"),
        Line("+", None, 6, "e2"),
    ]
    assert difference.hunks[1][-1] == Line("", 16, 16, "p")
    assert (difference.added, difference.removed, difference.hidden) == (2, 2, 0)
    assert not difference.is_rough


@pytest.mark.parametrize(
    ("base", "other", "expected"),
    [
        ("", "", []),
        ("a\n", "a\n", []),
        ("", "a\n", [["+a"]]),
        ("a\n", "", [["−a"]]),
        ("a", "a\n", [["−a", "+a"]]),
        ("a\r\n", "a\n", [["−a", "+a"]]),
        ("a\n\n", "a\n", [[" a", "−"]]),
    ],
)
def test_ends_and_nothing(base, other, expected):
    assert shown(compare_texts(base, other)) == expected


def test_ends_of_lines_are_told():
    (hunk,) = compare_texts("a\r\nb", "a\nb\n").hunks
    assert [line.note for line in hunk if line.sign] == ["CRLF", "no newline", "", ""]


@pytest.mark.parametrize("seed", range(20))
def test_it_agrees_with_difflib(seed):
    chance = random.Random(seed)
    base = [chance.choice("abcdefgh") for _ in range(60)]
    other = [each for each in base if chance.random() > 0.2]
    other[5:5] = [chance.choice("xyz") for _ in range(5)]
    assert applied(base, other) == other
    ours = compare_texts("".join(f"{each}\n" for each in base), "".join(f"{e}\n" for e in other))
    theirs = list(difflib.unified_diff(base, other, lineterm="", n=3))
    assert ours.removed - ours.added == len(base) - len(other)
    assert ours.added <= 1.5 * sum(line[0] == "+" for line in theirs[2:])


HOSTILE = {
    "one line repeated": ("a\n" * 300_000, "a\n" * 299_000 + "b\n" + "a\n" * 999),
    "few lines in random order": tuple(
        "".join(random.Random(seed).choices("ab\n", k=500_000)) for seed in (1, 2)
    ),
    "every second line differs": tuple(
        "".join(f"{n}\n{side}{n}\n" for n in range(60_000)) for side in "xy"
    ),
    "the same backwards": tuple(
        "".join(f"{n}\n" for n in order) for order in (range(100_000), range(100_000, 0, -1))
    ),
    "blocks that moved": tuple(
        "".join(f"{n % 317}\n" for n in range(start, start + 200_000)) for start in (0, 150)
    ),
    "one long line": ("x" * 1_000_000, "x" * 999_999 + "y"),
    "nothing in common": ("a\n" * 500_000, "b\n" * 500_000),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_end_soon(name):
    base, other = HOSTILE[name]
    begun = time.process_time()
    difference = compare_texts(base, other)
    assert time.process_time() - begun < 10  # about one second on a quiet machine
    assert difference.hunks
    assert sum(map(len, difference.hunks)) <= MOST_SHOWN
    assert all(len(line.text) <= MOST_WIDTH + 1 for hunk in difference.hunks for line in hunk)


def test_spent_work_leaves_a_true_difference(monkeypatch):
    monkeypatch.setattr(lines, "MOST_WORK", 50)
    base = [str(n % 7) for n in range(200)]
    other = [str(n % 5) for n in range(200)]
    assert applied(base, other) == other
    assert opcodes_of(base, other)[1]


def test_what_is_not_shown_is_counted():
    difference = compare_texts("", "a\n" * (MOST_SHOWN + 5))
    assert difference.added == MOST_SHOWN + 5
    assert difference.hidden == 5
