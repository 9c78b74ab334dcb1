"""Front matter: the YAML between two lines of dashes with which READMEs of model hubs begin."""

import json
import re
from typing import Any

import yaml

_FENCED = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|$)", re.DOTALL)
_LIMIT = 16_000  # characters; YAML is slow
_MOST_FACTS, _LONGEST = 40, 300


class _Loader(yaml.SafeLoader):
    """A loader of plain data without aliases, so that a few lines can't expand to millions."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)


def front_matter_of(text: str) -> tuple[list[tuple[str, str]], str]:
    """Return the names and values of the front matter, and the text after it.

    Without front matter, or where it isn't a YAML mapping, return [] and the whole text.
    """
    fenced = _FENCED.match(text)
    if fenced is None or len(fenced[1]) > _LIMIT:
        return [], text
    try:
        facts = yaml.load(fenced[1], Loader=_Loader)  # noqa: S506 - it is a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError):  # ValueError: a date that is none
        return [], text
    if not isinstance(facts, dict):
        return [], text
    pairs = [(str(name), _text(value)) for name, value in list(facts.items())[:_MOST_FACTS]]
    return pairs, text[fenced.end() :]


def _text(value: Any) -> str:
    if isinstance(value, list) and not any(isinstance(each, list | dict) for each in value):
        text = ", ".join(_text(each) for each in value)
    elif isinstance(value, list | dict):
        text = json.dumps(value, ensure_ascii=False, default=str)
    elif isinstance(value, bool):
        text = "true" if value else "false"
    else:
        text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
