"""Conditions that are true or false, never unknown: what is missing is not equal, not unknown."""

from collections.abc import Iterable

from django.db.models import BooleanField, Case, Q, Value, When

EVERYTHING = Q(Value(True, output_field=BooleanField()))
NOTHING = Q(Value(False, output_field=BooleanField()))


def joined(conditions: Iterable[Q], *, by_or: bool = False) -> Q:
    """Return all of the conditions, or any of them, as one."""
    result = None
    for condition in conditions:
        if result is None:
            result = condition
        else:
            result = result | condition if by_or else result & condition
    if result is None:
        return NOTHING if by_or else EVERYTHING
    return result


def negated(condition: Q) -> Q:
    """Return where the condition does not hold, missing values included (as Mongo has it)."""
    return Q(Case(When(condition, then=Value(False)), default=Value(True)))


class Unfit(ValueError):
    """Why a field can't be filtered as asked: the reason only, without a name or a full stop."""
