"""POST /graphql, the SDK's GraphQL address: find the user, run the document, answer JSON."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import orjson
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from graphql import (
    ExecutionResult,
    FieldNode,
    OperationDefinitionNode,
    OperationType,
    execute,
)

from registry_site.accounts.authentication.api_keys import BAD_KEY, api_key_of_request
from registry_site.errors import Invalid
from registry_site.graphql.binding import Context, guarded, read_field, type_of
from registry_site.graphql.execution.documents import (
    Prepared,
    known_variables,
    prepare,
    select_operation,
)
from registry_site.graphql.old_releases import status_for
from registry_site.http.bodies import read_body
from registry_site.http.refusals import error_body, refusal_response
from registry_site.pages import server_address
from registry_site.schema import load_schema
from registry_site.texts.json_text import read_object

# Mutations that log and link, which the SDK must not lose. Repeating one has no further effect.
WAITING = {
    "upsertBucket", "createRunFiles", "createArtifact", "createArtifactFiles",
    "createArtifactManifest", "updateArtifactManifest", "completeMultipartUploadArtifact",
    "commitArtifact", "linkArtifact", "useArtifact",
}  # fmt: skip
MAX_QUERIES = 200  # database queries of a document that only reads; the SDK's need about 20

SCHEMA = load_schema()


@csrf_exempt
@login_not_required
@translation.override("en")
def graphql(request: HttpRequest) -> HttpResponse:
    """Answer one GraphQL request; refusals have their own status and one sentence."""
    response = _answer(request)
    client = request.headers.get("User-Agent", "")
    response.status_code = status_for(client, response.status_code)
    return response


def _answer(request: HttpRequest) -> HttpResponse:
    try:
        if request.method != "POST":
            raise Invalid(_("POST a GraphQL document to this address."))
        key = api_key_of_request(request)
        if key is None:
            return _json(error_body(BAD_KEY), status=401)
        context = Context(user=key.user, base_url=server_address(request), api_key=key)
        body = read_object(_text(request), _("The request"))
        return _run(body, context)
    except Exception as error:  # any bug: the SDK would repeat a 5xx for minutes
        return refusal_response(error, may_wait=_may_wait(request), respond=_json)


def _text(request: HttpRequest) -> str:
    try:
        return read_body(request).decode()
    except UnicodeDecodeError as error:
        raise Invalid(_("The request is not UTF-8.")) from error


def _run(body: dict[str, Any], context: Context) -> HttpResponse:
    variables = body.get("variables") or {}
    if not isinstance(variables, dict):
        raise Invalid(_("Send `query`, a text, and `variables`, an object."))
    prepared, operation = _operation(body)
    values = context.variables = known_variables(SCHEMA, operation, variables)
    reads = operation.operation is OperationType.QUERY
    try:
        with connection.execute_wrapper(_Budget()) if reads else nullcontext():
            plan = prepared.plan_of(operation)
            data = (
                plan.run(context, values)
                if plan
                else _execute(prepared, operation, context, values)
            )
    except Exception as error:
        response = refusal_response(error, may_wait=_waits(operation), respond=_json)
    else:
        response = _json({"data": data})
    if settings.SERVER_TIMING and operation.name:
        response["Server-Timing"] = f'operation;desc="{operation.name.value}"'
    return response


def _execute(
    prepared: Prepared, operation: OperationDefinitionNode, context: Context, values: dict[str, Any]
) -> Any:
    """Return the data of an operation that has no plan, mostly introspection of old releases."""
    result = execute(
        prepared.schema,
        prepared.document,
        context_value=context,
        variable_values=values,
        operation_name=operation.name.value if operation.name else None,
        field_resolver=read_field,
        type_resolver=type_of,
        middleware=[guarded],
        hide_suggestions=True,
    )
    if not isinstance(result, ExecutionResult):
        raise TypeError("A resolver is asynchronous.")
    if result.errors:
        raise result.errors[0]
    return result.data


def _operation(body: dict[str, Any]) -> tuple[Prepared, OperationDefinitionNode]:
    text, name = body.get("query"), body.get("operationName")
    if not isinstance(text, str):
        raise Invalid(_("Send `query`, a text, and `variables`, an object."))
    prepared = prepare(SCHEMA, text)
    return prepared, select_operation(prepared.document, name if isinstance(name, str) else None)


def _waits(operation: OperationDefinitionNode) -> bool:
    """Return whether the client should try again later while the machine is in trouble."""
    if operation.operation is OperationType.QUERY:
        return True
    return all(
        isinstance(node, FieldNode) and node.name.value in WAITING
        for node in operation.selection_set.selections
    )


def _may_wait(request: HttpRequest) -> bool:
    """Return whether a request that failed before it was read should be tried again later."""
    try:
        _prepared, operation = _operation(read_object(_text(request), _("The request")))
    except Invalid:
        return False
    return _waits(operation)


class _Budget:
    """Ends a request that multiplies queries, however its document does so."""

    def __init__(self) -> None:
        self.left = MAX_QUERIES

    def __call__(self, run: Callable[..., Any], *arguments: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise Invalid(
                _("The document asks for too much: {n} queries at most.").format(n=MAX_QUERIES)
            )
        return run(*arguments)


def _json(value: Any, status: int = 200) -> HttpResponse:
    response = HttpResponse(orjson.dumps(value), "application/json", status=status)
    response["Cache-Control"] = "no-store"
    return response
