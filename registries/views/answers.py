"""How a form answers: the same change as a plain redirect and as a swap in place."""

from typing import Any
from urllib.parse import unquote

from django.http import HttpResponse
from django.template.loader import render_to_string
from django_htmx.http import reswap, retarget, trigger_client_event

from registry_site.pages import HtmxRequest, wants_fragment


def page_behind(request: HtmxRequest) -> str:
    """Return path and query of the page that a dialog lies on, "" where the form is the page."""
    behind = (request.htmx.current_url_abs_path or "") if wants_fragment(request) else ""
    return "" if unquote(behind.partition("?")[0]) == request.path else behind


def close_overlay(
    request: HtmxRequest, fragment: str, context: dict[str, Any], target: str
) -> HttpResponse:
    """Close the dialog or drawer and put the fragment, with any messages, on the page behind."""
    html = render_to_string(fragment, context, request)
    html += render_to_string("components/messages.html", {"oob": True}, request)
    response = HttpResponse(html)
    response["Vary"] = "HX-Request"
    retarget(response, target)
    reswap(response, "outerHTML")
    return trigger_client_event(response, "closeOverlay")
