"""The kinds of jobs.

A kind is a function `step(job) -> bool` under `@job_kind("verb_nouns", title=…)`: it does a small
piece of the work and says whether any is left, in a transaction that holds the job's row and also
writes what it changes there (`done`, `refused`, `arguments`). A step may be killed at any moment
and begun again, so it finds out from its rows where it is and never from memory. For work on a
list of things write `@each_item("verb_nouns", title=…)` over `act(by, job, thing)` for one of them
instead: its refusals (`DomainError`) become lines of the report.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from artifacts.models import Job, JobItem
from registry_site.accounts.models import User
from registry_site.errors import DomainError

AT_ONCE = 20  # things in one step, at most
ALONE = "alone_until"  # in a job's arguments: up to this item, items are done one by one

logger = logging.getLogger(__name__)

Step = Callable[[Job], bool]
Act = Callable[[User, Job, int], Any]
Together = Callable[[User, Job, list[int]], Any]
Weigh = Callable[[Job], int]


@dataclass(frozen=True)
class Kind:
    """A kind of job and its step; whoever may edit a project may create such a job there."""

    step: Step
    title: str | Promise
    inverse: str  # the kind that undoes it; "" for none
    weigh: Weigh | None = None  # counts the rows to change, if they may be many


KINDS: dict[str, Kind] = {}


def job_kind(
    name: str,
    *,
    title: str | Promise,
    inverse: str = "",
    weigh: Weigh | None = None,
) -> Callable[[Step], Step]:
    """Register a step under a name; rows have the name, so it must never change."""

    def register(step: Step) -> Step:
        KINDS[name] = Kind(step, title, inverse, weigh)
        return step

    return register


def each_item(
    name: str,
    *,
    title: str | Promise,
    inverse: str = "",
    together: Together | None = None,
    weigh: Weigh | None = None,
) -> Callable[[Act], Act]:
    """Register the function that a job of this kind applies to each of its things.

    `together` applies it to several things at once, which is quicker. It raises where one of them
    would be refused; then they are done one by one.
    """

    def register(act: Act) -> Act:
        step = partial(do_items, act, together)
        job_kind(name, title=title, inverse=inverse, weigh=weigh)(step)
        return act

    return register


def do_items(act: Act, together: Together | None, job: Job) -> bool:
    """Do the next things of a job, each as a whole or not at all; return whether more are left.

    One call does several things `together`, or only one. Two things one after the other in one
    transaction could lock rows in another order than somebody else does: a deadlock.
    """
    items = list(job.items.waiting().order_by("pk")[: AT_ONCE if together else 1])
    by = User.objects.get(pk=job.by_id)  # with their present rights
    with translation.override(by.language or None):
        if together is None or not _do_together(together, by, job, items):
            items = items[:1]
            for item in items:
                _do(act, by, job, item)
    refused = [item for item in items if item.state == JobItem.State.REFUSED]
    done = JobItem.objects.filter(
        pk__in={item.pk for item in items} - {item.pk for item in refused}
    )
    done.update(state=JobItem.State.DONE)
    for item in refused:
        item.save(update_fields=["state", "sentence"])
    job.refused += len(refused)
    job.done += len(items)
    return job.done < job.total


def _do_together(together: Together, by: User, job: Job, items: list[JobItem]) -> bool:
    """Return whether the items could be done at once; if not, the job notes the last of them."""
    if not items or items[0].pk <= job.arguments.get(ALONE, 0):
        return False
    try:
        with transaction.atomic():
            together(by, job, [item.thing for item in items])
        return True
    except DomainError:
        pass
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # a bug with one of them: done singly, it shows which
        logger.exception("Job %s failed with several things at once", job.pk)
    job.arguments[ALONE] = items[-1].pk
    return False


def _do(act: Act, by: User, job: Job, item: JobItem) -> None:
    try:
        with transaction.atomic():
            act(by, job, item.thing)
    except DomainError as refusal:
        item.state, item.sentence = JobItem.State.REFUSED, refusal.message
    except (OperationalError, InterfaceError):
        raise  # not the thing's fault: the whole step is done again
    except Exception:  # a bug with one thing must not stop the others
        logger.exception("Job %s failed with %s (%s)", job.pk, item.thing, item.name)
        item.state = JobItem.State.REFUSED
        item.sentence = _("This server failed here; its log has the trace.")
