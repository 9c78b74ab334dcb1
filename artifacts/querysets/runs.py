"""Named reads of runs and of their lines; a sample never reads the whole of a long history."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from artifacts.formats.run_history import how_often, with_keys
from registry_site.accounts.permissions import Action
from registry_site.filters.patterns import Holds
from registry_site.texts.json_text import read_line

if TYPE_CHECKING:
    from registry_site.accounts.models import User


def is_deleted_run(prefix: str = "") -> Q:
    """Where the run was deleted, by itself or with its project; `prefix` leads to it: `run__`."""
    return Q(**{f"{prefix}deleted_at__isnull": False}) | Q(
        **{f"{prefix}project__deleted_at__isnull": False}
    )


class RunQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Runs of projects that the person may know of."""
        projects = apps.get_model("artifacts", "Project").objects.visible_to(user)
        return self.filter(project__in=projects)

    def traceable_by(self, user: "User") -> Self:
        """Runs of `visible_to`, and deleted runs that would be among them if not deleted."""
        projects = apps.get_model("artifacts", "Project").objects
        return self.filter(project__in=projects.permitting_until_deletion(Action.READ, user))

    def with_state_now(self) -> Self:
        """Runs annotated with `state_now`, for filters: after a long silence a run has ended."""
        run = apps.get_model("artifacts", "Run")
        limit = timezone.now() - run.SILENCE
        silent = [
            When(state=state, heartbeat_at__lt=limit, then=Value(after))
            for state, after in run.AFTER_SILENCE.items()
        ]
        return self.alias(state_now=Case(*silent, default=F("state")))

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")

    def listed(self) -> Self:
        """Runs without the long columns that no list shows."""
        return self.defer("config", "summary", "history_keys", "system_metrics", "notes")

    def for_path(self) -> Self:
        """Runs joined with what addresses and roles need."""
        return self.select_related(
            "user", "project__entity__organization", "project__entity__team__organization"
        )

    def for_api(self) -> Self:
        """Runs joined with what the SDK asks for, which is less than a page needs."""
        return self.select_related("user", "project__entity")


# How many rows are read for each one to return, and at least, before the database searches keys.
_TRIES, _FEW = 2, 1000
_SEARCHED = 3  # of the rarest keys are searched for


class Steps(NamedTuple):
    """A range of steps, both ends included; None is no bound."""

    first: int | None = None
    last: int | None = None

    @property
    def are_bounded(self) -> bool:
        return self.first is not None or self.last is not None

    def have(self, step: int | None) -> bool:
        if step is None:
            return not self.are_bounded
        return (self.first is None or step >= self.first) and (
            self.last is None or step <= self.last
        )


ALL_STEPS = Steps()


class RunLineQuerySet(models.QuerySet):
    def of_stream(self, run: Any, stream: str) -> Self:
        """The lines of one stream of a run, first to last."""
        return self.filter(run=run, stream=stream).order_by("line")

    def of_steps(self, run: Any, steps: Steps) -> Self:
        """The lines of the history within these steps."""
        if not steps.are_bounded:
            return self.of_stream(run, "history")
        # only lines of the history have a step; to name the stream would mislead the planner
        lines = self.filter(run=run)
        if steps.first is not None:
            lines = lines.filter(step__gte=steps.first)
        if steps.last is not None:
            lines = lines.filter(step__lte=steps.last)
        return lines.order_by("step", "line")

    def holding(self, name: str) -> Self:
        """Lines with this name in their text: every row with the metric, and a few others."""
        return self.filter(_with_names_of([name]))

    def sample(self, run: Any, stream: str, most: int, steps: Steps = ALL_STEPS) -> list[str]:
        """Return up to `most` texts of lines, evenly spread by number if there are more."""
        lines = self.of_steps(run, steps) if steps.are_bounded else self.of_stream(run, stream)
        texts = list(lines.values_list("text", flat=True)[: most + 1])
        if len(texts) <= most:
            return texts
        first, last = (each.values_list("line", flat=True)[0] for each in (lines, lines.reverse()))
        return self._numbered(run, stream, spread(range(first, last + 1), most), steps)

    def sample_with(
        self, run: Any, keys: Sequence[str], most: int, steps: Steps = ALL_STEPS
    ) -> list[dict[str, Any]]:
        """Return up to `most` rows of the history that have all these keys, cut to these keys."""
        tries = max(_TRIES * most, _FEW)
        texts = self.sample(run, "history", tries, steps)
        rows = _with_keys(texts, keys)
        if len(texts) >= tries and len(rows) < most:  # the keys are rare
            rarest = sorted(keys, key=lambda key: how_often(run.history_keys, key))[:_SEARCHED]
            lines = self.of_steps(run, steps).filter(_with_names_of(rarest))
            numbers = spread(list(lines.values_list("line", flat=True)), most)
            rows = _with_keys(self._numbered(run, "history", numbers, steps), keys)
        return list(spread(rows, most))

    def _numbered(self, run: Any, stream: str, numbers: Sequence[int], steps: Steps) -> list[str]:
        """Return the texts of the lines of these numbers whose step is in range, by the index."""
        lines = self.of_stream(run, stream).filter(line__in=list(numbers))
        return [text for step, text in lines.values_list("step", "text") if steps.have(step)]


def spread(values: Sequence[Any], most: int) -> Sequence[Any]:
    """Return up to `most` of the values at equal distances, the first and the last among them."""
    if len(values) <= most:
        return values
    if most < 2:
        return values[len(values) - most :]
    return [values[number * (len(values) - 1) // (most - 1)] for number in range(most)]


def _with_keys(texts: Sequence[str], keys: Sequence[str]) -> list[dict[str, Any]]:
    rows = (with_keys(read_line(text), keys) for text in texts)
    return [row for row in rows if row is not None]


def _with_names_of(keys: Sequence[str]) -> Q:
    """Return the condition that a line has the names of all these keys in its text."""
    condition = Q()
    for key in keys:
        nested = Q()
        for part in key.split("."):
            nested &= _holds(part)
        condition &= _holds(key) | nested
    return condition


def _holds(name: str) -> Q:
    """Return the condition that a line's text has the name, in any of its usual spellings.

    A name may be written raw, in ASCII alone, or as Go does it, without `<`, `>` and `&`.
    """
    raw = json.dumps(name, ensure_ascii=False)
    go = raw.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    condition = Q()
    for text in {raw, json.dumps(name), go}:
        condition |= Q(Holds(F("text"), f"{text}:"))
    return condition


_Runs = models.Manager.from_queryset(RunQuerySet)


class LiveRuns(_Runs):
    """Runs without the deleted ones, whose rows stay because others point at them."""

    def get_queryset(self) -> RunQuerySet:
        return RunQuerySet(self.model, using=self._db).filter(deleted_at__isnull=True)
