import threading

from registry_site.server import pool as module
from registry_site.server.pool import Pool

SECONDS = 5  # in which something has to happen


class Waiter:
    """A connection whose thread waits until it is cut off or let go."""

    def __init__(self, address):
        self.address = address
        self.waits, self.goes_on = threading.Event(), threading.Event()
        self.was_cut_off = False

    def cut_off(self):
        self.was_cut_off = True
        self.goes_on.set()


def wait_in(pool, address="a"):
    waiter = Waiter(address)

    def job():
        with pool.waiting_for(waiter):
            waiter.waits.set()
            waiter.goes_on.wait()

    pool.submit(job)
    assert waiter.waits.wait(SECONDS)
    return waiter


def do_in(pool):
    done = threading.Event()
    pool.submit(done.set)
    return done


def test_who_waits_gives_the_turn_to_others():
    pool = Pool(turns=1, most_waiting=3)
    waiters = [wait_in(pool) for _number in range(3)]
    assert do_in(pool).wait(SECONDS)
    assert not any(waiter.was_cut_off for waiter in waiters)
    for waiter in waiters:
        waiter.cut_off()


def test_only_so_many_work_at_once():
    pool = Pool(turns=2, most_waiting=5)
    begun, end = threading.Semaphore(0), threading.Event()

    def job():
        begun.release()
        end.wait()

    for _number in range(4):
        pool.submit(job)
    assert begun.acquire(timeout=SECONDS)
    assert begun.acquire(timeout=SECONDS)
    assert not begun.acquire(timeout=0.1)
    end.set()
    assert begun.acquire(timeout=SECONDS)


def test_the_longest_wait_for_the_busiest_address_ends_first():
    pool = Pool(turns=1, most_waiting=3)
    other = wait_in(pool, "b")
    first, second, third = (wait_in(pool, "a") for _number in range(3))  # all 4 threads
    assert do_in(pool).wait(SECONDS)
    assert [each.was_cut_off for each in (other, first, second, third)] == [
        False,
        True,
        False,
        False,
    ]
    for each in (other, second, third):
        each.cut_off()


def test_threads_without_work_end(monkeypatch):
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.05)
    pool = Pool(turns=1, most_waiting=3)
    for waiter in [wait_in(pool) for _number in range(3)]:
        waiter.cut_off()
    assert settled(lambda: pool.threads, 1) == 1


def settled(value, expected):
    ticks = threading.Event()
    for _tick in range(SECONDS * 20):
        if value() == expected:
            break
        ticks.wait(0.05)
    return value()
