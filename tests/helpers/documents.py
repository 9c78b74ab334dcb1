"""Documents that hypothesis makes up from a schema: valid ones, with everything that may be in one.

A document reads. Its arguments are values that a table knows by their names, written out or given
as variables, and now and then ones that nobody would send.
"""

import itertools
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLSchema,
    ast_from_value,
    get_named_type,
    is_abstract_type,
    is_enum_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    print_ast,
)
from hypothesis import strategies

MAX_PARTS = 25  # of a document, before it only gets leaves: it must stay quick to validate


@dataclass
class _Document:
    """What was drawn so far."""

    draw: Any
    schema: GraphQLSchema
    values: dict[str, list[Any]]
    rare: frozenset[str]
    fragments: list[str] = field(default_factory=list)
    definitions: dict[str, str] = field(default_factory=dict)  # of variables
    variables: dict[str, Any] = field(default_factory=dict)
    size: int = 0
    names: Any = field(default_factory=itertools.count)
    is_conditional: bool = False  # what is asked for twice is so under the same conditions

    def chance(self, one_in: int) -> bool:
        return self.draw(strategies.integers(1, one_in)) == 1

    def selection(self, kind: Any, depth: int) -> str:
        parts = [self.part(kind, depth) for _ in range(self.draw(strategies.integers(1, 4)))]
        return "{ " + " ".join(parts) + " }"

    def part(self, kind: Any, depth: int) -> str:
        """A field, or a fragment of one or more, inline or of its own."""
        self.size += 1
        depth = depth if self.size < MAX_PARTS else 0
        if depth <= 0 or not self.chance(4):
            return self.field(kind, depth)
        on = self.draw(strategies.sampled_from(self.overlapping(kind)))
        directives, above = self.directives(), self.is_conditional
        self.is_conditional = above or bool(directives)
        inner = self.selection(on, depth - 1)
        self.is_conditional = above
        if self.chance(2):
            condition = "" if on is kind and self.chance(2) else f"on {on.name} "
            return f"... {condition}{directives}{inner}"
        name = f"F{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on {on.name} {inner}")
        return f"...{name} {directives}"

    def overlapping(self, kind: Any) -> list[Any]:
        """The types that a fragment within this one may name."""
        possible = set(self.possible(kind))
        composite = (t for t in self.schema.type_map.values() if not t.name.startswith("__"))
        return [t for t in composite if possible & set(self.possible(t))]

    def possible(self, kind: Any) -> list[Any]:
        if is_abstract_type(kind):
            return list(self.schema.get_possible_types(kind))
        return [kind] if hasattr(kind, "fields") and not is_input_object_type(kind) else []

    def field(self, kind: Any, depth: int) -> str:
        fields = getattr(kind, "fields", {})  # a union has none
        usable = [
            name
            for name, definition in fields.items()
            if (depth > 0 or is_leaf_type(get_named_type(definition.type)))
            and all(
                self.candidates(name, argument, arg)
                for argument, arg in definition.args.items()
                if is_required_argument(arg)
            )
        ]
        if not usable:
            return f"{self.alias()}__typename"
        often = [name for name in usable if name not in self.rare] or usable
        inner = [name for name in often if not is_leaf_type(get_named_type(fields[name].type))]
        choice = usable if self.chance(20) else inner or often if self.chance(2) else often
        name = self.draw(strategies.sampled_from(choice))
        named = get_named_type(fields[name].type)
        inner = "" if is_leaf_type(named) else " " + self.selection(named, depth - 1)
        arguments = self.arguments(name, fields[name].args)
        directives = self.directives()
        plain = not (arguments or directives or self.is_conditional) and self.chance(2)
        return f"{'' if plain else self.alias()}{name}{arguments} {directives}{inner}"

    def alias(self) -> str:
        return f"a{next(self.names)}: "

    def arguments(self, of: str, args: dict[str, GraphQLArgument]) -> str:
        given = []
        for name, argument in args.items():
            if not is_required_argument(argument) and self.chance(5):
                continue
            if candidates := self.candidates(of, name, argument):
                is_null = not is_non_null_type(argument.type) and self.chance(10)
                value = None if is_null else self.draw(strategies.sampled_from(candidates))
                given.append(f"{name}: {self.written(value, argument)}")
        return f"({', '.join(given)})" if given else ""

    def candidates(self, of: str, name: str, argument: GraphQLArgument) -> list[Any]:
        """Values of the argument's type: those of this field's argument, or of any of its name."""
        kind = argument.type.of_type if is_non_null_type(argument.type) else argument.type
        if not is_list_type(kind) and kind.name == "Boolean":
            return [True, False]
        if is_enum_type(kind):
            return list(kind.values)
        scalars = {"Int": int, "Float": float}
        typed = list if is_list_type(kind) else scalars.get(kind.name, str)
        values = self.values.get(f"{of}.{name}") or self.values.get(name, [])
        return [value for value in values if isinstance(value, typed)]

    def written(self, value: Any, argument: GraphQLArgument) -> str:
        """The value as it stands in the text: itself, or a variable."""
        if self.chance(2):
            name = f"v{len(self.definitions)}"
            self.definitions[name] = f"${name}: {argument.type}"
            if value is not None or self.chance(2) or is_non_null_type(argument.type):
                self.variables[name] = value
            return f"${name}"
        named = get_named_type(argument.type)
        if is_enum_type(named):
            return value or "null"
        node = ast_from_value(value, argument.type) if value is not None else None
        return print_ast(node) if node else "null"

    def directives(self) -> str:
        """A condition, for the most part one that keeps the field."""
        if not self.chance(6):
            return ""
        keeps = {"include": ["true", "$yes"], "skip": ["false", "$no"]}
        directive = self.draw(strategies.sampled_from(list(keeps)))
        conditions = ["true", "false", "$yes", "$no"] if self.chance(4) else keeps[directive]
        condition = self.draw(strategies.sampled_from(conditions))
        if condition.startswith("$"):
            self.definitions[condition[1:]] = f"{condition}: Boolean!"
            self.variables[condition[1:]] = condition == "$yes"
        return f"@{directive}(if: {condition}) "


@strategies.composite
def documents(
    draw: Any,
    schema: GraphQLSchema,
    values: dict[str, list[Any]],
    *,
    depth: int = 4,
    rare: frozenset[str] = frozenset(),
) -> tuple[str, dict[str, Any]]:
    """Draw a document that reads, and its variables.

    `values` are those of arguments, by the argument's name. The fields named in `rare` come seldom:
    those that end most documents that have them.
    """
    document = _Document(draw, schema, values, rare)
    body = document.selection(schema.query_type, depth)
    definitions = ", ".join(document.definitions.values())
    head = f"query Made({definitions})" if definitions else "query Made"
    return "\n".join([f"{head} {body}", *document.fragments]), document.variables
