"""The schema: all SDL files as one, with their resolvers."""

from importlib import import_module
from pathlib import Path

from graphql import GraphQLObjectType, GraphQLSchema, build_schema

from registry_site.graphql.binding import RESOLVERS
from registry_site.graphql.scalars import bind_scalars

PACKAGES = [
    "registry_site.graphql",
    "registry_site.accounts.graphql",
    "artifacts.graphql",
    "registries.graphql",
]


def load_schema() -> GraphQLSchema:
    """Return the schema with every resolver bound; raise TypeError for one that fits no field."""
    for package in PACKAGES:
        for path in sorted(_folder(package).rglob("[a-z]*.py")):
            inner = path.relative_to(_folder(package)).with_suffix("").parts
            import_module(".".join([package, *inner]))
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
    return "\n".join(path.read_text() for path in sdl_files())


def sdl_files() -> list[Path]:
    """Return every SDL file; each stands beside the module of the same name that resolves it."""
    return [path for package in PACKAGES for path in sorted(_folder(package).rglob("*.graphql"))]


def _folder(package: str) -> Path:
    return Path(import_module(package).__file__ or "").parent
