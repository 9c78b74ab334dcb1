"""What every request passes through: refusals become pages here, once."""

import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from registry_site.errors import DomainError
from registry_site.pages import render_page

GetResponse = Callable[[HttpRequest], HttpResponse]


class DomainErrors:
    """Turn a refusal raised below a view into its page, with the refusal's own status."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        context = {"message": error.message, "status": error.status}
        return render_page(request, "error.html", context, fragment="messages", status=error.status)


def user_language(get_response: GetResponse) -> GetResponse:
    """Show pages in the language that the person chose, before what the browser asks for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = getattr(request.user, "language", "")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return get_response(request)

    return middleware


def server_timing(get_response: GetResponse) -> GetResponse:
    """With SERVER_TIMING=1 say in a header how long the answer took and how many queries."""
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
        response["Server-Timing"] = (
            f'app;dur={total:.2f}, db;dur={spent * 1000:.2f};desc="{queries} queries"'
        )
        return response

    return middleware
