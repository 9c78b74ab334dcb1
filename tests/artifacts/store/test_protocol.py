"""What every store promises, held against each store of the setting STORES."""

import hashlib
import threading
import time
from base64 import b64encode
from contextlib import closing
from io import BytesIO

import pytest
import xxhash
from django.conf import settings as django_settings

from artifacts.store import store as store_of_settings
from registry_site.errors import Invalid, Unavailable

PARTS = [b"first", b"", b"third"]
SUMS = [hashlib.md5(part, usedforsecurity=False).hexdigest() for part in PARTS]


@pytest.fixture(params=sorted(django_settings.STORES))
def store(request, settings):
    settings.STORE = settings.STORES[request.param]
    return store_of_settings()


def keep(store, content: bytes) -> str:
    with store.receive(BytesIO(content).read, len(content)) as arrived:
        arrived.keep()
    return arrived.sha256


def save_parts(parts, numbers=(1, 2, 3)) -> None:
    for number in numbers:
        content = PARTS[number - 1]
        parts.save(number, SUMS[number - 1], BytesIO(content).read, len(content))


@pytest.mark.parametrize("content", [b"", b"bytes", b"x" * (2**20 + 1), b"large" * 2**20])
@pytest.mark.parametrize("says_its_length", [True, False])
def test_bytes_come_back(store, content, says_its_length):
    length = len(content) if says_its_length else None
    with store.receive(BytesIO(content).read, length) as arrived:
        assert not store.exists(arrived.sha256)
        arrived.keep()
        arrived.keep()
    assert (arrived.sha256, arrived.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert store.exists(arrived.sha256)
    assert store.size_of(arrived.sha256) == len(content)
    with store.open(arrived.sha256) as file:
        assert file.read() == content


@pytest.mark.parametrize("content", [b"bytes", b"large" * 2**20], ids=len)
def test_sums_that_are_right(store, content):
    md5 = b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
    xxh128 = b64encode(xxhash.xxh128(content).digest()).decode()
    with store.receive(BytesIO(content).read, len(content), md5, xxh128) as arrived:
        assert (arrived.md5, arrived.xxh128) == (md5, xxh128)


@pytest.mark.parametrize(
    "announced",
    [{"md5": "AAAAAAAAAAAAAAAAAAAAAA=="}, {"xxh128": "AAAAAAAAAAAAAAAAAAAAAA=="}, {"length": 6}],
    ids=lambda announced: next(iter(announced)),
)
def test_other_bytes_than_announced_are_refused(store, announced):
    with pytest.raises(Invalid, match="again"):
        store.receive(BytesIO(b"bytes").read, **{"length": 5} | announced).__enter__()
    assert not list(store.old_keys(time.time() + 60))


def test_a_large_file_that_breaks_off_is_refused(store):
    with pytest.raises(Invalid, match="arrived; send the file again"):
        store.receive(BytesIO(b"large" * 2**20).read, 6 * 2**20).__enter__()
    assert not list(store.old_keys(time.time() + 60))


def test_no_more_is_read_than_announced(store):
    left = BytesIO(b"bytes of the next request")
    with store.receive(left.read, 5) as arrived:
        assert arrived.size == 5
    assert left.read() == b" of the next request"


def test_what_is_not_kept_is_not_there(store):
    with store.receive(BytesIO(b"bytes").read, 5) as arrived:
        pass
    assert not store.exists(arrived.sha256)


def test_an_opened_file_can_seek(store):
    with store.open(keep(store, b"0123456789")) as file:
        file.seek(-3, 2)
        assert (file.read(2), file.tell()) == (b"78", 9)


@pytest.mark.parametrize("part", [range(10), range(3, 7), range(9, 10), range(10, 10)])
def test_a_range_is_read_to_its_end(store, part):
    content = b"0123456789"
    with closing(store.open_range(keep(store, content), part)) as file:
        first = file.read(2)
        assert first == content[part.start : part.stop][:2]
        assert first + file.read() == content[part.start : part.stop]
        assert file.read(1) == b""


def test_removed_bytes_are_lost(store):
    key = keep(store, b"bytes")
    store.remove(key)
    store.remove(key)
    assert not store.exists(key)
    for ask in (store.open, store.size_of, lambda key: store.open_range(key, range(1))):
        with pytest.raises(Unavailable, match="can't be read now"):
            ask(key)


def test_old_keys_are_those_that_lie_since_then(store):
    keys = {keep(store, b"one"), keep(store, b"two")}
    assert set(store.old_keys(time.time() + 60)) == keys
    assert not list(store.old_keys(time.time() - 60))


def test_scratch_is_read_back(store):
    with store.scratch() as file:
        file.write("line\n")
        file.seek(0)
        assert list(file) == ["line\n"]


def test_a_store_that_works_is_ready(store):
    store.check_ready()


def test_parts_are_one_file_in_their_order(store):
    parts = store.parts(1)
    save_parts(parts, [3, 1, 2, 1])
    assert parts.missing(SUMS) == []
    with closing(parts.open(SUMS)) as whole:
        assert whole.size == 10
        assert b"".join(iter(lambda: whole.read(2), b"")) == b"firstthird"


def test_parts_that_have_not_come_are_told(store):
    save_parts(store.parts(1), [2])
    save_parts(store.parts(2), [1, 3])
    assert store.parts(1).missing(SUMS) == [1, 3]


def test_a_part_with_other_bytes_is_refused(store):
    parts = store.parts(1)
    with pytest.raises(Invalid, match="was announced"):
        parts.save(1, SUMS[0], BytesIO(b"other").read, 5)
    with pytest.raises(Invalid, match="send the file again"):
        parts.save(1, SUMS[0], BytesIO(b"fir").read, 5)
    assert parts.missing(SUMS[:1]) == [1]


def test_removed_parts_are_missing(store):
    parts = store.parts(1)
    save_parts(parts)
    parts.remove()
    parts.remove()
    assert parts.missing(SUMS) == [1, 2, 3]


def test_one_at_a_time_puts_parts_together(store):
    parts, refusals = store.parts(1), []

    def second() -> None:
        try:
            with store.parts(1).lock(0):
                pass
        except Unavailable as refusal:
            refusals.append(refusal)

    with parts.lock(0):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert "ask again" in str(refusals[0])
    with store.parts(1).lock(0):
        pass


def test_clearing_spares_what_is_arriving(store):
    parts = store.parts(1)
    save_parts(parts)
    store.clear_incoming()
    assert parts.missing(SUMS) == []
