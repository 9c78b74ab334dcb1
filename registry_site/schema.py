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
    texts = []
    for place in PLACES:
        folder = Path(import_module(place).__file__ or "").parent
        texts += [path.read_text() for path in sorted(folder.glob("*.graphql"))]
        for path in sorted(folder.glob("[a-z]*.py")):
            import_module(f"{place}.{path.stem}")
    schema = build_schema("\n".join(texts))
    for (type_name, field_name), resolver in RESOLVERS.items():
        kind = schema.get_type(type_name)
        if not isinstance(kind, GraphQLObjectType) or field_name not in kind.fields:
            raise TypeError(f"{type_name}.{field_name} is bound, but not in the schema.")
        kind.fields[field_name].resolve = resolver
    bind_scalars(schema)
    return schema
