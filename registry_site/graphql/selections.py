"""What a query asks for below a field, for the few fields whose answer depends on it."""

from typing import Any

from graphql import FieldNode, FragmentSpreadNode


def selected(info: Any) -> set[str]:
    """The names of the fields asked below the one at hand, fragments spread out."""
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
