"""Who sends a request of the SDK: HTTP Basic with an API key as the password.

The user part is always `api` (wandb 0.31) and is not looked at.
"""

import base64
import binascii

from django.http import HttpRequest

from registry_site.accounts.models import ApiKey, User
from registry_site.accounts.services.keys.api_keys import find_api_key

BAD_KEY = (
    "The API key is not valid on this server. Copy or make one on the page /authorize "
    "and run `wandb login --relogin`."
)


def user_of_request(request: HttpRequest) -> User | None:
    """Return whose API key the request carries, or None without a valid one."""
    key = api_key_of_request(request)
    return key.user if key else None


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
