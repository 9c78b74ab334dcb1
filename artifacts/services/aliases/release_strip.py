"""The protected and pinned aliases of a collection: their versions, who moved and who uses them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from artifacts.models import Collection, Download, Membership, RunInput
from artifacts.querysets.collections import NUMBER
from artifacts.querysets.runs import is_deleted_run
from artifacts.reads.pages.governed_aliases import GovernedAlias
from artifacts.reads.pages.names import CollectionName, VersionName
from artifacts.services.aliases.periods import ALIAS_VERBS
from artifacts.services.usage.consumers import DAYS, since
from registry_site.accounts.alias_names import AliasNames
from registry_site.accounts.models import Event, Kind

MOST_LINES = 8
_MOST_EVENTS = 500  # of these aliases, newest first
_LOOKED_AT = 2_000  # of the collection's last events


class AliasStart(NamedTuple):
    """The event that put an alias on the version of this number, or took it away ("")."""

    pk: int
    alias: str
    number: str


@dataclass(frozen=True)
class Release:
    """An alias that is protected or pinned, and the version that has it."""

    alias: GovernedAlias
    version: VersionName
    is_protected: bool
    run_count: int
    person_count: int
    earlier: AliasStart | None  # put it on the version before; None if none is left

    @property
    def earlier_number(self) -> str:
        return self.earlier.number if self.earlier else ""


@dataclass(frozen=True)
class Strip:
    """A collection's protected and pinned aliases: in use, unused, and the number left out."""

    rows: list[Release]
    unused: list[str]
    more: int

    def __bool__(self) -> bool:
        return bool(self.rows or self.unused)


def release_strip(collection: Collection, all_aliases: Iterable[GovernedAlias]) -> Strip:
    """Return the protected and pinned aliases among the collection's, in five queries at most."""
    project = collection.project
    protected, pinned = project.protected_alias_names, project.pinned_alias_names
    governed = AliasNames([*protected.all(), *pinned])
    if not governed:
        return Strip([], [], 0)
    first, second = AliasNames(protected), AliasNames(pinned)  # sort by these
    aliases = sorted(
        (alias for alias in all_aliases if alias.name in governed),
        key=lambda alias: (alias.name not in first, alias.name not in second, alias.name),
    )
    used = AliasNames(alias.name for alias in aliases)
    first_aliases = aliases[:MOST_LINES]
    own = CollectionName.of(collection)
    earlier, counts = earlier_starts(collection, first_aliases), _use_of(collection, first_aliases)
    rows = [
        Release(
            alias,
            VersionName(own, alias.index),
            alias.name in protected,
            *counts[alias.name],
            earlier.get(alias.name),
        )
        for alias in first_aliases
    ]
    unused = sorted(name for name in governed if name not in used)
    return Strip(rows, unused, len(aliases) - len(first_aliases))


def earlier_starts(
    collection: Collection, aliases: Sequence[GovernedAlias]
) -> dict[str, AliasStart]:
    """Return, by alias, the event that put it on the version that had it before this one.

    When an alias returns to a version (undone or rolled back), the versions that had it in between
    don't count. Only the last events of the collection are read.
    """
    number_of = {alias.name: f"v{alias.index}" for alias in aliases}
    if not aliases:
        return {}
    stacks: dict[str, list[AliasStart]] = {name: [] for name in number_of}
    for change in _last_changes(collection, number_of):
        stack = stacks.get(change.alias)
        if stack is None or not change.number:
            continue
        numbers = [each.number for each in stack]
        if change.number in numbers:
            del stack[numbers.index(change.number) + 1 :]
        else:
            stack.append(change)
    live = _live_numbers(collection, [each for stack in stacks.values() for each in stack])
    earlier = {}
    for name, stack in stacks.items():
        before = [each for each in stack if each.number != number_of[name] and each.number in live]
        if stack and before and stack[-1].number == number_of[name]:
            earlier[name] = before[-1]
    return earlier


def _last_changes(collection: Collection, names: Iterable[str]) -> list[AliasStart]:
    """Return what the last events did to these aliases, oldest first."""
    own = Event.objects.filter(kind=Kind.COLLECTION, subject_id=collection.pk)
    floor = own.order_by("-pk").values("pk")[_LOOKED_AT : _LOOKED_AT + 1]
    ends = Q()
    for name in names:
        ends |= Q(subject__endswith=f":{name}")
    changes = own.filter(ends, verb__in=ALIAS_VERBS, pk__gt=Coalesce(Subquery(floor), 0))
    rows = changes.order_by("-pk").values_list("pk", "subject", "after")[:_MOST_EVENTS]
    return [
        AliasStart(pk, subject.rpartition(":")[2], "" if after is None else str(after))
        for pk, subject, after in reversed(list(rows))
    ]


def _live_numbers(collection: Collection, starts: Iterable[AliasStart]) -> set[str]:
    matches = [NUMBER.fullmatch(start.number) for start in starts]
    indices = {int(match[1]) for match in matches if match}
    live = Membership.objects.live().filter(collection=collection, index__in=indices)
    return {f"v{index}" for index in live.values_list("index", flat=True)}


def _use_of(collection: Collection, aliases: Sequence[GovernedAlias]) -> dict[str, tuple[int, int]]:
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


def _counted(rows: QuerySet, what: str, aliases: Sequence[GovernedAlias]) -> dict[str, Any]:
    counts = {}
    for number, alias in enumerate(aliases):
        # by its name, or in a way that isn't known
        by_name = Q(reference=alias.name)
        by_name |= Q(reference="", version=alias.version_id)
        counts[f"n{number}"] = Count(what, distinct=True, filter=by_name)
    return rows.aggregate(**counts)
