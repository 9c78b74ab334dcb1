"""Searches for regular expressions and plain text, alike on both databases, in linear time.

The W&B server uses RE2. SQLite runs RE2 here too (with Python's `re`, Django's default, one match
can take years). PostgreSQL's own engine runs patterns that RE2 accepted, rewritten in its dialect.
"""

import re
from functools import lru_cache
from typing import Any

import re2
from django.db.models import BooleanField, Field, Lookup
from django.utils.translation import gettext as _

from registry_site.filters.conditions import Unfit

MAX_PATTERN = 500  # characters
MAX_MEMORY = 2**18  # bytes that one compiled pattern may take
MAX_REPEAT = 255  # PostgreSQL's limit
_PART = re.compile(
    r"\\.|\[\^?\]?|\[:\^?\w+:\]|\]|\(\?P?<\w+>|\(\?:|\(\?|\{\d+(?:,\d*)?\}|.", re.DOTALL
)
_ESCAPES = {"b": r"\y", "B": r"\Y", "z": r"\Z"}
_SHARED_ESCAPES = "AdDwWsSfnrtva"


def read_pattern(text: str) -> str:
    """Return the regular expression, or raise Unfit for one that RE2 or this server refuses."""
    if len(text) > MAX_PATTERN:
        raise Unfit(_("a pattern has {n} characters at most").format(n=MAX_PATTERN))
    try:
        _compiled(text)
    except re2.error as error:
        reason = error.args[0].decode(errors="replace") if error.args else ""
        raise Unfit(
            _("{text!r} is no regular expression of RE2 ({reason})").format(
                text=text[:80], reason=reason
            )
        ) from error
    postgres_pattern(text)
    return text


def found_in(pattern: str, text: str) -> bool:
    """Return whether the pattern fits anywhere in the text."""
    return _compiled(pattern).search(text) is not None


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MAX_MEMORY
    return re2.compile(pattern, options)


def postgres_pattern(pattern: str) -> str:
    """Return the pattern in PostgreSQL's dialect; raise Unfit where that can't express it."""
    options = "p"  # `.` doesn't match the end of a line
    if pattern.startswith("(?i)"):
        pattern, options = pattern[4:], "ip"
    parts, in_class = [], False
    for part in _PART.findall(pattern):
        if part[0] == "\\" and len(part) == 2:
            part = _escape(part[1], in_class)
        elif in_class:
            in_class = part != "]"
        elif part.startswith(("(?P<", "(?<")):
            part = "("
        elif part == "(?":
            raise Unfit(_("a pattern has no (? but (?:, (?P<name> and, at its start, (?i)"))
        elif part[0] == "{" and any(int(n) > MAX_REPEAT for n in re.findall(r"\d+", part)):
            raise Unfit(_("a pattern repeats {n} times at most").format(n=MAX_REPEAT))
        else:
            in_class = part[0] == "["
        parts.append(part)
    return f"(?{options})" + "".join(parts)


def _escape(character: str, in_class: bool) -> str:
    if not character.isalnum():
        return "\\" + character
    if character in _SHARED_ESCAPES:
        return "\\" + character
    if character in _ESCAPES and not in_class:
        return _ESCAPES[character]
    raise Unfit(_("\\{character} is not offered in patterns").format(character=character))


def register_search(connection: Any) -> None:
    """Give this SQLite connection `re2_search(pattern, text)`, once."""
    connection.ensure_connection()
    if getattr(connection, "searches", None) is not connection.connection:
        connection.connection.create_function("re2_search", 2, _search, deterministic=True)
        connection.searches = connection.connection


def _search(pattern: str, text: Any) -> bool:
    return isinstance(text, str) and found_in(pattern, text)


@Field.register_lookup
class Re2(Lookup):
    """`name__re2=pattern`: the pattern, which read_pattern accepted, fits somewhere in the text."""

    lookup_name = "re2"
    prepare_rhs = False
    output_field = BooleanField()

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        register_search(connection)
        text, parameters = self.process_lhs(compiler, connection)
        return f"re2_search(%s, {text})", [self.rhs, *parameters]

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        text, parameters = self.process_lhs(compiler, connection)
        return f"({text})::text ~ %s", [*parameters, postgres_pattern(self.rhs)]


@Field.register_lookup
class Holds(Lookup):
    """`name__holds=text`: the value contains the text, in the same case (unlike SQLite's LIKE)."""

    lookup_name = "holds"
    prepare_rhs = False
    output_field = BooleanField()

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        text, parameters = self.process_lhs(compiler, connection)
        return f"INSTR({text}, %s) > 0", [*parameters, self.rhs]

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        text, parameters = self.process_lhs(compiler, connection)
        return f"STRPOS({text}, %s) > 0", [*parameters, self.rhs]
