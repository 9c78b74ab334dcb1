"""Answers scripts with what was raised: `{"errors": [{"message"}], "data": null}`.

The table of registry_site/errors.py has the status of each refusal. Only temporary trouble of the
machine is a 5xx, and only where waiting helps (`may_wait`).
"""

import logging
import re
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from graphql import GraphQLError

from registry_site.errors import RETRY_AFTER, DomainError, Unavailable, refusal_of

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]
LONGEST = 1000  # characters of a sentence, which may quote what was sent
LONGEST_REASON = 200  # characters of the sentence in the status line


def answers_in_json(*, may_wait: bool) -> Callable[[View], View]:
    """Answer everything that the view raises as JSON, never with a page.

    Set `may_wait` where the client has data that must not be lost, so that it waits for the
    machine.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except Exception as error:  # any bug: clients would repeat a 5xx for minutes
                return refusal_response(error, may_wait=may_wait, in_status_line=True)

        return answer

    return decorate


def refusal_response(
    error: BaseException,
    *,
    may_wait: bool,
    respond: Callable[..., HttpResponse] = JsonResponse,
    in_status_line: bool = False,
) -> HttpResponse:
    """Return the answer to any exception; `respond` writes its body.

    With `in_status_line` the sentence stands there as well: wandb 0.31 shows only that after a GET.
    """
    status, message = describe(error, may_wait=may_wait)
    response = respond(error_body(message), status=status)
    if in_status_line:
        response.reason_phrase = re.sub(r"[^ -~]", "?", message)[:LONGEST_REASON]
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


def describe(error: BaseException, *, may_wait: bool) -> tuple[int, str]:
    """Return the status and the sentence for any exception; log our own bugs."""
    status, message = _describe(error, may_wait)
    if len(message) > LONGEST:
        message = f"{message[: LONGEST // 2]} … {message[-LONGEST // 2 :]}"
    return status, message


def _describe(error: BaseException, may_wait: bool) -> tuple[int, str]:
    while isinstance(error, GraphQLError):
        if error.original_error is None:
            return 400, error.message
        error = error.original_error
    refusal = refusal_of(error)
    if isinstance(refusal, Unavailable) and refusal is not error:
        logger.warning("The machine is in trouble: %s", error)
    error = refusal or error
    if isinstance(error, Unavailable) and not may_wait:
        return 400, error.message
    if isinstance(error, DomainError):
        return error.status, error.message
    report = secrets.token_hex(4)
    logger.error("Report %s: %r", report, error, exc_info=error)
    return 400, _(
        "Something went wrong on the server. Its admin finds the cause in the log under {report}."
    ).format(report=report)


def error_body(*messages: str) -> dict[str, Any]:
    """Return the JSON of a refusal."""
    return {"errors": [{"message": message} for message in messages], "data": None}
