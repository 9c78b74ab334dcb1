"""POST /graphql: who asks, what is asked, run it, answer JSON. The SDK's one address for words."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import orjson
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.db import connection
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from graphql import ExecutionResult, FieldNode, OperationType, execute

from registry_site.accounts.authentication import BAD_KEY, user_of_request
from registry_site.errors import Invalid
from registry_site.graphql.binding import Context, read_field, type_of
from registry_site.graphql.documents import known_variables, prepare, select_operation
from registry_site.graphql.errors import RETRY_AFTER, describe, error_body
from registry_site.json_text import read_object
from registry_site.pages import server_address
from registry_site.schema import load_schema

# Where the SDK must not lose what it holds: it waits and repeats.
WAITING = {"commitArtifact"}
MAX_QUERIES = 200  # of the database, for a document that only reads; the SDK's need about 20

SCHEMA = load_schema()


@csrf_exempt
@login_not_required
@translation.override("en")
def graphql(request: HttpRequest) -> HttpResponse:
    """Answer one GraphQL request; refusals carry their own status and one sentence."""
    try:
        if request.method != "POST":
            raise Invalid(_("POST a GraphQL document to this address."))
        user = user_of_request(request)
        if user is None:
            return _json(401, error_body(BAD_KEY))
        context = Context(user=user, base_url=server_address(request))
        body = read_object(_text(request), _("The request"))
        return _run(body, context)
    except Exception as error:  # whatever it is: a 5xx would make the SDK repeat it for minutes
        return _refusal(error, may_wait=False)


def _text(request: HttpRequest) -> str:
    try:
        return request.body.decode()
    except (UnicodeDecodeError, RequestDataTooBig, UnreadablePostError) as error:
        raise Invalid(_("The request is cut off, too long or not UTF-8.")) from error


def _run(body: dict[str, Any], context: Context) -> HttpResponse:
    text, variables = body.get("query"), body.get("variables") or {}
    name = body.get("operationName")
    if not isinstance(text, str) or not isinstance(variables, dict):
        raise Invalid(_("Send `query`, a text, and `variables`, an object."))
    document = prepare(SCHEMA, text)
    operation = select_operation(document, name if isinstance(name, str) else None)
    reads = operation.operation is OperationType.QUERY
    with connection.execute_wrapper(_Budget()) if reads else nullcontext():
        result = execute(
            SCHEMA,
            document,
            context_value=context,
            variable_values=known_variables(SCHEMA, operation, variables),
            operation_name=operation.name.value if operation.name else None,
            field_resolver=read_field,
            type_resolver=type_of,
            hide_suggestions=True,
        )
    if not isinstance(result, ExecutionResult):
        raise TypeError("A resolver is asynchronous.")
    if not result.errors:
        return _json(200, {"data": result.data})
    asked = {
        node.name.value for node in operation.selection_set.selections
        if isinstance(node, FieldNode)
    }  # fmt: skip
    return _refusal(*result.errors, may_wait=asked <= WAITING)


class _Budget:
    """Ends a request that multiplies queries, in whichever way its document does so."""

    def __init__(self) -> None:
        self.left = MAX_QUERIES

    def __call__(self, run: Callable[..., Any], *arguments: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise Invalid(f"The document asks for too much: {MAX_QUERIES} queries at most.")
        return run(*arguments)


def _refusal(*errors: BaseException, may_wait: bool) -> HttpResponse:
    described = [describe(error, may_wait=may_wait) for error in errors]
    response = _json(described[0][0], error_body(*(message for _status, message in described)))
    if response.status_code == 503:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


def _json(status: int, value: Any) -> HttpResponse:
    response = HttpResponse(orjson.dumps(value), "application/json", status=status)
    response["Cache-Control"] = "no-store"
    return response
