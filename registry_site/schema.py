"""The schema: every SDL file in one, resolvers bound. Nothing else is decided here."""

from importlib import import_module
from pathlib import Path

from graphql import GraphQLObjectType, GraphQLSchema, build_schema

from registry_site.graphql.binding import RESOLVERS
from registry_site.graphql.scalars import bind_scalars

PLACES = [
    "registry_site.graphql",
    "registry_site.accounts.graphql",
    "artifacts.graphql",
    "registries.graphql",
]


def load_schema() -> GraphQLSchema:
    """Build the schema and bind every resolver; raises TypeError for one that fits no field."""
    for place in PLACES:
        for path in sorted(_folder(place).glob("[a-z]*.py")):
            import_module(f"{place}.{path.stem}")
    schema = build_schema(read_sdl())
    for (type_name, field_name), resolver in RESOLVERS.items():
        kind = schema.get_type(type_name)
        if not isinstance(kind, GraphQLObjectType) or field_name not in kind.fields:
            raise TypeError(f"{type_name}.{field_name} is bound, but not in the schema.")
        kind.fields[field_name].resolve = resolver
    bind_scalars(schema)
    return schema


def read_sdl() -> str:
    """Return the text of all SDL files."""
    return "\n".join(
        path.read_text() for place in PLACES for path in sorted(_folder(place).glob("*.graphql"))
    )


def _folder(place: str) -> Path:
    return Path(import_module(place).__file__ or "").parent
