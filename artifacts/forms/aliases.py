"""The form for aliases of a membership: choose among those in use, or type new ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from artifacts.forms import split_names
from artifacts.forms.release import NoteField
from artifacts.models import Alias, Collection, Membership, Project
from artifacts.querysets.collections import LATEST
from artifacts.services.usage.consumers import ProtectedMove, protected_moves_of
from registry_site.accounts.models import User
from registry_site.accounts.names import can_be_alias
from registry_site.accounts.permissions import Action, Role, can

SHOWN = 100  # aliases in use that are offered; all others can be typed
_PATTERN = gettext_lazy("A pattern: all aliases that fit it are protected.")
_MOST_BYTES = 40_000  # of aliases' names on a page, which has each name twice


@dataclass(frozen=True)
class AliasOption:
    """An alias to choose, and the number of the version that has it now."""

    name: str
    now: str = ""
    is_protected: bool = False
    is_chosen: bool = False
    reason: Any = ""  # why it can't be chosen


def split_alias_names(text: str) -> list[str]:
    """Return the aliases in a text, split at commas, or at spaces if it has no comma.

    A comma after an alias keeps the spaces in it.
    """
    return split_names(text) if "," in text else list(dict.fromkeys(text.split()))


class AliasesForm(forms.Form):
    """Aliases for a membership that exists, or that a link is about to make."""

    # no choice field: an alias that somebody removed meanwhile is still accepted
    alias = forms.Field(required=False, widget=forms.MultipleHiddenInput)
    confirmed = forms.Field(required=False, widget=forms.MultipleHiddenInput)
    new_aliases = forms.CharField(
        label=gettext_lazy("Aliases"),
        required=False,
        help_text=gettext_lazy(
            "Separate several by commas or spaces. An alias that another version of this "
            "collection has moves here; “latest” follows the newest by itself."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    note = NoteField()

    def __init__(
        self,
        data: Any = None,
        *,
        user: User,
        project: Project,
        collection: Collection | None,
        membership: Membership | None = None,
        is_required: bool = False,
    ) -> None:
        super().__init__(data)
        self.user, self.collection, self.is_required = user, collection, is_required
        self.may_protect = can(user, Action.PROTECT, project)
        chosen = data.getlist("alias") if data else []
        self.options = _options(user, project, collection, membership, chosen)
        self.questions: list[ProtectedMove] = []

    def clean_new_aliases(self) -> list[str]:
        return split_alias_names(self.cleaned_data["new_aliases"])

    def clean(self) -> None:
        if LATEST in self.names:
            text = _("latest can't be given by hand: it always names the newest version.")
            self.add_error("new_aliases", text)
        elif self.is_required and not self.names:
            self.add_error("new_aliases", _("Give at least one alias."))

    @property
    def names(self) -> list[str]:
        """Return the chosen and the typed aliases, each once; of invalid input only the chosen."""
        cleaned = getattr(self, "cleaned_data", {})
        return list(dict.fromkeys([*cleaned.get("alias", []), *cleaned.get("new_aliases", [])]))

    @property
    def is_open(self) -> bool:
        """Whether the list of aliases in use has something chosen in it."""
        return any(option.is_chosen for option in self.options)

    def asks(self, version_id: int) -> bool:
        """Whether an alias that counts would leave another version, and nobody agreed to that yet.

        The operation itself refuses aliases that the person may not move.
        """
        if not self.is_valid() or self.collection is None:
            return False
        if not self.may_protect and set(self.names) & self.collection.project.protected_alias_names:
            return False
        moves = protected_moves_of(
            collection=self.collection, names=self.names, to_version=version_id
        )
        confirmed = self.cleaned_data["confirmed"] or []
        self.questions = [] if {move.key for move in moves} <= set(confirmed) else moves
        return bool(self.questions)


def _options(
    user: User,
    project: Project,
    collection: Collection | None,
    membership: Membership | None,
    chosen: list[str],
) -> list[AliasOption]:
    """Return aliases in use, each with the version that has it, protected ones, and chosen ones."""
    holders: dict[str, Membership] = {}
    if collection:
        aliases = Alias.objects.filter(collection=collection).select_related("membership")
        holders = _fitting(aliases.order_by("name")[:SHOWN])
    protected = project.protected_alias_names
    refusal = "" if can(user, Action.PROTECT, project) else _refusal(project.role_of(user))
    options = []
    for name in sorted({*holders, *protected, *chosen}):
        holder = holders.get(name)
        is_here = membership is not None and holder == membership
        reason = refusal if name in protected else ""
        options.append(
            AliasOption(
                name=name,
                now=holder.number if holder else "",
                is_protected=name in protected,
                is_chosen=name in chosen,
                reason=_("This version has it.") if is_here else reason,
            )
        )
    options += [
        AliasOption(name=pattern, is_protected=True, reason=refusal or _PATTERN)
        for pattern in protected.patterns
    ]
    return options


def _fitting(aliases: Iterable[Alias]) -> dict[str, Membership]:
    """Return memberships by alias, without invalid aliases and without those beyond the limit."""
    holders, size = {}, 0
    for alias in aliases:
        size += 2 * len(escape(alias.name).encode())
        if size > _MOST_BYTES:
            break
        if can_be_alias(alias.name):
            holders[alias.name] = alias.membership
    return holders


def _refusal(role: Role | None) -> str:
    return _("Protected: only the role {admin} may move it; yours is {role}.").format(
        admin=Role.ADMIN.label, role=role.label if role else "–"
    )
