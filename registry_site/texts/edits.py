"""An edit never overwrites another unread: what every form carries that replaces shared text.

A form says by the digest of each text what it was opened with. The service compares them with the
row that it holds: what the person left alone stays as it is by now, and what two people changed is
nobody's to overwrite, so that the form comes back with both texts and asks. Requests of the API
carry no such digests and replace what they name.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms

from registry_site.errors import Conflict

Texts = Mapping[str, Any]  # what a form edits, by the names that the service has for it
Opened = Mapping[str, str]  # the digest of each as the form was opened; {} where it says nothing


class Unread(Conflict):
    """Somebody changed what the form edits, after it was opened. Nothing was saved.

    `now` has all that the form edits, `names` says what both changed; `actor_name` and `at` who
    did it and when, where that is known.
    """

    def __init__(
        self,
        message: str,
        *,
        now: Texts,
        names: list[str],
        actor_name: str = "",
        at: datetime | None = None,
    ) -> None:
        super().__init__(message)
        self.now, self.names, self.actor_name, self.at = now, names, actor_name, at


def digest_of(value: Any) -> str:
    """Return what tells one text from another, whatever a browser makes of its line ends."""
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value)
    text = "\n".join(text.strip().splitlines())
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]


def write_opened(texts: Texts) -> str:
    """Return the hidden field of a form that is opened with these texts."""
    return " ".join(f"{name}:{digest_of(value)}" for name, value in sorted(texts.items()))


def read_opened(field: str) -> Opened:
    """Return the digests of the hidden field; what is no digest is passed over."""
    pairs = (part.partition(":") for part in field.split()[:100])
    return {name: digest for name, _colon, digest in pairs if name and digest}


def is_untouched(opened: Opened, name: str, value: Any) -> bool:
    """Whether a text is still the one that the form was opened with."""
    return opened.get(name) == digest_of(value)


class EditForm(forms.Form):
    """A form that replaces what others may edit, too.

    `now`: the texts that it is opened with, by the service's names for them, which
    `cleaned_data["opened"]` then has the digests of. `field_names`: fields that are named
    otherwise. After a refusal `ask()` makes it the form that shows both.
    """

    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    field_names: Mapping[str, str] = {}
    unread: Unread | None = None

    def __init__(self, data: Any = None, *, now: Texts, **options: Any) -> None:
        initial = {**now, "opened": write_opened(now), **(options.pop("initial", None) or {})}
        super().__init__(data, initial=initial, **options)

    def clean_opened(self) -> Opened:
        return read_opened(self.cleaned_data["opened"])

    def ask(self, unread: Unread) -> None:
        """Keep what the person typed, show what there is now, and know that they have read it."""
        given, data = self.cleaned_data, dict(self.data.items())
        for name, value in unread.now.items():
            field = self.field_names.get(name, name)
            mine = given.get(name, given.get(field))
            if name not in unread.names and is_untouched(given["opened"], name, mine):
                data[field] = self.typed(name, value)
        self.unread, self.data = unread, data | {"opened": write_opened(unread.now)}

    def typed(self, name: str, value: Any) -> Any:
        """Return a text of the service as one would type it into the form."""
        return "" if value is None else value

    def theirs(self) -> list[dict[str, Any]]:
        """What both changed, as it is now: for the page to show beside the person's own."""
        if self.unread is None:
            return []
        return [self._shown(name, self.unread.now[name]) for name in self.unread.names]

    def _shown(self, name: str, value: Any) -> dict[str, Any]:
        field = self.fields[self.field_names.get(name, name)]
        typed = self.typed(name, value)
        choices = dict(getattr(field.widget, "choices", ()))
        return {
            "id": f"theirs_{name}",
            "label": field.label,
            "text": str(choices.get(typed, typed)),
            "is_long": isinstance(field.widget, forms.Textarea),
        }
