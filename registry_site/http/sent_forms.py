"""What a form sent that could not be taken yet: shown again, for the person to send it anew.

A session that ended, or a login in another tab (which changes the token of all forms), makes the
server refuse a form whose text exists nowhere else. So it comes back as a plain form to the same
address, with a fresh token. The rules that keep this from weakening the token's protection:

- Nothing is sent by itself. The person sees where it goes and what it says, and presses a button.
- Only what a page of this server sent comes back: the browser itself says so, by `Origin` and,
  where it sends one, `Sec-Fetch-Site`, which no other site's page can set. So nobody else can fill
  the form in. Whatever says neither (old browsers, scripts) gets the plain refusal.
- Every value stands in the open, apart from the few of `UNSEEN`, which say nothing that acts.
- Views that take secrets say so by `holds_secrets`; what was sent to them is never shown again.
- While one logs in, the text travels in the login form itself, signed: the server stores nothing
  for strangers, and `unseal` takes back only what `seal` wrote within the last day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters
from django_htmx.http import reselect, reswap, retarget, trigger_client_event

from registry_site.pages import render_page, wants_fragment

UNSEEN = {"opened", "next"}  # digests of the opened texts; the page to show afterwards
_LONG = 60  # a longer value needs more than a line (characters)
_SALT = "registry_site.sent"
_DAY = 24 * 3600  # seconds


@dataclass(frozen=True)
class Field:
    """A value that was sent, with its name."""

    name: str
    value: str

    @property
    def label(self) -> str:
        return self.name.replace("_", " ").replace("-", " ").capitalize()

    @property
    def is_unseen(self) -> bool:
        return self.name in UNSEEN

    @property
    def is_text(self) -> bool:
        """Whether a person wrote the value, rather than chose it."""
        return not self.is_unseen and (len(self.value) > _LONG or "\n" in self.value)


@dataclass(frozen=True)
class Sent:
    """An address of this server and the fields that were sent to it."""

    address: str
    fields: list[Field]

    @property
    def texts(self) -> list[Field]:
        return [field for field in self.fields if field.is_text]


def holds_secrets(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a view that takes secrets in these fields: they are never shown again, nor reported."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        wrapped = sensitive_post_parameters(*names)(view)
        wrapped.holds_secrets = True  # type: ignore[attr-defined]
        return wrapped

    return decorate


def sent_by(request: HttpRequest) -> Sent | None:
    """Return what a page of this server sent, None where it must not or need not be shown again."""
    match = request.resolver_match
    if request.method != "POST" or match is None or getattr(match.func, "holds_secrets", False):
        return None
    if not is_from_here(request):
        return None
    fields = [
        Field(name, str(value))
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
    return Sent(request.get_full_path(), fields)


def is_from_here(request: HttpRequest) -> bool:
    """Return whether the browser says that a page of this server sent the request."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    ours = [f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS]
    return request.headers.get("Origin") in ours


def seal(sent: Sent | None) -> str:
    """Return what was sent as signed text for a hidden field, "" for None."""
    if sent is None:
        return ""
    pairs = [(field.name, field.value) for field in sent.fields]
    return signing.dumps([sent.address, pairs], salt=_SALT, compress=True)


def unseal(text: str) -> Sent | None:
    """Return what `seal` turned into this text, None for any other text."""
    try:
        address, pairs = signing.loads(text, salt=_SALT, max_age=_DAY)
    except signing.BadSignature:
        return None
    return Sent(address, [Field(name, value) for name, value in pairs])


def show_again(request: HttpRequest, sent: Sent, *, status: int) -> HttpResponse:
    """Show a form with everything that was sent, for the person to check and send again."""
    return as_page(request, render_page(request, "send_again.html", {"sent": sent}, status=status))


def as_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Make htmx replace the whole page, not only the part that sent the request."""
    if wants_fragment(request):
        retarget(reswap(reselect(response, "#main"), "outerHTML"), "#main")
        trigger_client_event(response, "closeOverlay")
    return response
