"""One step of a choice in steps: what it offers, what is chosen, and what is wrong with it."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership, Project
from registry_site.accounts.models import Team


@dataclass
class Option:
    value: str
    label: str
    reason: str = ""  # why it can't be chosen, or else a fact about it
    is_off: bool = False
    row: Any = None
    names: list[str] = field(default_factory=list)  # further names that choose it when typed

    @property
    def lines(self) -> str:
        return "\n".join(self.names)


@dataclass
class Level:
    """One of the four steps; `chosen` is the row behind the option whose value is `value`."""

    name: str
    label: str
    placeholder: str
    waiting: str  # what to do while the step above is open
    missing: str  # what to do where nothing is chosen
    options: list[Option] = field(default_factory=list)
    chosen: Any = None
    help: str = ""
    error: str = ""
    has_more: bool = False  # whether there are more options than these
    typed: str = ""

    @property
    def value(self) -> str:
        """What the form sends for the chosen row."""
        return value_of(self.chosen) if self.chosen else ""

    @property
    def filter_name(self) -> str:
        """The name of the field that carries what was typed but not chosen yet."""
        return f"{self.name}_filter"

    @property
    def is_waiting(self) -> bool:
        """Whether there is nothing to choose until the level above is chosen."""
        return not (self.options or self.has_more or self.typed)

    def refuse(self, text_sent: str) -> None:
        """Say what is wrong with a level that was still open when the form was sent."""
        off = next((option for option in self.options if option.value == text_sent), None)
        if off and off.is_off:
            text = _("{name} can't be chosen: {reason}.")
            self.error = text.format(name=text_sent, reason=off.reason)
        elif all(option.is_off for option in self.options) and not self.has_more:
            self.error, self.help = self.help or self.waiting, ""
        elif typed := self.typed or text_sent:
            text = _("Nothing here is called “{text}”. {missing}")
            self.error = text.format(text=typed, missing=self.missing)
        else:
            self.error = self.missing


def value_of(row: Team | Project | Collection | Membership) -> str:
    """Return what a form sends for the row: a membership's number, else the row's name."""
    if isinstance(row, Membership):
        return row.number
    return str(row) if isinstance(row, Team) else row.name
