"""Refuses what is not in the schema, in one sentence that names it and the operation."""

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from graphql import (
    ArgumentNode,
    ASTValidationRule,
    EnumValueNode,
    FieldNode,
    GraphQLError,
    NamedTypeNode,
    ObjectFieldNode,
    OperationDefinitionNode,
    ValidationRule,
    get_named_type,
    is_enum_type,
    specified_rules,
)

# Features that this server does not have, by names in wandb 0.31; the first match counts.
_OUTSIDE = [
    (re.compile(r"launch|runqueue|resourceconfig", re.I), gettext_lazy("launch queues")),
    (re.compile(r"sweep|agent", re.I), gettext_lazy("sweeps")),
    (re.compile(r"view(s|$|input)", re.I), gettext_lazy("reports")),
    (re.compile(r"customchart", re.I), gettext_lazy("custom charts")),
]


class NotOffered(GraphQLError):
    """A part of the document is not in the schema; this error is shown before any other."""


class _Offered(ValidationRule):
    """Reports fields, arguments, types and values that this server does not have."""

    def enter_field(self, node: FieldNode, *_args: Any) -> None:
        parent = self.context.get_parent_type()
        if parent is not None and self.context.get_field_def() is None:
            self._report(self._field(node))

    def enter_argument(self, node: ArgumentNode, *args: Any) -> None:
        context = self.context
        is_known = context.get_argument() is not None or context.get_directive() is not None
        if not is_known and context.get_field_def() is not None:
            self._report(f"{self._field(args[3][-1])}({node.name.value}:)")

    def enter_object_field(self, node: ObjectFieldNode, *_args: Any) -> None:
        parent = get_named_type(self.context.get_parent_input_type())
        if parent is not None and self.context.get_input_type() is None:
            self._report(f"{parent.name}.{node.name.value}")

    def enter_enum_value(self, node: EnumValueNode, *_args: Any) -> None:
        kind = get_named_type(self.context.get_input_type())
        if is_enum_type(kind) and node.value not in kind.values:
            self._report(f"{kind.name}.{node.value}")

    def enter_named_type(self, node: NamedTypeNode, *_args: Any) -> None:
        if node.name.value not in self.context.schema.type_map:
            self._report(node.name.value)

    def _field(self, node: FieldNode) -> str:
        parent, schema = self.context.get_parent_type(), self.context.schema
        is_root = parent is None or parent in (schema.query_type, schema.mutation_type)
        return node.name.value if is_root else f"{parent}.{node.name.value}"

    def _report(self, name: str) -> None:
        operations = [
            part.name.value
            for part in self.context.document.definitions
            if isinstance(part, OperationDefinitionNode) and part.name
        ]
        what = f"{name} ({operations[0]})" if operations else name
        area = next((area for words, area in _OUTSIDE if words.search(name)), None)
        sentence = (
            _("This server does not offer {what}: it has no {area}.").format(what=what, area=area)
            if area
            else _("This server does not offer {what} yet.").format(what=what)
        )
        self.report_error(NotOffered(sentence))


RULES: list[type[ASTValidationRule]] = [_Offered, *specified_rules]
