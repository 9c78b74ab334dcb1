"""What requests pass on their way in and out; here alone refusals become pages."""

import logging
import sys
import time
from collections.abc import Callable
from typing import Any

from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.core.handlers.exception import convert_exception_to_response
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.template.loader import render_to_string
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from registry_site.errors import (
    RETRY_AFTER,
    DomainError,
    Gone,
    Invalid,
    Moved,
    Unavailable,
    refusal_of,
)
from registry_site.http.sent_forms import sent_by
from registry_site.pages import address_now, render_page

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]

# first words of the addresses that the SDK and probes call
FOR_PROGRAMS = {"artifactsV2", "files", "graphql", "healthz", "readyz", "sdk", "storage"}


class ForPages:
    """Lets pages pass PAGE_MIDDLEWARE, too; what programs ask for goes past it, in English.

    Programs have no session, no form and no language. Their views know callers by API keys or
    signed addresses alone, so that there is nothing that another site could abuse.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.for_programs = get_response
        self.for_pages: Any = get_response
        self.view_hooks: list[Callable] = []
        for path in reversed(settings.PAGE_MIDDLEWARE):
            middleware = import_string(path)(self.for_pages)
            self.for_pages = convert_exception_to_response(middleware)
            if hasattr(middleware, "process_view"):
                self.view_hooks.insert(0, middleware.process_view)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _calls_programs_address(request.path_info):
            return self.for_pages(request)
        with translation.override(settings.LANGUAGE_CODE):
            return self.for_programs(request)

    def process_view(
        self, request: HttpRequest, view: Callable, args: list, kwargs: dict
    ) -> HttpResponseBase | None:
        if _is_for_programs(request.resolver_match):
            return None
        answers = (hook(request, view, args, kwargs) for hook in self.view_hooks)
        return next((answer for answer in answers if answer is not None), None)


def _is_for_programs(match: ResolverMatch | None) -> bool:
    """Return whether the view is one that programs call: the API, its files, or a probe."""
    if match is None:
        return False
    return match.app_name == "api" or match.url_name in {"graphql", "healthz", "readyz"}


def _calls_programs_address(path: str) -> bool:
    if path[1:].partition("/")[0] not in FOR_PROGRAMS:  # spares pages a second search
        return False
    try:
        return _is_for_programs(resolve(path))
    except Resolver404:
        return False


class CompressedPages(GZipMiddleware):
    """Compresses pages for browsers that accept it, and nothing else.

    Who sees the sizes of compressed answers may guess secrets in them (BREACH). Django masks CSRF
    tokens and adds random bytes. Answers that no cache may keep, as those with a new API key or
    with what a form sent, stay as they are.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_page = not response.streaming and response.get("Content-Type", "").startswith(
            "text/html"
        )
        if is_page and "no-store" not in response.get("Cache-Control", ""):
            return super().process_response(request, response)
        return response


def content_security_policy(get_response: GetResponse) -> GetResponse:
    """Send CONTENT_SECURITY_POLICY, except where a view sends a policy of its own.

    django-csp's own middleware would put the same text together anew for each answer.
    """
    policy = build_policy()

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not (settings.DEBUG and response.status_code in {404, 500}):  # Django's debug pages
            response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return middleware


class DomainErrors:
    """Turns a refusal raised in a view into its page, with the refusal's own status."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # PostgreSQL refuses NUL in a text, and no address of ours contains one
        if "\x00" in request.path or "%00" in request.META["QUERY_STRING"]:
            return refusal_page(request, Invalid(_("An address has no NUL character.")))
        if (request.content_params or {}).get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
            request.encoding = "utf-8"  # instead of the charset that the request declares
            return refusal_page(request, Invalid(_("Send forms in UTF-8.")))
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Moved):
            reads = request.method in {"GET", "HEAD"}
            return HttpResponseRedirect(address_now(request, error), preserve_request=not reads)
        refusal = refusal_of(error)
        if isinstance(refusal, Unavailable):
            return unavailable_page(request, refusal, error)
        return refusal_page(request, refusal) if refusal else None


def refusal_page(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """Return the page, or the fragment of messages, with the refusal's sentence."""
    context = {
        "message": refusal.message,
        "status": refusal.status,
        "sent": sent_by(request),
        "ask_url": refusal.ask_url,
        "deletion": refusal.deletion if isinstance(refusal, Gone) else None,
        "place": refusal.place if isinstance(refusal, Gone) else None,
    }
    return render_page(request, "error.html", context, fragment="messages", status=refusal.status)


def unavailable_page(
    request: HttpRequest, refusal: Unavailable, error: BaseException
) -> HttpResponse:
    """Return a page that needs no database, with the refusal and the texts that a form sent."""
    if error is not refusal:
        logger.warning("The machine is in trouble: %s", error)
    context = {"message": refusal.message, "sent": sent_by(request)}
    response = HttpResponse(render_to_string("503.html", context), status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an exception raised outside of a view (in the session, say): Django's handler500."""
    error = sys.exc_info()[1]
    refusal = refusal_of(error) if error else None
    if error and isinstance(refusal, Unavailable):
        return unavailable_page(request, refusal, error)
    return HttpResponse(render_to_string("500.html"), status=500)


def user_language(get_response: GetResponse) -> GetResponse:
    """Show pages in the language that the person chose, else in one that the browser asks for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = getattr(request.user, "language", "")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return get_response(request)

    return middleware


def server_timing(get_response: GetResponse) -> GetResponse:
    """With SERVER_TIMING=1, report in a header the answer's duration and number of queries."""
    if not settings.SERVER_TIMING:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponse:
        queries = 0
        spent = 0.0

        def count(execute: Callable, *args: object) -> object:
            nonlocal queries, spent
            queries += 1
            begun = time.perf_counter()
            try:
                return execute(*args)
            finally:
                spent += time.perf_counter() - begun

        begun = time.perf_counter()
        with connection.execute_wrapper(count):
            response = get_response(request)
        total = (time.perf_counter() - begun) * 1000
        timing = f'app;dur={total:.2f}, db;dur={spent * 1000:.2f};desc="{queries} queries"'
        operation = response.get("Server-Timing")  # the API's operation, if it is one
        response["Server-Timing"] = f"{operation}, {timing}" if operation else timing
        return response

    return middleware
