"""Guessing at passwords is slowed down, by what all processes of the server share."""

from datetime import timedelta

from django.utils import timezone
from django.utils.crypto import salted_hmac

from registry_site.accounts.models import FailedLogin

ATTEMPTS = 10  # failed logins for one name from one address …
COUNTED = timedelta(minutes=5)  # … within this time, until the form refuses


def is_guessing(address: str, username: str) -> bool:
    """Whether so many logins failed for this name from this address that no more are tried."""
    recent = FailedLogin.objects.filter(
        guess=_guess(address, username), at__gt=timezone.now() - COUNTED
    )
    return recent.count() >= ATTEMPTS


def add_failed_login(address: str, username: str) -> None:
    """Count a wrong password; forget those that count no more."""
    FailedLogin.objects.filter(at__lte=timezone.now() - COUNTED).delete()
    FailedLogin.objects.create(guess=_guess(address, username))


def _guess(address: str, username: str) -> str:
    """Neither names nor addresses are kept: some people type a password into the name's field."""
    value = f"{address}\n{username.lower()}"
    return salted_hmac("accounts.login", value, algorithm="sha256").hexdigest()
