"""Loads templates without their indentation, which only readers of the source need."""

import re

from django.template import Origin
from django.template.loaders.filesystem import Loader

_KEPT = re.compile(r"(<(pre|textarea)\b.*?</\2>)", re.DOTALL)
_INDENT = re.compile(r"\n[ \t]+")


class UnindentedLoader(Loader):
    """Removes indentation, a fifth of the bytes of a page of rows.

    Lines keep their numbers, so that errors name the right ones. Elements in which white space
    shows keep it.
    """

    def get_contents(self, origin: Origin) -> str:
        return without_indentation(super().get_contents(origin))


def without_indentation(source: str) -> str:
    """Return the source without white space at the start of lines, except in pre and textarea."""
    outside, pieces = 0, []
    for match in _KEPT.finditer(source):
        pieces += [_INDENT.sub("\n", source[outside : match.start()]), match[0]]
        outside = match.end()
    return "".join([*pieces, _INDENT.sub("\n", source[outside:])])
