"""The history that a run streamed, as the SDK reads it back."""

from django.utils.translation import gettext as _

from artifacts.models import Run, RunLine
from artifacts.querysets.runs import ALL_STEPS, Steps
from registry_site.errors import Invalid
from registry_site.graphql.binding import field

SAMPLES, MOST_SAMPLES = 500, 10_000  # rows of a sample
MOST_STEPS = 100_000  # of a page of the history, which leaves no row out
MOST_SPECS, MOST_KEYS = 20, 1000  # of one request, of one spec


@field("Run", "historyKeys")
def run_history_keys(run: Run, info):
    """Return the keys of the metrics, and the last step, which is -1 before the first."""
    step = -1 if run.last_step is None else run.last_step
    return {"lastStep": step, "keys": run.history_keys, "sets": []}


@field("Run", "history")
def run_history(run: Run, info, minStep=None, maxStep=None, samples=None):
    steps = Steps(minStep, None if maxStep is None else maxStep - 1)
    return RunLine.objects.sample(run, "history", _most(samples, steps), steps)


@field("Run", "events")
def run_events(run: Run, info, samples=None):
    return RunLine.objects.sample(run, "events", _most(samples, ALL_STEPS))


@field("Run", "sampledHistory")
def run_sampled_history(run: Run, info, specs):
    if len(specs) > MOST_SPECS:
        raise Invalid(_("One request has {n} specs at most.").format(n=MOST_SPECS))
    return [_sampled(run, spec) for spec in specs]


def _sampled(run: Run, spec) -> list:
    """Return a sample of rows; wandb 0.31 repeats the step's key where the caller names it."""
    keys = spec.get("keys") if isinstance(spec, dict) else None
    numbers = [spec.get(name) for name in ("minStep", "maxStep", "samples")] if keys else []
    if (
        not isinstance(keys, list)
        or len(keys) > MOST_KEYS
        or not all(isinstance(key, str) for key in keys)
        or not all(number is None or type(number) is int for number in numbers)
    ):
        raise Invalid(
            _("A spec is an object with up to {n} `keys` and the numbers {names}.").format(
                n=MOST_KEYS, names="`minStep`, `maxStep`, `samples`"
            )
        )
    steps = Steps(*numbers[:2])
    names = list(dict.fromkeys(keys))
    return RunLine.objects.sample_with(run, names, _most(numbers[2], steps), steps)


def _most(samples: int | None, steps: Steps) -> int:
    """Return how many rows to give.

    A request for as many rows as it has steps is one for a page, and gets all of them.
    """
    count = SAMPLES if samples is None else samples
    if count < 0:
        raise Invalid(_("`samples` is 0 or more, not {n}.").format(n=count))
    if steps.first is None or steps.last is None or count < steps.last - steps.first:
        return min(count, MOST_SAMPLES)
    if count > MOST_STEPS:
        raise Invalid(
            _("A page of the history has {limit} steps at most; {n} were asked for.").format(
                limit=MOST_STEPS, n=count
            )
        )
    return MOST_STEPS


@field("Run", "parquetHistory")
def run_parquet_history(run: Run, info, liveKeys):
    """Return all steps as live, none in a bucket; wandb 0.27 skips those before the first."""
    return {"parquetUrls": [], "liveData": [{"_step": 0}] if run.history_lines else []}
