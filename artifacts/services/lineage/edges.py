"""The edges between runs and versions, read step by step; steps lead past hidden nodes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    When,
)

from artifacts.models import Membership, Run, RunInput, RunOutput
from artifacts.querysets.runs import is_deleted_run
from artifacts.services.lineage.nodes import Key, pks_of
from registry_site.accounts.models import User

MOST_HIDDEN_STEPS = 16  # in one reading, from hidden nodes to hidden nodes
MOST_HIDDEN = 500  # hidden nodes passed on either side, on the way to visible ones
_MOST_EDGES = 20_000  # edges read in one step

Side = Literal["up", "down"]


class Neighbours(NamedTuple):
    """The neighbours of a node on one side, runs or versions, newest first."""

    near: Key
    kind: str  # "run" or "version"
    far: list[Key]


class Edges:
    """A reader of edges; it notes the type of each node it reaches, and whether it was deleted."""

    def __init__(self, by: User) -> None:
        self.type_of: dict[Key, str | None] = {}  # None for hidden nodes
        self.deleted: set[Key] = set()
        self.chains: set[Key] = set()  # hidden nodes that lead to further hidden ones
        self.is_cut = False
        self._columns = _columns(by)
        self._steps_left = MOST_HIDDEN_STEPS
        self._beyond: dict[Side, dict[Key, list[Key]]] = {"up": {}, "down": {}}

    def is_hidden(self, key: Key) -> bool:
        return key in self.type_of and self.type_of[key] is None

    def step(self, frontier: Sequence[Key], side: Side) -> list[Neighbours]:
        """Return the neighbours of these nodes; beyond hidden ones, the next visible nodes."""
        read = list(self._neighbours(frontier, side))
        seen = [each for each in read if not self.is_hidden(each.near)]
        if hidden := [key for key in frontier if self.is_hidden(key)]:
            self._read_beyond(hidden, read, side)
            seen += self._visible_beyond(hidden, side)
        return seen

    def _read_beyond(self, hidden: list[Key], read: list[Neighbours], side: Side) -> None:
        """Follow hidden nodes through further hidden ones, within the bounds, to visible ones."""
        beyond = self._beyond[side]
        while True:
            for near, _kind, far in read:
                if self.is_hidden(near):
                    beyond.setdefault(near, []).extend(far)
            ends = (key for each in read if self.is_hidden(each.near) for key in each.far)
            new = [key for key in dict.fromkeys(ends) if self.is_hidden(key) and key not in beyond]
            new = new[: max(MOST_HIDDEN - len(beyond), 0)]
            if not new or not self._steps_left:
                return
            self._steps_left -= 1
            beyond |= {key: [] for key in new}
            read = list(self._neighbours(new, side))

    def _visible_beyond(self, hidden: list[Key], side: Side) -> Iterator[Neighbours]:
        beyond = self._beyond[side]
        for key in hidden:
            passed = dict.fromkeys([key])
            visible: dict[Key, None] = {}
            queue = [key]
            for each in queue:
                for end in beyond.get(each, ()):
                    if not self.is_hidden(end):
                        visible[end] = None
                    elif end not in passed:
                        passed[end] = None
                        queue.append(end)
            if visible.keys() - set(beyond.get(key, ())):
                self.chains.add(key)
            for kind in ("run", "version"):
                if far := [end for end in visible if end.startswith(f"{kind}-")]:
                    yield Neighbours(key, kind, far)

    def _neighbours(self, frontier: Iterable[Key], side: Side) -> Iterator[Neighbours]:
        """Yield the neighbours, with one query for all the runs and one for all the versions."""
        versions, runs = pks_of(frontier, "version"), pks_of(frontier, "run")
        logged, used = (RunOutput, RunInput) if side == "up" else (RunInput, RunOutput)
        neighbours: dict[tuple[Key, str], list[Key]] = defaultdict(list)
        committed = {"version__version_index__isnull": False}
        for model, own, pks in ((logged, "version", versions), (used, "run", runs)):
            if pks:
                rows = model.objects.filter(**committed, **{f"{own}__in": pks}).order_by("-pk")
                other = "run" if own == "version" else "version"
                values = rows.values_list(f"{own}_id", f"{other}_id", *self._columns[other])
                # one more than is needed, to tell whether there are more
                read = list(values[: _MOST_EDGES + 1])
                self.is_cut = self.is_cut or len(read) > _MOST_EDGES
                for near, far, is_deleted, type_name in read[:_MOST_EDGES]:
                    neighbours[f"{own}-{near}", other].append(f"{other}-{far}")
                    self.type_of[f"{other}-{far}"] = type_name
                    if is_deleted and type_name is not None:
                        self.deleted.add(f"{other}-{far}")
        for (key, kind), far in neighbours.items():
            yield Neighbours(key, kind, far)


def _columns(by: User) -> dict[str, tuple[Any, Any]]:
    """Return columns for an edge's run and version: its type (None if hidden), if deleted."""
    runs = Run.with_deleted.traceable_by(by).filter(pk=OuterRef("run_id"))
    seen = Membership.objects.visible_to(by).filter(version=OuterRef("version_id"))
    traces = Membership.objects.traceable_by(by).filter(version=OuterRef("version_id"))
    version_is_deleted = Q(version__deleted_at__isnull=False)
    type_name = F("version__sequence__artifact_type__name")
    return {
        "run": (_truth(is_deleted_run("run__")), Case(When(Exists(runs), then=F("run__job_type")))),
        "version": (
            _truth(version_is_deleted),
            Case(
                When(Exists(seen), then=type_name),
                When(version_is_deleted & Exists(traces), then=type_name),
            ),
        ),
    }


def _truth(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())
