"""Finds who sends a request of the SDK: HTTP Basic with an API key as the password.

The user part is always `api` (wandb 0.31) and is ignored.
"""

import base64
import binascii

from django.http import HttpRequest

from registry_site.accounts.models import ApiKey, User
from registry_site.accounts.services.keys.api_keys import find_api_key
from registry_site.errors import DomainError

BAD_KEY = (
    "The API key is not valid on this server. Copy or make one on the page /authorize "
    "and run `wandb login --relogin`."
)


def api_key_of_request(request: HttpRequest) -> ApiKey | None:
    """Return the API key that the request carries, or None without a valid one."""
    scheme, _space, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(credentials.strip(), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    _user, _colon, key = decoded.partition(":")
    return find_api_key(key) if key else None


class BadKey(DomainError):
    """The request carries no valid API key."""

    status = 401


def need_user(request: HttpRequest) -> User:
    """Return the user whose API key the request carries, or raise BadKey."""
    return need_api_key(request).user


def need_api_key(request: HttpRequest) -> ApiKey:
    """Return the API key that the request carries, or raise BadKey."""
    key = api_key_of_request(request)
    if key is None:
        raise BadKey(BAD_KEY)
    return key
