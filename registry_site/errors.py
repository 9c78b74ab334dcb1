"""The only refusals that an operation may raise. Each is one sentence that a person reads.

Pages answer them with `status`; the API puts the same sentence and status into its JSON.
"""


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
