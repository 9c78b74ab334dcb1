"""Prepares the text of a document for running: limits, parsing, validation, a cache.

The SDK sends about a hundred different texts, so a document that passed once is kept.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    parse,
    type_from_ast,
    validate,
)

from registry_site.errors import Invalid
from registry_site.graphql.execution.compiled import Plan, compile_operation
from registry_site.graphql.execution.not_offered import RULES, NotOffered
from registry_site.graphql.selections import fragments_of

CACHED, CACHED_LENGTH = 256, 8 * 2**10  # the SDK's longest document has about 6,000 characters
MAX_TOKENS, MAX_DEPTH, MAX_FIELDS = 8000, 20, 400  # old releases read the schema: depth 12


@dataclass
class Prepared:
    """A valid document and the plans of those of its operations that were requested."""

    schema: GraphQLSchema
    document: DocumentNode
    plans: dict[int, Plan | None] = field(default_factory=dict)

    def plan_of(self, operation: OperationDefinitionNode) -> Plan | None:
        """Return the operation's plan, or None where graphql-core must run it."""
        if settings.GRAPHQL_CORE:
            return None
        key = id(operation)  # safe: the document keeps the operation alive
        if key not in self.plans:
            self.plans[key] = compile_operation(self.schema, self.document, operation)
        return self.plans[key]


def prepare(schema: GraphQLSchema, text: str) -> Prepared:
    """Return the document, parsed and validated; raise Invalid with one sentence."""
    if len(text) > settings.GRAPHQL_MAX_DOCUMENT:
        raise Invalid(
            _("The document is too long: {n} characters, {limit} at most.").format(
                n=len(text), limit=settings.GRAPHQL_MAX_DOCUMENT
            )
        )
    return (_cached if len(text) <= CACHED_LENGTH else _prepare)(schema, text)


def select_operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """Return the requested operation; raise Invalid where it is not in the document.

    wandb 0.31 sends the name "" with the documents of its Python part; it counts as no name.
    """
    operations = [
        each for each in document.definitions if isinstance(each, OperationDefinitionNode)
    ]
    matches = [each for each in operations if not name or each.name and each.name.value == name]
    if len(matches) != 1:
        raise Invalid(_("Name one operation of the document in `operationName`."))
    return matches[0]


def known_variables(
    schema: GraphQLSchema, operation: OperationDefinitionNode, values: dict[str, Any]
) -> dict[str, Any]:
    """Return the variables without keys of input objects that our schema doesn't have.

    Newer releases of the SDK send more; what these keys add is not needed for what we offer.
    """
    variables = {}
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        if name in values:
            variables[name] = _without_unknown_keys(
                type_from_ast(schema, definition.type), values[name]
            )
    return variables


def _without_unknown_keys(kind: Any, value: Any) -> Any:
    if is_non_null_type(kind):
        return _without_unknown_keys(kind.of_type, value)
    if is_list_type(kind) and isinstance(value, list):
        return [_without_unknown_keys(kind.of_type, item) for item in value]
    if is_input_object_type(kind) and isinstance(value, dict):
        return {
            name: _without_unknown_keys(kind.fields[name].type, item)
            for name, item in value.items()
            if name in kind.fields
        }
    return value


def _prepare(schema: GraphQLSchema, text: str) -> Prepared:
    try:
        document = parse(text, no_location=True, max_tokens=MAX_TOKENS)
        _Size(document).check()
        errors = validate(schema, document, RULES, max_errors=20, hide_suggestions=True)
    except GraphQLError as error:
        raise Invalid(error.message) from error
    except RecursionError as error:
        raise Invalid(_("The document is nested too deeply.")) from error
    errors = [error for error in errors if isinstance(error, NotOffered)] or errors
    if errors:
        raise Invalid(errors[0].message)
    return Prepared(schema, document)


_cached = lru_cache(maxsize=CACHED)(_prepare)


class _Size:
    """Counts depth and fields of a document, with fragments expanded."""

    def __init__(self, document: DocumentNode) -> None:
        self.document = document
        self.fragments = fragments_of(document)
        self.sizes: dict[str, tuple[int, int]] = {}

    def check(self) -> None:
        for definition in self.document.definitions:
            selection = getattr(definition, "selection_set", None)
            if selection is None:
                continue
            depth, count = self._of(selection)
            if depth > MAX_DEPTH:
                raise Invalid(
                    _("The document is nested too deeply: {n} levels, {limit} at most.").format(
                        n=depth, limit=MAX_DEPTH
                    )
                )
            if count > MAX_FIELDS:
                raise Invalid(
                    _("The document asks for too much: {limit} fields at most.").format(
                        limit=MAX_FIELDS
                    )
                )

    def _of(self, selection: SelectionSetNode) -> tuple[int, int]:
        depth, count = 0, 0
        for node in selection.selections:
            inner, more = 0, 0
            if isinstance(node, FragmentSpreadNode):
                inner, more = self._of_fragment(node.name.value)
            elif isinstance(node, FieldNode | InlineFragmentNode) and node.selection_set:
                inner, more = self._of(node.selection_set)
            if isinstance(node, FieldNode):
                inner, more = inner + 1, more + 1
            depth, count = max(depth, inner), count + more
        return depth, count

    def _of_fragment(self, name: str) -> tuple[int, int]:
        if name not in self.sizes:
            self.sizes[name] = (0, 0)  # a cycle: validation refuses it
            fragment = self.fragments.get(name)
            if fragment is not None:
                self.sizes[name] = self._of(fragment.selection_set)
        return self.sizes[name]
