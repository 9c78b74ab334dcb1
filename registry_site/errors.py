"""The only refusals that an operation may raise. Each is one sentence that a person reads.

What is raised, and what each door answers (tests/test_errors.py walks the cells):

    raised                   /graphql     file_stream,   downloads,     pages
                                          uploads        /artifactsV2
    Invalid, DataError       400          400            400            400
    no valid API key         401          401            401            to the login
    Denied                   403          403            403            403
    NotFound                 404          404            404            404
    Moved                    404          404            404            302 (307 for a POST)
    Gone                     not raised   not raised     410            410
    Conflict                 409          409            not raised     409
    Unavailable,             503 (400)    503            400            503
    a machine in trouble
    anything else: our bug   400          400            400            500

The API and the addresses of files answer `{"errors": [{"message": …}], "data": null}`. (400) is for
mutations outside the SDK's logging and linking (`WAITING` in api.py), for nobody knows whether
those may be repeated. A machine is in trouble while its database is away or locked, or its disk is
full. A 503 has Retry-After. A bug is told by the
number of a report, under which the log has its trace. `upsertBucket` never raises Conflict.

What wandb 0.31 makes of it:

    wandb.Api()     4xx: `CommError: {sentence}`. 5xx, 405, 408, 425, 429: nothing for 19 seconds,
                    then "the service process is busy"
    a run           4xx: init raises `CommError: {sentence}`, log_artifact().wait() `ValueError`
                    with status and sentence. 5xx: up to 17 minutes of repeating
    file_stream     4xx: what is left of the run's data is dropped, with a warning. 503: it waits
    upload          4xx: "uploads have failed", without the sentence. 503: repeated for minutes
    download        4xx: asked for again at /artifactsV2, then `HTTPError` with the status line, in
                    which the sentence stands, too. 409, 429 and 5xx: repeated for 20 minutes
    releases ..0.26 have a sentence of their own for 403, so that they get 400 (old_releases.py)
"""

import errno
from typing import Any

from django.db import DataError, InterfaceError, OperationalError
from django.utils.translation import gettext as _


class DomainError(Exception):
    """A refusal: `message` says what is not possible, why, and what to do."""

    status = 400
    ask_url = ""  # where the person can ask for the missing role

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = str(message)


class Invalid(DomainError):
    """The input can't be accepted as it is."""

    status = 400


class Denied(DomainError):
    """The person sees the thing but may not do this to it.

    `needed` is the least role that may, and `ask_url` where one asks for it.
    """

    status = 403
    needed: Any = None


class NotFound(DomainError):
    """The thing does not exist, or the person may not know that it does."""

    status = 404


class Moved(NotFound):
    """The thing has other names now: `names` are the changed parts of its address.

    Pages redirect people and scripts to it; elsewhere it is not found.
    """

    def __init__(self, message: str, names: dict[str, str]) -> None:
        super().__init__(message)
        self.names = names


class Gone(NotFound):
    """The thing was deleted, and the person could see it before.

    `deletion` says when and by whom. `place` is the thing that contained it, if the person can open
    that: it has a name and a page.
    """

    status = 410

    def __init__(self, message: str, deletion: Any, place: Any = None) -> None:
        super().__init__(message)
        self.deletion, self.place = deletion, place


class Conflict(DomainError):
    """The request is valid in itself, but not in the present state of things."""

    status = 409


class Unavailable(DomainError):
    """Temporary trouble of the machine (disk full, storage away): the client may try again."""

    status = 503


RETRY_AFTER = 2  # seconds, sent with each 503

# errno of an OSError: the disk is full, away or read-only
MACHINE_TROUBLE = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE}
# SQLite's result codes: busy, locked, no memory, read-only, I/O, full, can't open, protocol
_SQLITE_TROUBLE = {5, 6, 7, 8, 10, 13, 14, 15}
# the first two characters of PostgreSQL's: connection, read-only after a failover, rolled back for
# another's sake, lack of resources, object in use, ended by an operator, system error
_POSTGRES_TROUBLE = {"08", "25", "40", "53", "55", "57", "58"}


def refusal_of(error: BaseException) -> DomainError | None:
    """Return the refusal that an exception is, or that it stands for; None for a bug."""
    if isinstance(error, DomainError):
        return error
    if _is_database_trouble(error):
        return Unavailable(_("The server's database is not available now; try again."))
    if isinstance(error, OSError) and error.errno in MACHINE_TROUBLE:
        return Unavailable(_("The server's disk can't be used now; try again."))
    # a NUL or too long a text on PostgreSQL; too long a search text on SQLite
    too_long = isinstance(error, OperationalError) and "pattern too complex" in str(error)
    if too_long or isinstance(error, DataError):
        return Invalid(
            _("A text in the request is too long, or has a character that no database takes.")
        )
    return None


def _is_database_trouble(error: BaseException) -> bool:
    """Return whether the machine is the cause; wrong SQL is an OperationalError, too."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    if sqlite := getattr(cause, "sqlite_errorcode", None):
        return sqlite & 0xFF in _SQLITE_TROUBLE
    sqlstate = getattr(cause, "sqlstate", None)
    return not sqlstate or sqlstate[:2] in _POSTGRES_TROUBLE
