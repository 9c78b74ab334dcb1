"""SDL and resolvers of a noun stand together: `collections.graphql` beside `collections.py`."""

import pytest
from django.conf import settings
from graphql import parse

from registry_site import api  # noqa: F401 - it loads the schema
from registry_site.graphql.binding import RESOLVERS
from registry_site.schema import sdl_files

WITHOUT_RESOLVERS = {"base.graphql"}  # scalars and roots: what every other file stands on


def declared():
    """`(type, field)` -> the SDL file that declares it."""
    return {
        (definition.name.value, field.name.value): path
        for path in sdl_files()
        for definition in parse(path.read_text()).definitions
        for field in getattr(definition, "fields", None) or ()
    }


@pytest.mark.parametrize("path", sdl_files(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_sdl_stands_beside_its_module(path):
    assert path.name in WITHOUT_RESOLVERS or path.with_suffix(".py").exists()


def test_fields_are_resolved_beside_their_sdl():
    paths = declared()
    apart = [
        f"{resolver.__name__}: {paths[bound].name}"
        for bound, resolver in RESOLVERS.items()
        if not hasattr(resolver, "read")  # what is only read off its source is bound in place
        and resolver.__module__.split(".") != module_beside(paths[bound])
    ]
    assert not apart


# the words for a type in the names of its resolvers, where they aren't its own name
WORDS = {
    "ArtifactSequence": {"collection", "sequence"}, "ArtifactPortfolio": {"collection"},
    "ArtifactCollectionMembership": {"membership"}, "ArtifactType": {"type"},
    "UpsertBucketPayload": {"run"},
}  # fmt: skip


def test_resolvers_are_named_by_their_fields():
    """`run_log_lines` resolves Run.logLines, `update_artifact` the mutation updateArtifact."""
    names = {}
    for (type_name, field), resolver in RESOLVERS.items():
        if not hasattr(resolver, "read"):
            words = (
                {""} if type_name in {"Query", "Mutation"} else WORDS.get(type_name, {type_name})
            )
            possible = {f"{word}{field}".lower() for word in words}
            possible |= {field.lower()} if field.startswith(type_name.lower()) else set()
            names.setdefault(resolver, set()).update(possible)
    other = [
        resolver.__name__
        for resolver, possible in names.items()
        if resolver.__name__.replace("_", "") not in possible
    ]
    assert not other


def module_beside(path):
    """The module's name, in parts, that stands beside an SDL file."""
    return list(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
