"""The fields that a query requests below a field, for resolvers whose answer depends on them."""

from typing import Any

from graphql import FieldNode, FragmentSpreadNode


def selected(info: Any) -> set[str]:
    """Return the names of the fields requested below the current one, fragments expanded."""
    names: set[str] = set()
    waiting: list[Any] = [node.selection_set for node in info.field_nodes]
    while waiting:
        selection = waiting.pop()
        for node in selection.selections if selection else ():
            if isinstance(node, FieldNode):
                names.add(node.name.value)
            elif isinstance(node, FragmentSpreadNode):
                waiting.append(info.fragments[node.name.value].selection_set)
            else:
                waiting.append(node.selection_set)
    return names - {"__typename"}
