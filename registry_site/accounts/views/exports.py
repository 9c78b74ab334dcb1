"""Lists as files: `{page}/-/{list}.csv` and `.json`, for a browser or, with an API key, a script.

curl --user api:KEY {server}/vision/iris/-/runs.csv
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import register_converter
from django.urls.converters import StringConverter

from registry_site.accounts.views.login_or_key import by_login_or_key
from registry_site.http.exports import KINDS, Listing, export_list
from registry_site.pages import HtmxRequest, server_address


class Kind(StringConverter):
    """The format of the file: the end of the address."""

    regex = "|".join(KINDS)


register_converter(Kind, "kind")


def exported(view: Callable[..., Listing | HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Answer with the whole list that the view returns.

    A request with an API key gets refusals as JSON, as from the API; any other gets pages.
    """

    @by_login_or_key
    @wraps(view)
    def answer(request: HtmxRequest, kind: str, **place: str) -> HttpResponseBase:
        listing = view(request, **place)
        if isinstance(listing, HttpResponse):  # a redirect to the list's present address
            return listing
        return export_list(
            kind,
            listing,
            server=server_address(request),
            is_empty=request.method == "HEAD",
        )

    return answer
