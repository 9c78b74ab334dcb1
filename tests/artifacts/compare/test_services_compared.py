"""Two manifests beside each other, on both databases."""

import pytest

from artifacts.models import ManifestEntry, Version
from artifacts.reads.compared import DIFFERENT, ComparedManifests, ComparedPath, State, Total
from tests import factories

ALL = set(State)


@pytest.fixture
def base(sequence):
    files = {"a/kept": b"1", "b/changed": b"22", "c/gone": b"333", "C/Gone": b"4444"}
    return factories.make_version(sequence, files=files)


@pytest.fixture
def other(sequence, base):
    files = {"a/kept": b"1", "b/changed": b"new", "d/new%": b"55555", "z": b""}
    return factories.make_version(sequence, files=files)


def add_reference(version, path, ref, digest="etag", size=0):
    ManifestEntry.objects.create(version=version, path=path, ref=ref, digest=digest, size=size)


def states(base, other, **options):
    return {row.path: row.state for row in ComparedManifests(base, other).all(ALL, **options)}


def test_states_counts_and_bytes(base, other):
    compared = ComparedManifests(base, other)
    assert list(compared.all(ALL)) == [
        ComparedPath("C/Gone", State.REMOVED, 4, None, "", ""),
        ComparedPath("a/kept", State.SAME, 1, 1, "", ""),
        ComparedPath("b/changed", State.CHANGED, 2, 3, "", ""),
        ComparedPath("c/gone", State.REMOVED, 3, None, "", ""),
        ComparedPath("d/new%", State.ADDED, None, 5, "", ""),
        ComparedPath("z", State.ADDED, None, 0, "", ""),
    ]
    assert compared.totals() == {
        State.ADDED: Total(2, 0, 5),
        State.REMOVED: Total(2, 7, 0),
        State.CHANGED: Total(1, 2, 3),
        State.SAME: Total(1, 1, 1),
    }


def test_the_other_way_round(base, other):
    turned = {State.ADDED: State.REMOVED, State.REMOVED: State.ADDED}
    forth, back = states(base, other), states(other, base)
    assert back == {path: turned.get(state, state) for path, state in forth.items()}


def test_only_some_states(base, other):
    compared = ComparedManifests(base, other)
    for state in State:
        found = list(compared.all({state}))
        assert {row.state for row in found} == {state}
        assert len(found) == compared.totals()[state].count
    assert [row.path for row in compared.all(DIFFERENT)] == [
        "C/Gone",
        "b/changed",
        "c/gone",
        "d/new%",
        "z",
    ]
    assert list(compared.all(set())) == []


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("GONE", ["C/Gone", "c/gone"]),
        ("%", ["d/new%"]),
        ("_", []),
        ("\\", []),
        ("'", []),
        ("b/ch", ["b/changed"]),
        ("é", []),
    ],
)
def test_a_text_in_the_path(base, other, text, paths):
    compared = ComparedManifests(base, other, text)
    assert [row.path for row in compared.all(ALL)] == paths
    assert sum(total.count for total in compared.totals().values()) == len(paths)


def test_pages(base, other):
    compared = ComparedManifests(base, other)
    every = list(compared.all(ALL))
    for number, row in enumerate(every):
        assert compared.page(ALL, 2, after=row.path) == every[number + 1 : number + 3]
        assert compared.page(ALL, 2, before=row.path) == every[max(number - 2, 0) : number]


def test_references_are_compared_by_address_and_digest(base, other):
    for path, ref, digest in [
        ("r1", "s3://b/x", "e"),
        ("r2", "s3://b/y", "e"),
        ("r3", "s3://b/x", "f"),
    ]:
        add_reference(base, path, "s3://b/x", "e", 7)
        add_reference(other, path, ref, digest, 7)
    add_reference(other, "a/now-elsewhere", "s3://b/x")
    add_reference(base, "d/new%", "s3://b/x")  # bytes now
    found = states(base, other)
    assert [found[path] for path in ("r1", "r2", "r3")] == [
        State.SAME,
        State.CHANGED,
        State.CHANGED,
    ]
    assert found["a/now-elsewhere"] == State.ADDED
    assert found["d/new%"] == State.CHANGED


def test_equal_bytes_are_the_same_by_whatever_sum(base, sequence):
    twin = factories.make_version(sequence, files={"a/kept": b"1", "b/changed": b"2"})
    twin.digest_algorithm = Version.Algorithm.XXH128
    twin.save(update_fields=["digest_algorithm"])
    twin.entries.update(digest="xxh")
    assert states(base, twin)["a/kept"] == State.SAME
    assert states(base, twin)["b/changed"] == State.CHANGED


def test_a_version_with_itself_and_with_nothing(base, sequence):
    empty = factories.make_version(sequence, files={})
    assert set(states(base, base).values()) == {State.SAME}
    assert set(states(base, empty).values()) == {State.REMOVED}
    assert set(states(empty, base).values()) == {State.ADDED}
    assert ComparedManifests(empty, empty).totals() == dict.fromkeys(State, Total())
