"""POST /files/{entity}/{project}/{run}/file_stream: what a run reports while it goes on.

wandb 0.31 repeats a 5xx for days and drops the rest of the run's data at a 4xx.
"""

import gzip
import zlib
from io import BytesIO

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from artifacts.services.reach.runs import reach_run_to_log
from artifacts.services.runs.streams import add_lines, read_chunk
from registry_site.accounts.authentication.api_keys import need_user
from registry_site.errors import Invalid
from registry_site.http.bodies import read_body
from registry_site.http.refusals import answers_in_json
from registry_site.texts.json_text import read_object

MAX_BODY = 64 * 2**20  # bytes, unpacked; the SDK sends up to 10 MiB


@csrf_exempt
@login_not_required
@translation.override("en")
@answers_in_json(may_wait=True)
def file_stream(request: HttpRequest, entity: str, project: str, run: str) -> HttpResponse:
    """Store lines, summary and end of a run; `stopped` asks the script to stop."""
    if request.method != "POST":
        raise Invalid(_("POST what the run reports to this address."))
    user = need_user(request)
    row = reach_run_to_log(by=user, entity_name=entity, project_name=project, name=run)
    chunk = read_chunk(read_object(_text(request), _("The request")))
    row = add_lines(by=user, run=row, chunk=chunk)
    return JsonResponse({"exitcode": None, "limits": {}, "stopped": row.stop_requested})


def _text(request: HttpRequest) -> str:
    try:
        body = read_body(request)
        if request.headers.get("Content-Encoding") == "gzip":
            with gzip.open(BytesIO(body)) as packed:
                body = packed.read(MAX_BODY + 1)
            if len(body) > MAX_BODY:
                raise Invalid(_("The request is too long."))
        return body.decode()
    except (UnicodeDecodeError, OSError, EOFError) as error:
        raise Invalid(_("The request is cut off, too long or not UTF-8.")) from error
    except zlib.error as error:
        raise Invalid(_("The request is not gzip.")) from error
