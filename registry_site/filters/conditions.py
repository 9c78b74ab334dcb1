"""Conditions that are true or false, never null: a missing value is not equal to any other."""

from collections.abc import Iterable

from django.db.models import BooleanField, Case, Q, Value, When

EVERYTHING = Q(Value(True, output_field=BooleanField()))
NOTHING = Q(Value(False, output_field=BooleanField()))


def joined(conditions: Iterable[Q], *, by_or: bool = False) -> Q:
    """Return a condition that holds where all of these hold, or with `by_or` where any does."""
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
    """Return a condition that holds where this one does not, missing values included.

    That is how Mongo negates.
    """
    return Q(Case(When(condition, then=Value(False)), default=Value(True)))


class Unfit(ValueError):
    """Why a field can't be filtered as requested: the reason, without a name or a full stop."""
