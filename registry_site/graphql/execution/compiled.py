"""Operations turned into functions, once per document: what graphql-core does at each field of
each row (collect fields, find resolver and type, coerce) is decided here beforehand.

Measured with wandb 0.31's `ProjectArtifacts` of 50 versions: see `scripts/bench sdk`. What this
can't do it refuses to compile, and graphql-core runs it; tests hold the two against each other.
The first refusal ends the operation: an answer of the API is either whole or one sentence.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_argument_values,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    type_from_ast,
)
from graphql.execution.values import VariableValues, get_variable_values

from registry_site.graphql.binding import GUARDS, TYPES, Context, seen_by_viewer, snake_case
from registry_site.graphql.selections import Info

Condition = tuple[tuple[str | None, bool], ...]  # variables and the values they must have
Read = Callable[[Any], Any]  # reads a field's value from its source
Complete = Callable[[Any, "_Run"], Any]  # turns a resolver's value into the answer's
Execute = Callable[[Any, "_Run"], Any]  # turns a field's source into the answer's value


_AS_IT_IS = {"ID": str, "String": str, "Boolean": bool}  # by the names of their types


class Unfit(Exception):
    """The operation contains something that only graphql-core can run."""


@dataclass
class _Run:
    """One request: its context, its variables, and caches of what its fields return."""

    context: Context
    variables: VariableValues
    calls: dict[int, Any] = field(default_factory=dict)  # (info, arguments) by the field's key
    answers: dict[Any, Any] = field(default_factory=dict)  # (row, answer) by selection and row

    def wants(self, condition: Condition) -> bool:
        values = self.variables.coerced
        return all(name is not None and values.get(name) is must for name, must in condition)


@dataclass(frozen=True)
class Plan:
    """A compiled operation, which can be run many times."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    complete: Complete

    def run(self, context: Context, values: dict[str, Any]) -> dict[str, Any]:
        """Return the data; raise GraphQLError for bad variables, and whatever resolvers raise."""
        variables = get_variable_values(
            self.schema,
            self.operation.variable_definitions or (),
            values,
            max_errors=1,
            hide_suggestions=True,  # only the first error is shown; a long list may have many
        )
        if isinstance(variables, list):
            raise variables[0]
        return self.complete(None, _Run(context, variables))


def compile_operation(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> Plan | None:
    """Return the plan of a validated operation, or None for one that graphql-core must run.

    Those are introspection, several mutations in one operation, and a field that is requested twice
    under conditions.
    """
    reads = operation.operation is OperationType.QUERY
    root = schema.query_type if reads else schema.mutation_type
    try:
        if root is None or not (reads or len(operation.selection_set.selections) == 1):
            raise Unfit
        compiler = _Compiler(schema, document)
        return Plan(schema, operation, compiler.object(root, [operation.selection_set]))
    except Unfit:
        return None


class _Compiler:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.schema = schema
        self.fragments = {
            found.name.value: found
            for found in document.definitions
            if isinstance(found, FragmentDefinitionNode)
        }

    def object(self, kind: GraphQLObjectType, selections: list[SelectionSetNode]) -> Complete:
        """Return a function that makes a dict of a value of this type."""
        nodes_of: dict[str, list[tuple[FieldNode, Condition]]] = {}
        for selection in selections:
            for node, condition in self.collect(kind, selection, ()):
                key = node.alias.value if node.alias else node.name.value
                nodes_of.setdefault(key, []).append((node, condition))
        entries = [(key, *self.entry(kind, nodes)) for key, nodes in nodes_of.items()]
        if not any(condition for _key, condition, _execute in entries):
            always = [(key, execute) for key, _condition, execute in entries]
            return lambda value, run: {key: execute(value, run) for key, execute in always}
        return lambda value, run: {
            key: execute(value, run)
            for key, condition, execute in entries
            if not condition or run.wants(condition)
        }

    def entry(
        self, kind: GraphQLObjectType, nodes: list[tuple[FieldNode, Condition]]
    ) -> tuple[Condition, Execute]:
        conditions = {condition for _node, condition in nodes}
        if len(conditions) > 1:
            raise Unfit
        return conditions.pop(), self.field(kind, [node for node, _condition in nodes])

    def collect(
        self, kind: GraphQLObjectType, selection: SelectionSetNode, condition: Condition
    ) -> Iterator[tuple[FieldNode, Condition]]:
        """Yield the fields that are requested of this type, with fragments expanded."""
        for node in selection.selections:
            here = condition + _condition(node)
            if isinstance(node, FieldNode):
                yield node, here
                continue
            inner: Any = node
            if isinstance(node, FragmentSpreadNode):
                inner = self.fragments[node.name.value]
            on = inner.type_condition
            if on is None or self.is_of(kind, type_from_ast(self.schema, on)):
                yield from self.collect(kind, inner.selection_set, here)

    def is_of(self, kind: GraphQLObjectType, other: Any) -> bool:
        return kind is other or (is_abstract_type(other) and self.schema.is_sub_type(other, kind))

    def field(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> Execute:
        name = nodes[0].name.value
        if name == "__typename":
            return lambda source, run: kind.name
        if name.startswith("__"):
            raise Unfit
        definition, label = kind.fields[name], f"{kind.name}.{name}"
        selections = [each.selection_set for each in nodes if each.selection_set]
        complete = self.type(definition.type, selections, label)
        read = getattr(definition.resolve, "read", None) if definition.resolve else _plain(name)
        if read is None:
            return _resolved(nodes, self.fragments, definition, complete)
        if is_leaf_type(get_nullable_type(definition.type)):
            return _leaf(read, definition.type, label)
        return lambda source, run: complete(read(source), run)

    def type(self, kind: Any, selections: list[SelectionSetNode], label: str) -> Complete:
        if is_non_null_type(kind):
            return _never_null(self.type(kind.of_type, selections, label), label)
        if is_list_type(kind):
            return _list(self.type(kind.of_type, selections, label))
        if is_leaf_type(kind):
            return _leaf(lambda value: value, kind, label)
        if is_object_type(kind):
            return _seen(self.object(kind, selections))
        return _seen(self.abstract(kind, selections))

    def abstract(self, kind: Any, selections: list[SelectionSetNode]) -> Complete:
        each = {
            each_kind.name: self.object(each_kind, selections)
            for each_kind in self.schema.get_possible_types(kind)
        }
        return lambda value, run: each[TYPES[type(value)](value)](value, run)


def _condition(node: Any) -> Condition:
    """Return the condition of the node's `@include(if: …)` and `@skip(if: …)`."""
    condition: Condition = ()
    for directive in node.directives or ():
        must = {"include": True, "skip": False}.get(directive.name.value)
        if must is None:
            raise Unfit
        value = directive.arguments[0].value
        if isinstance(value, VariableNode):
            condition += ((value.name.value, must),)
        elif value.value is not must:
            condition += ((None, must),)
    return condition


def _plain(name: str) -> Read:
    """Return a function for a field without a resolver: a key of a dict, else an attribute."""
    attribute = snake_case(name)

    def read(source: Any) -> Any:
        if not isinstance(source, dict):
            return getattr(source, attribute, None)
        value = source.get(name)
        return value() if callable(value) else value

    return read


def _resolved(
    nodes: list[FieldNode],
    fragments: dict[str, FragmentDefinitionNode],
    definition: GraphQLField,
    complete: Complete,
) -> Execute:
    resolve: Any = definition.resolve
    node, key = nodes[0], id(nodes[0])
    facts: dict[Any, bool] = {}  # of the field's selection, which is the same for each request

    def execute(source: Any, run: _Run) -> Any:
        at_hand = run.calls.get(key)
        if at_hand is None:
            arguments = get_argument_values(definition, node, run.variables, hide_suggestions=True)
            at_hand = run.calls[key] = Info(run.context, nodes, fragments, facts), arguments
        info, arguments = at_hand
        return complete(resolve(source, info, **arguments), run)

    return execute


def _never_null(complete: Complete, label: str) -> Complete:
    def never_null(value: Any, run: _Run) -> Any:
        completed = complete(value, run)
        if completed is None:
            raise _null(label)
        return completed

    return never_null


def _null(label: str) -> GraphQLError:
    return GraphQLError(f"Cannot return null for non-nullable field {label}.")


def _seen(complete: Complete) -> Complete:
    """Return a function for an object that the viewer gets as its guard lets them, or null.

    What has a guard stands around many rows of a list, and is answered once for all of them.
    """

    def seen(value: Any, run: _Run) -> Any:
        if type(value) not in GUARDS:
            return None if value is None else complete(value, run)
        key = complete, id(value)
        if key not in run.answers:
            visible = seen_by_viewer(value, run.context)
            answer = None if visible is None else complete(visible, run)
            run.answers[key] = value, answer  # with the row, so that no other row gets its id
        return run.answers[key][1]

    return seen


def _list(complete: Complete) -> Complete:
    def listed(value: Any, run: _Run) -> Any:
        return None if value is None else [complete(each, run) for each in value]

    return listed


def _leaf(read: Read, kind: Any, label: str) -> Execute:
    """Return a function for a leaf field, which most are: it calls as little as can be."""
    leaf, must = get_nullable_type(kind), is_non_null_type(kind)
    coerce, as_it_is = leaf.coerce_output_value, _AS_IT_IS.get(leaf.name)

    def execute(source: Any, run: _Run) -> Any:
        value = read(source)
        if type(value) is as_it_is:
            return value
        if value is None and must:
            raise _null(label)
        return None if value is None else coerce(value)

    return execute
