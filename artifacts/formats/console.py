"""A line of a run's console, in the two forms in which the SDK sends it.

With the server feature STRUCTURED_CONSOLE_LOGS it is JSON, `{"ts", "content", "level", "label"}`.
Without, it is a time and a text, after `ERROR ` for errors: `ERROR 2026-11-23T03:36:26.499 text`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from registry_site.texts.json_text import read_line

_PLAIN = re.compile(
    r"(?P<error>ERROR )?(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z?) ?(?P<text>.*)",
    re.DOTALL,
)


@dataclass(frozen=True)
class ConsoleLine:
    """A printed line; `level` is "error" for the error stream, `label` names the process."""

    content: str
    at: datetime | None = None
    level: str = ""
    label: str = ""

    @property
    def is_error(self) -> bool:
        return self.level == "error"


def read_console_line(text: str) -> ConsoleLine:
    """Return the parsed line; a line in neither form is all content."""
    row = read_line(text) if text.startswith("{") else {}
    content = row.get("content")
    if isinstance(content, str):
        return ConsoleLine(content, _time(row.get("ts")), _word(row, "level"), _word(row, "label"))
    if plain := _PLAIN.fullmatch(text):
        return ConsoleLine(plain["text"], _time(plain["time"]), "error" if plain["error"] else "")
    return ConsoleLine(text)


def _word(row: dict, name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _time(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
