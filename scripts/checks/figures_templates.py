"""Measures templates for figures.py."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

# A tag is an element that starts here, or `{% … %}`.
_TAG = re.compile(r"<[a-zA-Z]|{%")
_CODE = re.compile(r"{%.*?%}|{{.*?}}")
_TEXT = re.compile(r'"[^"]*"|\'[^\']*\'')
_NAME = re.compile(r"(?<![\w|])[a-z_]\w*(?:\.\w+)*")


@dataclass(frozen=True)
class Line:
    file: str
    number: int
    text: str

    @property
    def tags(self) -> int:
        return len(_TAG.findall(self.text))

    def __str__(self) -> str:
        return f"{self.file}:{self.number} {len(self.text)} characters, {self.tags} tags"


def read_lines(root: Path) -> list[Line]:
    """Return every line of every template that isn't empty."""
    return [
        Line(file.relative_to(root).as_posix(), number, text)
        for file in sorted((root / "templates").rglob("*.html"))
        for number, text in enumerate(file.read_text().splitlines(), 1)
        if text.strip()
    ]


def participles(root: Path, participles: Collection[str]) -> list[str]:
    """Return the places where a variable, or a part of it, has one of these names."""
    return [
        f"{line.file}:{line.number} {name}"
        for line in read_lines(root)
        for code in _CODE.findall(line.text)
        for name in _NAME.findall(_TEXT.sub('""', code))
        if not participles.isdisjoint(name.split("."))
    ]
