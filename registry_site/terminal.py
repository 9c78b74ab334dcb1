"""What programs print to a terminal, as HTML: colours become classes, other commands go.

Codes: ECMA-48, Select Graphic Rendition.
"""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
_CODES = {
    1: "bold", 2: "faint", 3: "italic", 4: "underline",
    **{30 + at: name for at, name in enumerate(_COLOURS)},
    **{90 + at: name for at, name in enumerate(_COLOURS)},
}  # fmt: skip
_ENDED_BY = {22: {"bold", "faint"}, 23: {"italic"}, 24: {"underline"}, 39: set(_COLOURS)}
# control sequences, titles of windows, and other sequences of two characters
_SEQUENCE = re.compile(
    r"\x1b(?:\[(?P<codes>[0-9;]{0,64})m|\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\x07\x1b]{0,512}"
    r"(?:\x07|\x1b\\)|[@-Z\\^_=>78cDEHM])"
)
_DELETED = re.compile(r"[^\x08\n]\x08")


def terminal_html(text: str) -> SafeString:
    """Return the text as a terminal shows it in the end, with spans of class `ansi-{name}`."""
    if "\x1b" not in text and "\r" not in text and "\x08" not in text:
        return escape(text)
    lines = _DELETED.sub("", text).split("\n")
    text = "\n".join(_last_written(line) for line in lines)
    pieces, style, at = [], set[str](), 0
    for sequence in _SEQUENCE.finditer(text):
        pieces.append(_styled(text[at : sequence.start()], style))
        at = sequence.end()
        if sequence["codes"] is not None:
            style = _changed(style, sequence["codes"])
    pieces.append(_styled(text[at:], style))
    return mark_safe("".join(pieces))


def _last_written(line: str) -> str:
    """What stands in a line that was begun anew after each carriage return, as progress bars do."""
    return line.rstrip("\r").rpartition("\r")[2]


def _styled(text: str, style: set[str]) -> str:
    html = escape(text.replace("\x1b", ""))
    if not style or not text:
        return html
    classes = " ".join(f"ansi-{name}" for name in sorted(style))
    return f'<span class="{classes}">{html}</span>'


def _changed(style: set[str], codes: str) -> set[str]:
    numbers = [int(code or 0) if len(code) < 4 else -1 for code in codes.split(";")]
    while numbers:
        number = numbers.pop(0)
        if number == 0:
            style = set()
        elif number in {38, 48}:  # a colour of 256 or of 16 million: as many numbers follow
            numbers = numbers[2 if numbers[:1] == [5] else 4 :]
        elif number in _ENDED_BY:
            style = style - _ENDED_BY[number]
        elif name := _CODES.get(number):
            style = (style - set(_COLOURS) if name in _COLOURS else style) | {name}
    return style
