"""Templates as they are sent: indented for who reads their source, and for nobody else."""

import re

from django.template import Origin
from django.template.loaders.filesystem import Loader

_KEPT = re.compile(r"(<(pre|textarea)\b.*?</\2>)", re.DOTALL)
_INDENT = re.compile(r"\n[ \t]+")


class UnindentedLoader(Loader):
    """Loads templates without their indentation, a fifth of the bytes of a page of rows.

    Lines keep their numbers, for errors to name. What a browser shows with its white space stays.
    """

    def get_contents(self, origin: Origin) -> str:
        return without_indentation(super().get_contents(origin))


def without_indentation(source: str) -> str:
    """Return the source with no white space at the start of its lines, but in pre and textarea."""
    outside, pieces = 0, []
    for kept in _KEPT.finditer(source):
        pieces += [_INDENT.sub("\n", source[outside : kept.start()]), kept[0]]
        outside = kept.end()
    return "".join([*pieces, _INDENT.sub("\n", source[outside:])])
