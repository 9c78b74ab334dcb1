"""An edit never overwrites a text that its author has not read.

Every form that replaces shared text carries the digest of each text as it was opened. The service
compares them with the row that it has locked: a text that the person did not touch stays as it is
now. A text that two people changed is not overwritten: the form comes back with both texts and
asks.

Requests of the API carry no such digests and replace what they name.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms

from registry_site.errors import Conflict

Texts = Mapping[str, Any]  # the edited texts, by the service's names for them
Opened = Mapping[str, str]  # digests of the texts as they were opened; {} for none


class Unread(Conflict):
    """Somebody changed what the form edits after it was opened; nothing was saved.

    `now` has everything that the form edits, `names` says what both changed; `actor_name` and `at`
    who did it and when, if that is known.
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
    """Return a digest of the text that ignores how a browser writes its line ends."""
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value)
    text = "\n".join(text.strip().splitlines())
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]


def write_opened(texts: Texts) -> str:
    """Return the hidden field of a form that is opened with these texts."""
    return " ".join(f"{name}:{digest_of(value)}" for name, value in sorted(texts.items()))


def read_opened(field: str) -> Opened:
    """Return the digests in the hidden field; ignore what is no digest."""
    pairs = (part.partition(":") for part in field.split()[:100])
    return {name: digest for name, _colon, digest in pairs if name and digest}


def is_untouched(opened: Opened, name: str, value: Any) -> bool:
    """Return whether a text is still the one that the form was opened with."""
    return opened.get(name) == digest_of(value)


class EditForm(forms.Form):
    """A form that replaces what others may edit, too.

    `now`: the texts with which it is opened, by the service's names for them;
    `cleaned_data["opened"]` has their digests. `field_names`: form fields with other names than the
    service's. After a refusal `ask()` makes it show both texts.
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
        """Keep the person's text, show the one there is now, and record that they have read it."""
        cleaned, data = self.cleaned_data, dict(self.data.items())
        for name, value in unread.now.items():
            field = self.field_names.get(name, name)
            mine = cleaned.get(name, cleaned.get(field))
            if name not in unread.names and is_untouched(cleaned["opened"], name, mine):
                data[field] = self.typed(name, value)
        self.unread, self.data = unread, data | {"opened": write_opened(unread.now)}

    def typed(self, name: str, value: Any) -> Any:
        """Return a text of the service as one would type it into the form."""
        return "" if value is None else value

    def theirs(self) -> list[dict[str, Any]]:
        """Return the texts that both changed, as they are now, to show beside the person's own."""
        if self.unread is None:
            return []
        return [self._comparison(name, self.unread.now[name]) for name in self.unread.names]

    def _comparison(self, name: str, value: Any) -> dict[str, Any]:
        field = self.fields[self.field_names.get(name, name)]
        typed = self.typed(name, value)
        choices = dict(getattr(field.widget, "choices", ()))
        return {
            "id": f"theirs_{name}",
            "label": field.label,
            "text": str(choices.get(typed, typed)),
            "is_long": isinstance(field.widget, forms.Textarea),
        }
