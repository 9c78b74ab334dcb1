"""Names of aliases compared by what people mean, whether spelled out or as a pattern.

In a pattern `*` stands for any text, even for none; no other sign in it has a special meaning.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Set
from typing import Any

from django.utils.translation import gettext as _

from registry_site.accounts.names import UNSEEN, check_alias_name
from registry_site.errors import Invalid

ANY = "*"
LATEST = "latest"  # follows the newest version by itself; no pattern covers it


class AliasNames(Set[str]):
    """A set of aliases compared by meaning: `Production`, in capitals or full width, is one.

    Invisible signs in a name don't count either. `in`, `&` and `-` compare by meaning, and return
    what the other side spelled: with `production` in the set, `{"Production"} & names` is
    `{"Production"}`. A name that a pattern covers is in the set, too; iteration yields only names
    that are spelled out, and `patterns` has the others.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        all_names = list(names)
        self.patterns = [name for name in all_names if is_pattern(name)]
        self._parts = [(pattern, meant_by(pattern).split(ANY)) for pattern in self.patterns]
        self._spelled = {meant_by(name): name for name in all_names if not is_pattern(name)}

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        return meant_by(name) in self._spelled or bool(self.pattern_of(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._spelled.values())

    def __len__(self) -> int:
        return len(self._spelled)

    def __bool__(self) -> bool:
        return bool(self._spelled or self.patterns)

    def pattern_of(self, name: str) -> str:
        """Return the first pattern that covers the name, "" where none does."""
        if name == LATEST:
            return ""
        meant = meant_by(name)
        return next((pattern for pattern, parts in self._parts if _fits(parts, meant)), "")

    def all(self) -> list[str]:
        """Return names and patterns, sorted by name."""
        return sorted([*self._spelled.values(), *self.patterns])

    @classmethod
    def _from_iterable(cls, names: Iterable[Any]) -> Set[Any]:
        return frozenset(names)


def is_pattern(name: str) -> bool:
    """Return whether the text is a pattern, which can cover many aliases."""
    return ANY in meant_by(name)


def check_alias_pattern(name: str) -> str:
    """Return the name of an alias, or a pattern that such names can fit; or raise Invalid.

    `latest` is refused: it always names the newest version.
    """
    if meant_by(name) == LATEST:
        raise Invalid(
            _("{name} can't be protected: it always names the newest version.").format(name=name)
        )
    check_alias_name(name.replace(ANY, "x") if is_pattern(name) else name)
    return name


def meant_by(name: str) -> str:
    """Return the name in Unicode's NFKC_Casefold form."""
    visible = UNSEEN.sub("", unicodedata.normalize("NFKC", name).casefold())
    return unicodedata.normalize("NFKC", visible)


def _fits(parts: list[str], name: str) -> bool:
    """Return whether the name consists of these texts in this order, with any text between them."""
    first, *middle, last = parts
    if len(name) < len(first) + len(last):
        return False
    if not (name.startswith(first) and name.endswith(last)):
        return False
    at, end = len(first), len(name) - len(last)
    for part in middle:
        start = name.find(part, at, end)
        if start < 0:
            return False
        at = start + len(part)
    return True
