"""Terminal output as HTML: colours become classes, other control sequences are removed.

Codes: ECMA-48, Select Graphic Rendition.
"""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
_CODES = {
    1: "bold",
    2: "faint",
    3: "italic",
    4: "underline",
    **{30 + at: name for at, name in enumerate(_COLOURS)},
    **{90 + at: name for at, name in enumerate(_COLOURS)},
    **{40 + at: f"on-{name}" for at, name in enumerate(_COLOURS)},
    **{100 + at: f"on-{name}" for at, name in enumerate(_COLOURS)},
}
_INKS, _GROUNDS = set(_COLOURS), {f"on-{name}" for name in _COLOURS}
_ENDED_BY = {
    22: {"bold", "faint"}, 23: {"italic"}, 24: {"underline"}, 39: _INKS, 49: _GROUNDS,
}  # fmt: skip
# control sequences, titles of windows, and other sequences of two characters
_SEQUENCE = re.compile(
    r"\x1b(?:\[(?P<codes>[0-9;]{0,64})m|\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\x07\x1b]{0,512}"
    r"(?:\x07|\x1b\\)|[@-Z\\^_=>78cDEHM])"
)
_DELETED = re.compile(r"[^\x08\n]\x08")


def terminal_html(text: str) -> SafeString:
    """Return the text as a terminal finally shows it, with spans of class `ansi-{name}`."""
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
    """Return what a line shows after its last carriage return, which progress bars use."""
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
        elif number in {38, 48}:  # one of 256 or 16 million colours: its numbers follow
            count = 2 if numbers[:1] == [5] else 4
            name = _nearest(numbers[:count])
            numbers = numbers[count:]
            style = _painted(style, f"on-{name}" if number == 48 else name)
        elif number in _ENDED_BY:
            style = style - _ENDED_BY[number]
        elif name := _CODES.get(number, ""):
            style = _painted(style, name)
    return style


def _painted(style: set[str], name: str) -> set[str]:
    """Return the style with this name in place of another colour of the same kind."""
    others = next((kind for kind in (_INKS, _GROUNDS) if name in kind), set[str]())
    return style - others | {name}


def _nearest(numbers: list[int]) -> str:
    """Return the nearest of eight colours to `5;n` of 256, or to `2;red;green;blue`."""
    match numbers:
        case [5, n] if 0 <= n < 16:
            return _COLOURS[n % 8]
        case [5, n] if 16 <= n < 232:  # a cube of six steps a side
            rgb = [(n - 16) // 36 * 51, (n - 16) // 6 % 6 * 51, (n - 16) % 6 * 51]
        case [5, n] if 232 <= n < 256:  # grays
            rgb = [8 + (n - 232) * 10] * 3
        case [2, *rgb] if len(rgb) == 3:
            pass
        case _:
            return "white"
    strongest = max(rgb)
    if strongest < 64:
        return "black"
    return _COLOURS[sum((value > 0.6 * strongest) << at for at, value in enumerate(rgb))]
