"""Slows down guessing of passwords, with counts that all processes of the server share.

An attempt is counted before its password is checked, so that many at once don't all get through; a
successful one is uncounted. What is refused is the guesser's address: the account stays open to its
owner, who comes from elsewhere.
"""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone
from django.utils.crypto import salted_hmac

from registry_site.accounts.models import FailedLogin

COUNTED = timedelta(minutes=5)  # older attempts no longer count
ATTEMPTS = 10  # failed logins for one name from one address; further ones are refused
OF_ADDRESS = 100  # failed logins from one address, for any names
NAMES = 20  # names for which the same password was tried, from any address


@dataclass(frozen=True)
class Attempt:
    """A login whose password is being checked."""

    is_allowed: bool
    _pair: str
    _rows: tuple[int, ...]

    def withdraw(self) -> None:
        """Uncount the attempt: it was refused, or nobody could check the password."""
        FailedLogin.objects.filter(pk__in=self._rows).delete()

    def succeed(self) -> None:
        """Uncount the attempt and earlier failures: who knows the password may have mistyped it."""
        self.withdraw()
        FailedLogin.objects.filter(guess=self._pair).delete()


def begin_login(*, address: str, username: str, password: str) -> Attempt:
    """Count a login whose password is about to be checked; raise where there were too many."""
    since = timezone.now() - COUNTED
    FailedLogin.objects.filter(at__lte=since).delete()
    name, place = username.lower(), _place(address)
    pair = _guess("name and address", place, name)
    limits = {pair: ATTEMPTS, _guess("address", place): OF_ADDRESS}
    # A few bits of a password's hash are enough to count it, and too few to find it.
    few_bits = _guess("password", password)[:4]
    same, names = _guess("same password", few_bits, name), _guess("password of many", few_bits)
    extra = [] if FailedLogin.objects.filter(guess=same).exists() else [same, names]
    rows = FailedLogin.objects.bulk_create(FailedLogin(guess=guess) for guess in (*limits, *extra))
    limits[names] = NAMES
    attempt = Attempt(_within(limits), pair, tuple(row.pk for row in rows))
    if not attempt.is_allowed:
        attempt.withdraw()  # refused attempts must not prolong the lock
    return attempt


def _within(limits: dict[str, int]) -> bool:
    counted = FailedLogin.objects.filter(guess__in=limits).values_list("guess")
    return all(number <= limits[guess] for guess, number in counted.annotate(n=Count("pk")))


def _place(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or an IPv6 network of 64 bits."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    # a socket for IPv4 and IPv6 shows IPv4 addresses as ::ffff:192.0.2.1
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _guess(*parts: str) -> str:
    """Neither names nor addresses are kept: some people type a password into the name's field."""
    return salted_hmac("accounts.login", "\n".join(parts), algorithm="sha256").hexdigest()
