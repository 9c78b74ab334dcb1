"""Hashes that are computed in threads of their own."""

import hashlib
import threading

import pytest

from artifacts.store.hashing import beside

CHUNKS = [bytes([number]) * 3000 for number in range(50)]


def test_sums_are_complete_after_the_block():
    one, two, three = hashlib.sha256(), hashlib.sha256(), hashlib.sha256()
    with beside((one,), (two, three)) as feeders:
        for chunk in CHUNKS:
            for each in feeders:
                each.update(chunk)
    expected = hashlib.sha256(b"".join(CHUNKS)).digest()
    assert {each.digest() for each in (one, two, three)} == {expected}


def feed(hash_, *, then=None):
    with beside((hash_,)) as [feeder]:
        for chunk in CHUNKS:
            feeder.update(chunk)
        if then:
            raise then


def test_no_thread_is_left_when_the_block_fails():
    before = threading.active_count()
    with pytest.raises(ConnectionResetError):
        feed(hashlib.sha256(), then=ConnectionResetError)
    assert threading.active_count() == before


def test_what_a_hash_raises_is_raised_after_the_block():
    class Broken:
        def update(self, data):
            raise MemoryError

    with pytest.raises(MemoryError):
        feed(Broken())
