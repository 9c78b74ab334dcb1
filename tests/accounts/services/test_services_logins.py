"""What stops those who guess, and does not stop those who are guessed at."""

import pytest
from django.test import Client

from registry_site.accounts.models import FailedLogin
from registry_site.accounts.services import logins
from registry_site.accounts.services.logins import ATTEMPTS, NAMES, OF_ADDRESS, begin_login

GOOD = {"username": "alice", "password": "correct-horse"}
URL = "/login"


def tries(number, *, address="192.0.2.{n}", username="name-{n}", password="password-{n}"):
    """Whether each of so many logins may be tried; none of them has an outcome yet."""
    return [
        begin_login(
            address=address.format(n=n),
            username=username.format(n=n),
            password=password.format(n=n),
        ).is_allowed
        for n in range(number)
    ]


@pytest.mark.django_db
class TestLimits:
    def test_of_a_name_count_before_the_password_is_looked_at(self):
        """So that guesses in parallel are not all let through."""
        allowed = tries(3 * ATTEMPTS, address="192.0.2.1", username="alice")
        assert allowed == [True] * ATTEMPTS + [False] * 2 * ATTEMPTS

    def test_of_an_address(self, monkeypatch):
        monkeypatch.setattr(logins, "OF_ADDRESS", 15)
        assert tries(20, address="192.0.2.1") == [True] * 15 + [False] * 5
        assert tries(1, address="192.0.2.2") == [True]

    def test_of_a_network_where_one_client_has_many_addresses(self, monkeypatch):
        monkeypatch.setattr(logins, "OF_ADDRESS", 15)
        assert sum(tries(20, address="2001:db8::{n}")) == 15
        assert tries(1, address="2001:db8:0:1::1") == [True]

    def test_addresses_that_a_socket_for_both_kinds_shows_are_no_network(self, monkeypatch):
        monkeypatch.setattr(logins, "OF_ADDRESS", 15)
        assert sum(tries(20, address="::ffff:192.0.2.1")) == 15
        assert tries(1, address="::ffff:192.0.2.2") == [True]
        assert tries(1, address="192.0.2.1") == [False]  # the same client

    def test_of_a_password_for_many_names(self):
        assert tries(NAMES + 5, password="summer2026") == [True] * NAMES + [False] * 5
        assert tries(5) == [True] * 5

    def test_somebody_who_repeats_a_password_is_not_many_names(self):
        tries(ATTEMPTS, username="alice", password="summer2026")
        assert FailedLogin.objects.filter(guess__in=_guesses_of_many("summer2026")).count() == 1

    def test_what_is_refused_does_not_prolong_the_lock(self):
        tries(ATTEMPTS, address="192.0.2.1", username="alice")
        before = FailedLogin.objects.count()
        assert tries(5, address="192.0.2.1", username="alice") == [False] * 5
        assert FailedLogin.objects.count() == before

    def test_a_right_password_ends_the_count(self):
        tries(ATTEMPTS - 1, address="192.0.2.1", username="alice")
        begin_login(address="192.0.2.1", username="ALICE", password="right").succeed()
        assert tries(1, address="192.0.2.1", username="alice") == [True]

    def test_are_in_this_order(self):
        assert ATTEMPTS < NAMES < OF_ADDRESS


def _guesses_of_many(password):
    few_bits = logins._guess("password", password)[:4]
    return [logins._guess("password of many", few_bits)]


@pytest.mark.slow
def test_a_lock_does_not_reach_the_owner(cast, settings):
    """Behind a proxy all come from its address: the client's is in the header that it adds to."""
    settings.TRUSTED_PROXY = 1
    forged = 0

    def login(client_address, password):
        nonlocal forged
        forged += 1
        return Client().post(
            URL,
            GOOD | {"password": password},
            REMOTE_ADDR="10.0.0.1",
            headers={"X-Forwarded-For": f"203.0.113.{forged}, {client_address}"},
        )

    for number in range(ATTEMPTS):
        assert login("198.51.100.7", f"guess {number}").status_code == 422
    assert "Wait five minutes" in login("198.51.100.7", "correct-horse").text
    assert login("198.51.100.8", "correct-horse").status_code == 302


def test_a_closed_door_counts_nobody_in(cast, monkeypatch):
    """Where no password can be looked at, nothing was guessed."""
    from registry_site.errors import Unavailable

    def busy(*_arguments, **_more):
        raise Unavailable("Too many people log in right now.")

    monkeypatch.setattr("registry_site.accounts.forms.AuthenticationForm.clean", busy)
    assert Client().post(URL, GOOD).status_code == 503
    assert not FailedLogin.objects.exists()
