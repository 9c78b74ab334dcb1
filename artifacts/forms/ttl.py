"""The form for how long one version lives."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry_site.texts.edits import EditForm, Texts

_DAY = 86_400  # seconds


class VersionTtlForm(EditForm):
    """A TTL in days from the version's creation; an empty one inherits, 0 means for ever."""

    field_names = {"ttl_seconds": "days"}

    days = forms.IntegerField(
        label=_("Days"),
        required=False,
        min_value=0,
        max_value=36_500,
        help_text=_(
            "From its creation; then it goes to the trash. 0: it is kept for ever. Empty: as the "
            "default of its team says."
        ),
    )

    def __init__(self, data: Any = None, *, now: Texts) -> None:
        self._seconds = now["ttl_seconds"]
        days = self.typed("ttl_seconds", self._seconds)
        super().__init__(data, now=now, initial={"days": days})

    def typed(self, name: str, value: Any) -> Any:
        return "" if value is None else max(value // _DAY, 1) if value else 0

    def clean(self) -> dict[str, Any]:
        """Keep a TTL that was not changed to the second, since scripts set TTLs in seconds."""
        cleaned = super().clean() or {}
        days = cleaned.pop("days", None)
        is_same = days == self.typed("ttl_seconds", self._seconds) or (
            days is None and self._seconds is None
        )
        seconds = None if days is None else days * _DAY
        cleaned["ttl_seconds"] = self._seconds if is_same else seconds
        return cleaned
