"""Operations turned into functions: what graphql-core does at each field of each row (collect
fields, find resolver and type, coerce) is decided here beforehand, once for a document and for the
Boolean variables on which its `@include` and `@skip` depend.

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

from registry_site.graphql.binding import GUARDS, TYPES, Context, reader_of, seen_by_viewer
from registry_site.graphql.selections import Info, fields_below, fragments_of

Read = Callable[[Any], Any]  # reads a field's value from its source
Complete = Callable[[Any, "_Run"], Any]  # turns a resolver's value into the answer's
Execute = Callable[[Any, "_Run"], Any]  # turns a field's source into the answer's value

_CHOICES = 4  # values of its Boolean variables for which an operation keeps a function
_AS_IT_IS = {"ID": str, "String": str, "Boolean": bool}  # by the names of their types


@dataclass
class _Run:
    """One request: its context, its variables, and caches of what its fields return."""

    context: Context
    variables: VariableValues
    calls: dict[int, Any] = field(default_factory=dict)  # (info, arguments) by the field's key
    answers: dict[Any, Any] = field(default_factory=dict)  # (row, answer) by selection and row


@dataclass(frozen=True)
class Plan:
    """A valid operation, which can be run many times."""

    schema: GraphQLSchema
    fragments: dict[str, FragmentDefinitionNode]
    operation: OperationDefinitionNode
    root: GraphQLObjectType
    switches: list[str]  # its Boolean variables
    functions: dict[Any, Complete] = field(default_factory=dict)  # by the values of these

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
        choice = tuple(map(variables.coerced.get, self.switches))
        complete = self.functions.get(choice) or self.compile(choice)
        return complete(None, _Run(context, variables))

    def compile(self, choice: tuple[bool | None, ...]) -> Complete:
        """Return, and keep, a function that runs the operation for this choice."""
        switches = dict(zip(self.switches, choice, strict=True))
        compiler = _Compiler(self.schema, self.fragments, switches)
        if len(self.functions) >= _CHOICES:
            self.functions.clear()
        complete = compiler.object(self.root, [self.operation.selection_set])
        self.functions[choice] = complete  # returned as it is: another thread may clear them
        return complete


def compile_operation(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> Plan | None:
    """Return the plan of a validated operation, or None for one that graphql-core must run.

    Those are introspection, and several mutations in one operation.
    """
    fragments, root = fragments_of(document), schema.get_root_type(operation.operation)
    names = [node.name.value for node in fields_below(operation, fragments)]
    reads = operation.operation is OperationType.QUERY
    if root is None or not (reads or len(names) == 1) or {"__schema", "__type"} & set(names):
        return None
    switches = [
        each.variable.name.value
        for each in operation.variable_definitions or ()
        if str(type_from_ast(schema, each.type)) in ("Boolean", "Boolean!")
    ]
    return Plan(schema, fragments, operation, root, switches)


@dataclass(frozen=True)
class _Compiler:
    schema: GraphQLSchema
    fragments: dict[str, FragmentDefinitionNode]
    switches: dict[str, bool | None]  # values of Boolean variables

    def object(self, kind: GraphQLObjectType, selections: list[SelectionSetNode]) -> Complete:
        """Return a function that makes a dict of a value of this type."""
        nodes: dict[str, list[FieldNode]] = {}
        for selection in selections:
            for node in self.collect(kind, selection):
                nodes.setdefault((node.alias or node.name).value, []).append(node)
        entries = [(key, self.field(kind, of_key)) for key, of_key in nodes.items()]
        return lambda value, run: {key: execute(value, run) for key, execute in entries}

    def collect(self, kind: GraphQLObjectType, selection: SelectionSetNode) -> Iterator[FieldNode]:
        """Yield the fields that are requested of this type, with fragments expanded."""
        for node in selection.selections:
            if not self.includes(node):
                continue
            if isinstance(node, FieldNode):
                yield node
                continue
            inner: Any = node
            if isinstance(node, FragmentSpreadNode):
                inner = self.fragments[node.name.value]
            on = inner.type_condition
            if on is None or self.is_of(kind, type_from_ast(self.schema, on)):
                yield from self.collect(kind, inner.selection_set)

    def includes(self, node: Any) -> bool:
        """Return whether every `@include(if: …)` and `@skip(if: …)` lets the node be."""
        for directive in node.directives or ():
            condition = directive.arguments[0].value
            is_variable = isinstance(condition, VariableNode)
            value = self.switches[condition.name.value] if is_variable else condition.value
            if value is not (directive.name.value == "include"):
                return False
        return True

    def is_of(self, kind: GraphQLObjectType, other: Any) -> bool:
        return kind is other or (is_abstract_type(other) and self.schema.is_sub_type(other, kind))

    def field(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> Execute:
        name = nodes[0].name.value
        if name == "__typename":
            return lambda source, run: kind.name
        definition, label = kind.fields[name], f"{kind.name}.{name}"
        selections = [each.selection_set for each in nodes if each.selection_set]
        complete = self.type(definition.type, selections, label)
        read = getattr(definition.resolve, "read", None) if definition.resolve else reader_of(name)
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
        kinds = self.schema.get_possible_types(kind)
        each = {kind.name: self.object(kind, selections) for kind in kinds}
        return _seen(lambda value, run: each[TYPES[type(value)](value)](value, run))


def _resolved(
    nodes: list[FieldNode],
    fragments: dict[str, FragmentDefinitionNode],
    definition: GraphQLField,
    complete: Complete,
) -> Execute:
    resolve: Any = definition.resolve
    facts: dict[Any, bool] = {}  # of the field's selection, which is the same for each request
    node, key = nodes[0], id(facts)  # two fields with other fields below may begin with one node

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
