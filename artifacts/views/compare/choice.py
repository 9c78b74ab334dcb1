"""The two versions that are compared: those in the address, and those that one may choose."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from artifacts.models import Membership
from artifacts.querysets.collections import NUMBER
from artifacts.reads.pages.version_rows import read_protected
from artifacts.services.reach.memberships import reach_membership_by_full_name
from artifacts.views.links import Link
from registry_site.accounts.models import User
from registry_site.errors import Invalid

SUGGESTED = 20  # versions of one collection, the newest ones


def names_in(request: HttpRequest) -> list[str]:
    """Return the full names in the address, base first; "" for one that is still to be chosen."""
    return [name.strip() for name in request.GET.getlist("version")]


def chosen(user: User, names: list[str]) -> list[Membership]:
    """Return the memberships of these names, base first; fewer than two while one still chooses.

    Raises Invalid for what is no full name and for more than two, NotFound for what the person
    may not see.
    """
    if len(names) > 2:
        text = _("Two versions can be compared, and {count} were chosen. Choose two.")
        raise Invalid(text.format(count=len(names)))
    return [reach_membership_by_full_name(by=user, full_name=name) for name in names if name]


def compare_url(*names: str, best: Iterable[str] = ()) -> str:
    """Return the address that compares these versions; the first is the base.

    `best` says which values of a number are better, as in `run.loss:min`.
    """
    words = [*(("version", name) for name in names), *(("best", each) for each in best)]
    query = urlencode(words, safe="/:")
    return f"{reverse('artifacts:compare')}?{query}"


def address(request: HttpRequest, **changed: str | list[str]) -> str:
    """Return the address of the page with other filters, from its first rows on."""
    query = request.GET.copy()
    for name, value in {"after": "", "before": "", **changed}.items():
        query.setlist(name, [value] if isinstance(value, str) and value else list(value))
    return f"{reverse('artifacts:compare')}?{query.urlencode(safe='/:')}"


@dataclass(frozen=True)
class ChoiceRow:
    """A version that one may choose, and the address of the page with it."""

    link: Link
    created_at: datetime
    url: str


@dataclass(frozen=True)
class Choice:
    """What artifacts/compare/_choice.html shows, and below it while one still chooses."""

    names: Sequence[str]  # two, "" for one that is still to be chosen
    suggestions: Sequence[str]  # full names
    rows: Sequence[ChoiceRow]  # as long as one still chooses
    base_name: str  # of the one that is chosen, "" unless it is exactly one
    swap_url: str
    refusal: str = ""  # why the versions in the address can't be compared
    deletion: Any = None  # what became of one that was deleted


def choice_of(
    user: User, names: list[str], memberships: list[Membership], **refused: Any
) -> Choice:
    """Return the choice; `refused` are the fields of a refusal."""
    is_complete = len(names) == 2 and all(names)
    suggestions = _suggestions(user, memberships)
    chosen_name = memberships[0].full_name if len(memberships) == 1 else ""
    listed = [each for each in suggestions if each.full_name != chosen_name]
    return Choice(
        names=[*names, "", ""][:2],
        suggestions=[name for each in suggestions for name in _full_names(each)],
        rows=_rows(names, chosen_name, listed) if len(memberships) < 2 else [],
        base_name=chosen_name,
        swap_url=compare_url(*names[::-1]) if is_complete else "",
        **refused,
    )


def _full_names(membership: Membership) -> list[str]:
    path = membership.collection.target_path
    aliases = [alias.name for alias in membership.aliases.all()]
    return [f"{path}:{name}" for name in (membership.number, *aliases)]


def _rows(names: list[str], chosen_name: str, memberships: list[Membership]) -> list[ChoiceRow]:
    protected = read_protected({each.collection.project_id for each in memberships})
    return [
        ChoiceRow(
            Link.to(membership, protected[membership.collection.project_id]),
            membership.version.created_at,
            _url_with(names, chosen_name, membership),
        )
        for membership in memberships
    ]


def _url_with(names: list[str], chosen_name: str, membership: Membership) -> str:
    """Return the address with a version added on the side that is still free."""
    if not chosen_name:
        return compare_url(membership.full_name)
    is_other = names[0] == ""
    return compare_url(
        *([membership.full_name, chosen_name] if is_other else [chosen_name, membership.full_name])
    )


def _suggestions(user: User, memberships: list[Membership]) -> list[Membership]:
    """Return versions to choose from: of the collections at hand, else the newest of all."""
    if not memberships:
        return list(Membership.objects.newest_visible_to(user, SUGGESTED))
    suggestions: list[Membership] = []
    for collection in {
        membership.collection_id: membership.collection for membership in memberships
    }.values():
        live = Membership.objects.live().filter(collection=collection).newest_first()
        suggestions += live.select_related("version").with_aliases()[:SUGGESTED]
        for membership in suggestions[-SUGGESTED:]:
            membership.collection = collection
    return suggestions


def oldest_first(names: list[str]) -> list[str]:
    """Return the names of one collection's versions in order, however they were ticked."""

    def index(name: str) -> int:
        number = NUMBER.fullmatch(name.rpartition(":")[2])
        return int(number[1]) if number else -1

    return sorted(names, key=index)
