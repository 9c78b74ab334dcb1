"""Refusals at the addresses that the SDK calls besides /graphql: JSON, never a page."""

import re
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from registry_site.accounts.authentication.api_keys import BAD_KEY, api_key_of_request
from registry_site.accounts.models import ApiKey, User
from registry_site.errors import RETRY_AFTER, DomainError
from registry_site.graphql.errors import describe, error_body

View = Callable[..., HttpResponseBase]


class BadKey(DomainError):
    """The request carries no valid API key."""

    status = 401


def need_user(request: HttpRequest) -> User:
    """Return whose API key the request carries, or raise BadKey."""
    return need_api_key(request).user


def need_api_key(request: HttpRequest) -> ApiKey:
    """Return the API key that the request carries, or raise BadKey."""
    key = api_key_of_request(request)
    if key is None:
        raise BadKey(BAD_KEY)
    return key


def for_the_sdk(*, may_wait: bool) -> Callable[[View], View]:
    """Answer whatever the view raises as JSON, as the table of registry_site.errors says.

    Where the client holds what must not be lost it `may_wait` for the machine.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except Exception as error:  # whatever it is: a 5xx would be repeated for minutes
                status, message = describe(error, may_wait=may_wait)
            response = JsonResponse(error_body(message), status=status, reason=_reason(message))
            if status == 503:
                response["Retry-After"] = str(RETRY_AFTER)
            return response

        return answer

    return decorate


def _reason(message: str) -> str:
    """The sentence for the status line: of a refused GET wandb 0.31 shows that and no more."""
    return re.sub(r"[^ -~]", "?", message)[:200]
