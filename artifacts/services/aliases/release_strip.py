"""The protected and pinned aliases of a collection: their versions, who moved and who uses them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from artifacts.models import Alias, Collection, Download, Membership, RunInput
from artifacts.querysets.collections import NUMBER
from artifacts.querysets.runs import is_deleted_run
from artifacts.services.aliases.periods import ALIAS_VERBS
from artifacts.services.usage.consumers import DAYS, since
from registry_site.accounts.alias_names import AliasNames
from registry_site.accounts.models import Event, Kind

MOST_LINES = 8
_MOST_EVENTS = 500  # of these aliases, newest first
_LOOKED_AT = 2_000  # of the collection's last events


@dataclass(frozen=True)
class Release:
    """An alias that is protected or pinned, and the version that has it."""

    alias: Alias
    membership: Membership
    is_protected: bool
    run_count: int
    person_count: int
    earlier: Event | None  # put it on the version before; None if none is left

    @property
    def event(self) -> Event | None:
        return self.alias.event

    @property
    def earlier_number(self) -> str:
        return str(self.earlier.after) if self.earlier else ""


@dataclass(frozen=True)
class Strip:
    """A collection's protected and pinned aliases: in use, unused, and the number left out."""

    rows: list[Release]
    unused: list[str]
    more: int

    def __bool__(self) -> bool:
        return bool(self.rows or self.unused)


def release_strip(collection: Collection) -> Strip:
    """Return the collection's protected and pinned aliases, with a fixed number of queries."""
    project = collection.project
    protected, pinned = project.protected_alias_names, project.pinned_alias_names
    governed = AliasNames([*protected.all(), *pinned])
    if not governed:
        return Strip([], [], 0)
    all_aliases = Alias.objects.filter(collection=collection)
    all_aliases = all_aliases.select_related("membership__version", "event")
    first, second = AliasNames(protected), AliasNames(pinned)  # sort by these
    aliases = sorted(
        all_aliases.among(governed),
        key=lambda alias: (alias.name not in first, alias.name not in second, alias.name),
    )
    used = AliasNames(alias.name for alias in aliases)
    first_aliases = aliases[:MOST_LINES]
    for alias in first_aliases:
        alias.membership.collection = collection
    earlier, counts = earlier_starts(collection, first_aliases), _use_of(collection, first_aliases)
    rows = [
        Release(
            alias,
            alias.membership,
            alias.name in protected,
            *counts[alias.name],
            earlier.get(alias.name),
        )
        for alias in first_aliases
    ]
    unused = sorted(name for name in governed if name not in used)
    return Strip(rows, unused, len(aliases) - len(first_aliases))


def earlier_starts(collection: Collection, aliases: Sequence[Alias]) -> dict[str, Event]:
    """Return, by alias, the event that put it on the version that had it before this one.

    When an alias returns to a version (undone or rolled back), the versions that had it in between
    don't count. Only the last events of the collection are read.
    """
    number_of = {alias.name: alias.membership.number for alias in aliases}
    if not aliases:
        return {}
    stacks: dict[str, list[Event]] = {name: [] for name in number_of}
    for event in _last_changes(collection, number_of):
        stack = stacks.get(event.subject.rpartition(":")[2])
        if stack is None or event.after is None:
            continue
        numbers = [each.after for each in stack]
        if event.after in numbers:
            del stack[numbers.index(event.after) + 1 :]
        else:
            stack.append(event)
    live = _live_numbers(collection, [each for stack in stacks.values() for each in stack])
    earlier = {}
    for name, stack in stacks.items():
        before = [
            event for event in stack if event.after != number_of[name] and event.after in live
        ]
        if stack and before and stack[-1].after == number_of[name]:
            earlier[name] = before[-1]
    return earlier


def _last_changes(collection: Collection, names: Iterable[str]) -> list[Event]:
    """Return the last events of these aliases, oldest first."""
    own = Event.objects.filter(kind=Kind.COLLECTION, subject_id=collection.pk)
    floor = own.order_by("-pk").values("pk")[_LOOKED_AT : _LOOKED_AT + 1]
    ends = Q()
    for name in names:
        ends |= Q(subject__endswith=f":{name}")
    changes = own.filter(ends, verb__in=ALIAS_VERBS, pk__gt=Coalesce(Subquery(floor), 0))
    return list(changes.order_by("-pk")[:_MOST_EVENTS])[::-1]


def _live_numbers(collection: Collection, events: Iterable[Event]) -> set[str]:
    matches = [NUMBER.fullmatch(str(event.after)) for event in events]
    indices = {int(match[1]) for match in matches if match}
    live = Membership.objects.live().filter(collection=collection, index__in=indices)
    return {f"v{index}" for index in live.values_list("index", flat=True)}


def _use_of(collection: Collection, aliases: Sequence[Alias]) -> dict[str, tuple[int, int]]:
    """Return, by alias, how many runs used it and people downloaded it lately; two queries."""
    if not aliases:
        return {}
    uses = RunInput.objects.filter(collection=collection, created_at__gte=since(DAYS))
    downloads = Download.objects.filter(collection=collection, last_at__gte=since(DAYS))
    runs = _counted(uses.exclude(is_deleted_run("run__")), "run", aliases)
    people = _counted(downloads, "user", aliases)
    return {
        alias.name: (runs[f"n{number}"], people[f"n{number}"])
        for number, alias in enumerate(aliases)
    }


def _counted(rows: QuerySet, what: str, aliases: Sequence[Alias]) -> dict[str, Any]:
    counts = {}
    for number, alias in enumerate(aliases):
        # by its name, or in a way that isn't known
        by_name = Q(reference=alias.name)
        by_name |= Q(reference="", version=alias.membership.version_id)
        counts[f"n{number}"] = Count(what, distinct=True, filter=by_name)
    return rows.aggregate(**counts)
