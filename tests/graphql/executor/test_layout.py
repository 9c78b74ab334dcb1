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


def module_beside(path):
    """The module's name, in parts, that stands beside an SDL file."""
    return list(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
