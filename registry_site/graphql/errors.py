"""What went wrong, as the SDK reads it: a status, and `{"errors": [{"message"}], "data": null}`.

Only passing trouble of the machine is a 5xx, and only where waiting helps (`may_wait`): see the
table of registry_site/errors.py.
"""

import logging
import secrets
from typing import Any

from django.utils.translation import gettext as _
from graphql import GraphQLError

from registry_site.errors import DomainError, Unavailable, refusal_of

logger = logging.getLogger(__name__)
LONGEST = 1000  # characters of a sentence, which may quote what was sent


def describe(error: BaseException, *, may_wait: bool) -> tuple[int, str]:
    """Return the status and the sentence for whatever was raised; our own bugs are logged."""
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
