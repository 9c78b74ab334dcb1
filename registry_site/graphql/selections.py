"""The fields that a query requests below a field, for resolvers whose answer depends on them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    StringValueNode,
    VariableNode,
)

from registry_site.graphql.binding import Context


class Info:
    """What a resolver gets from graphql-core's info, as far as ours read it.

    `facts` keeps what was found out about the selection for as long as its document is kept.
    """

    __slots__ = ("context", "facts", "field_name", "field_nodes", "fragments")

    def __init__(
        self,
        context: Context,
        field_nodes: list[FieldNode],
        fragments: dict[str, FragmentDefinitionNode],
        facts: dict[Any, bool],
    ) -> None:
        self.context = context
        self.facts = facts
        self.field_name = field_nodes[0].name.value
        self.field_nodes = field_nodes
        self.fragments = fragments


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """Return the fragments of a document by name."""
    return {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }


def selected(info: Any) -> set[str]:
    """Return the names of the fields requested below the current one, fragments expanded."""
    return _names(info.field_nodes, info.fragments)


def stays_within(info: Any, allowed: Mapping[str, set[str]]) -> bool:
    """Return whether each field of these names, however deep, is asked only for what it allows."""
    if not isinstance(info, Info):  # graphql-core's
        return _stays_within(info, allowed)
    key = id(allowed)  # a constant of a module
    if key not in info.facts:
        info.facts[key] = _stays_within(info, allowed)
    return info.facts[key]


def _stays_within(info: Any, allowed: Mapping[str, set[str]]) -> bool:
    waiting: list[FieldNode] = list(info.field_nodes)
    while waiting:
        below = list(fields_below(waiting.pop(), info.fragments))
        for node in below:
            fields = allowed.get(node.name.value)
            if fields is not None and not _names([node], info.fragments) <= fields:
                return False
        waiting += [node for node in below if node.selection_set]
    return True


def only_below(node: FieldNode, name: str) -> FieldNode | None:
    """Return the field of this name below the node, if nothing else is there; else None."""
    only, *others = node.selection_set.selections if node.selection_set else (None,)
    if others or not isinstance(only, FieldNode) or only.directives:
        return None
    return only if only.name.value == name else None


def text_argument(info: Any, node: FieldNode, name: str) -> str | None:
    """Return the text of a field's argument before its turn; None where none was given."""
    for argument in node.arguments or ():
        if argument.name.value == name:
            value: Any = argument.value
            if isinstance(value, StringValueNode):
                return value.value
            if isinstance(value, VariableNode):
                text = info.context.variables.get(value.name.value)
                return text if isinstance(text, str) else None
    return None


def _names(nodes: Iterable[FieldNode], fragments: Mapping[str, Any]) -> set[str]:
    names = {below.name.value for node in nodes for below in fields_below(node, fragments)}
    return names - {"__typename"}


def fields_below(
    node: FieldNode | OperationDefinitionNode, fragments: Mapping[str, Any]
) -> Iterator[FieldNode]:
    """Yield the fields requested below a field or operation, fragments expanded."""
    waiting: list[Any] = [node.selection_set]
    while waiting:
        selection = waiting.pop()
        for each in selection.selections if selection else ():
            if isinstance(each, FieldNode):
                yield each
            elif isinstance(each, FragmentSpreadNode):
                waiting.append(fragments[each.name.value].selection_set)
            else:
                waiting.append(each.selection_set)
