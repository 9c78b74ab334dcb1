"""What two versions are, fact by fact: what their own pages say of each, beside each other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from artifacts.models import Membership
from registry_site.accounts.permissions import Action, can
from registry_site.templatetags.display import count, filesize


@dataclass(frozen=True)
class Fact:
    """One fact of both versions as text; `change` is a difference in numbers, if there is one."""

    label: str
    base: str
    other: str
    change: str = ""

    @property
    def is_same(self) -> bool:
        return self.base == self.other


def facts_of(user: Any, base: Membership, other: Membership) -> list[Fact]:
    """Return the facts of both, with what the person may not see left unsaid."""
    texts: dict[str, Callable[[Membership], str]] = {
        _("Type"): lambda place: place.collection.artifact_type.name,
        _("Digest"): lambda place: place.version.digest,
        _("Aliases"): lambda place: ", ".join(sorted(each.name for each in place.aliases.all())),
        _("Logged by"): lambda place: _logged_by(user, place),
        _("Created by"): lambda place: str(place.version.created_by or ""),
    }
    sizes = base.version.size, other.version.size
    files = base.version.file_count, other.version.file_count
    return [
        *(Fact(label, fact(base), fact(other)) for label, fact in texts.items()),
        Fact(_("Size"), filesize(sizes[0]), filesize(sizes[1]), _signed(sizes, filesize)),
        Fact(_("Files"), count(files[0]), count(files[1]), _signed(files, count)),
    ]


def _signed(numbers: tuple[int, int], shown: Callable[[int], str]) -> str:
    """The second number less the first, with its sign."""
    change = numbers[1] - numbers[0]
    return f"{'+' if change > 0 else '−'}{shown(abs(change))}" if change else ""


def _logged_by(user: Any, place: Membership) -> str:
    run = place.version.run
    if run is None:
        return ""
    return str(run) if can(user, Action.READ, run.project) else _("a run that you cannot open")
