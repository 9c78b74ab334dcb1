"""Reads bodies of the SDK's requests. Django's own limit is for forms, which anybody may send."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError
from django.utils.translation import gettext as _

from registry_site.errors import Invalid

# bytes; file_stream sends up to 10 MiB, a batch of 2,000 file specs about 1 MiB (wandb 0.31)
LONGEST = 32 * 2**20


def read_body(request: HttpRequest) -> bytes:
    """Return the whole body; raise Invalid where it is cut off or too long.

    Call it after the sender is identified: the body is in memory afterwards.
    """
    try:
        if "_body" not in request.__dict__:  # Django caches it there, too
            if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST:
                raise RequestDataTooBig
            request._body = request.read()
        return request.body
    except (RequestDataTooBig, UnreadablePostError, ValueError) as error:
        raise Invalid(_("The request is cut off or too long.")) from error
