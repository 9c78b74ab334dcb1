"""A sentence of a history: a text with named places, and the parts that fill them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext


@dataclass(frozen=True)
class Part:
    """A name in a sentence: where it leads, and whether it is code."""

    text: str
    url: str = ""
    is_code: bool = False

    @property
    def html(self) -> SafeString:
        text = format_html("<code>{}</code>", self.text) if self.is_code else self.text
        if self.url:
            return format_html('<a href="{}">{}</a>', self.url, text)
        return format_html("{}", text)


@dataclass(frozen=True)
class Sentence:
    """A text with named places and their parts; `note` is the reason in the person's words."""

    template: Any  # a text, or a lazy translation
    parts: Mapping[str, Any]  # each is a Part, or a Sentence inside this one
    note: str = ""

    @property
    def text(self) -> str:
        sentence = str(self.template).format_map({k: part.text for k, part in self.parts.items()})
        return (
            gettext("{sentence}: {note}").format(sentence=sentence, note=self.note)
            if (self.note)
            else sentence
        )

    @property
    def html(self) -> SafeString:
        filled: dict[str, Any] = {name: part.html for name, part in self.parts.items()}
        sentence = format_html(str(self.template), **filled)
        if not self.note:
            return sentence
        note = format_html('<q class="note">{}</q>', self.note)
        return format_html(gettext("{sentence}: {note}"), sentence=sentence, note=note)
