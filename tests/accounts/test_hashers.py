import threading
import time

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password

from registry_site.accounts.authentication import hashers
from registry_site.errors import Unavailable


@pytest.fixture(autouse=True)
def _argon2(settings):
    settings.PASSWORD_HASHERS = ["registry_site.accounts.authentication.hashers.Argon2"]


def test_a_hash_takes_19_mib():
    assert "$m=19456,t=2,p=1$" in make_password("correct-horse")


@pytest.mark.slow
def test_a_larger_hash_is_renewed_at_login(client, bob):
    bob.password = "argon2" + Argon2PasswordHasher().encode("correct-horse", "s" * 22)[6:]
    bob.save(update_fields=["password"])
    assert "$m=102400,t=2,p=8$" in bob.password

    answer = client.post("/login", {"username": "bob", "password": "correct-horse"})
    assert answer.status_code == 302
    bob.refresh_from_db()
    assert "$m=19456,t=2,p=1$" in bob.password
    assert check_password("correct-horse", bob.password)


@pytest.fixture
def at_once(monkeypatch):
    """`at_once(number)` hashes in so many threads: how many at most, and how many were refused."""
    working = most = 0
    lock = threading.Lock()

    def verify(_self, password, encoded):
        nonlocal working, most
        with lock:
            working += 1
            most = max(most, working)
        time.sleep(0.02)
        with lock:
            working -= 1
        return True

    def run(number):
        refused = []

        def login():
            try:
                hashers.Argon2().verify("a", "b")
            except Unavailable:
                refused.append(1)

        threads = [threading.Thread(target=login) for _number in range(number)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return most, len(refused)

    monkeypatch.setattr(Argon2PasswordHasher, "verify", verify)
    return run


def test_one_hash_at_a_time(at_once):
    assert at_once(24) == (1, 0)


def test_who_finds_the_queue_full_is_told(at_once, monkeypatch):
    monkeypatch.setattr(hashers, "PATIENCE", 0)
    most, refused = at_once(3 * hashers.QUEUE)
    assert most == 1
    assert refused > 0
