"""Where a request comes from: behind trusted proxies, the address that the outermost saw."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the client's IP address.

    Each proxy appends to `X-Forwarded-For` the address from which it got the request. So with
    TRUSTED_PROXY proxies the outermost wrote the entry at that place from the end; everything
    before it was sent by the client.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    if not settings.TRUSTED_PROXY:
        return peer
    entries = request.headers.get("X-Forwarded-For", "").split(",")[-settings.TRUSTED_PROXY :]
    return _without_port(entries[0].strip()) or peer


def _without_port(entry: str) -> str:
    """Return the address in `1.2.3.4`, `1.2.3.4:567`, `::1`, `[::1]:567`; "" for anything else."""
    if entry.startswith("["):
        entry = entry[1:].partition("]")[0]
    elif entry.count(":") == 1:
        entry = entry.partition(":")[0]
    try:
        return str(ipaddress.ip_address(entry))
    except ValueError:
        return ""
