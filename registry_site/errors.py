"""The only refusals that an operation may raise. Each is one sentence that a person reads.

Pages answer them with `status`; the API puts the same sentence and status into its JSON.
"""

from django.db import DataError, OperationalError
from django.utils.translation import gettext as _


class DomainError(Exception):
    """A refusal: `message` says what is not possible, why, and what to do."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = str(message)


class Invalid(DomainError):
    """What was given can't be taken as it is."""

    status = 400


class Denied(DomainError):
    """The person sees the thing but may not do this to it."""

    status = 403


class NotFound(DomainError):
    """The thing does not exist, or the person may not know that it does."""

    status = 404


class Conflict(DomainError):
    """Right in itself, but not in the state that things are in now."""

    status = 409


class Unavailable(DomainError):
    """Passing trouble of the machine (disk full, storage away): the client may try again."""

    status = 503


def refusal_of(error: BaseException) -> DomainError | None:
    """Return the refusal that an exception is, or that the database meant by it."""
    if isinstance(error, DomainError):
        return error
    # a NUL or too long a text on PostgreSQL; too long a text to look for on SQLite
    too_long = isinstance(error, OperationalError) and "pattern too complex" in str(error)
    if too_long or isinstance(error, DataError):
        return Invalid(
            _("A text in the request is too long, or has a character that no database takes.")
        )
    return None
