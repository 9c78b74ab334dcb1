"""Lists as files: `{page}/-/{list}.csv` and `.json`, for a browser or, with an API key, a script.

curl --user api:KEY {server}/vision/iris/-/runs.csv
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import register_converter
from django.urls.converters import StringConverter
from django.views.decorators.http import require_safe

from registry_site.accounts.authentication import BAD_KEY, user_of_request
from registry_site.exports import KINDS, Listing, export_list
from registry_site.graphql.errors import describe, error_body
from registry_site.pages import HtmxRequest, server_address


class Kind(StringConverter):
    """How the list is written: the end of the address."""

    regex = "|".join(KINDS)


register_converter(Kind, "kind")


def exported(view: Callable[..., Listing | HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Answer with all of the list that the view returns.

    Who sends an API key gets refusals as JSON, as from the API; everybody else gets pages.
    """

    def answer(request: HtmxRequest, kind: str, **place: str) -> HttpResponseBase:
        listing = view(request, **place)
        if isinstance(listing, HttpResponse):  # the same list under its right name
            return listing
        return export_list(
            kind,
            listing,
            server=server_address(request),
            is_empty=request.method == "HEAD",
        )

    @login_not_required
    @require_safe
    @wraps(view)
    def door(request: HtmxRequest, **address: str) -> HttpResponseBase:
        if "Authorization" in request.headers:
            return _for_script(request, answer, address)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return answer(request, **address)

    return door


def _for_script(
    request: HttpRequest, answer: Callable[..., HttpResponseBase], address: dict[str, Any]
) -> HttpResponseBase:
    user = user_of_request(request)
    if user is None:
        return JsonResponse(error_body(BAD_KEY), status=401)
    request.user = user
    try:
        return answer(request, **address)
    except Exception as error:  # as at every address for scripts: never a 5xx, always one sentence
        status, message = describe(error, may_wait=False)
        return JsonResponse(error_body(message), status=status)
