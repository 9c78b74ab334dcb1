"""Views for browsers and scripts alike: they take a login, or an API key by HTTP Basic."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.views.decorators.http import require_safe

from registry_site.accounts.authentication.api_keys import BAD_KEY, api_key_of_request
from registry_site.accounts.models import ApiKey
from registry_site.errors import Moved
from registry_site.http.refusals import error_body, refusal_response
from registry_site.pages import HtmxRequest, address_now


class KeyedRequest(HtmxRequest):
    """A request from a person who is logged in, or who sent this API key."""

    api_key: ApiKey | None


def by_login_or_key(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let in people who are logged in or send an API key, for reading only.

    A request with an API key, or one that asks for no page, gets refusals as JSON, as from the API.
    Any other gets pages, and without a login the login page.
    """

    @login_not_required
    @require_safe
    @wraps(view)
    def door(request: KeyedRequest, **address: str) -> HttpResponseBase:
        request.api_key = None
        if "Authorization" in request.headers:
            return _for_script(request, view, address)
        if request.user.is_authenticated:
            return view(request, **address)
        if "text/html" in request.headers.get("Accept", "text/html"):
            return redirect_to_login(request.get_full_path())
        return _no_key()

    return door


def _for_script(
    request: KeyedRequest, view: Callable[..., HttpResponseBase], address: dict[str, Any]
) -> HttpResponseBase:
    key = request.api_key = api_key_of_request(request)
    if key is None:
        return _no_key()
    request.user = key.user
    try:
        return view(request, **address)
    except Moved as error:  # curl follows no redirect by default, and reports success
        match = request.resolver_match = resolve(urlsplit(address_now(request, error)).path)
        return match.func(request, **match.kwargs)
    except Exception as error:  # as for all scripts: never a 5xx, always one sentence
        return refusal_response(error, may_wait=False)


def _no_key() -> HttpResponse:
    headers = {"WWW-Authenticate": 'Basic realm="Cairn", charset="UTF-8"'}
    return JsonResponse(error_body(BAD_KEY), status=401, headers=headers)
