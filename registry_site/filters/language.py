"""The filter language: JSON of field names, operators and values, read into one condition.

`{"name": "a", "version": {"$gt": 3}}` means both; operators and values are as in Mongo, but
`{"metadata": {"b": 1}}` means `metadata.b`. A filter's size is bounded, and so its cost.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from registry_site.errors import Invalid
from registry_site.filters.conditions import Unfit, joined, negated
from registry_site.filters.fields import Field, Test
from registry_site.filters.json_values import Json
from registry_site.texts.json_text import read_object

MAX_LENGTH, MAX_DEPTH, MAX_CONDITIONS, MAX_SEARCHES, MAX_VALUES = 2**16, 20, 100, 20, 500
LOGICAL = ("$and", "$or", "$nor", "$not")
COMPARISONS = {
    "$eq": "exact", "$ne": "exact", "$gt": "gt", "$gte": "gte", "$lt": "lt", "$lte": "lte",
    "$in": "in", "$nin": "in", "$regex": "re2", "$contains": "holds",
}  # fmt: skip
OPERATORS = (*LOGICAL, *COMPARISONS, "$exists", "$size", "$all")


def read_filter(source: str | Mapping[str, Any] | None, fields: Mapping[str, Field]) -> Q:
    """Return the condition of a filter (JSON text, or the object in it); none means all rows.

    Raises Invalid for unknown fields and operators, for values of a wrong kind, and for filters
    that are too large.
    """
    if source is None or source in ("", {}):
        return Q()
    if isinstance(source, str):
        if len(source) > MAX_LENGTH:
            raise Invalid(_("A filter has {n} characters at most.").format(n=MAX_LENGTH))
        source = read_object(source, _("The filter"))
    if not isinstance(source, Mapping):
        raise Invalid(_("{what} must be a JSON object.").format(what=_("The filter")))
    return _Reader(fields).object(source, negate=False, depth=0)


class _Reader:
    """Reads one filter; carries a negation down to the single conditions."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.fields, self.conditions, self.searches = fields, 0, 0

    def object(self, source: Any, *, negate: bool, depth: int) -> Q:
        """Return the condition of an object, whose keys are fields or logical operators."""
        _check_depth(depth)
        if not isinstance(source, Mapping):
            raise Invalid(
                _("The filter has {value!r} where an object with fields must stand.").format(
                    value=str(source)[:80]
                )
            )
        parts = []
        for key, operand in source.items():
            if key in LOGICAL:
                parts.append(self.logical(key, operand, negate, depth, self.object))
            elif key.startswith("$"):
                raise _unknown_operator(key)
            else:
                parts.append(self.field(key, operand, negate=negate, depth=depth))
        return joined(parts, by_or=negate)

    def logical(
        self, name: str, operand: Any, negate: bool, depth: int, read: Callable[..., Q]
    ) -> Q:
        if name == "$not":
            return read(operand, negate=not negate, depth=depth + 1)
        if not isinstance(operand, list):
            raise Invalid(_("The filter's {name} takes a list.").format(name=name))
        inner = negate != (name == "$nor")
        parts = [read(each, negate=inner, depth=depth + 1) for each in operand]
        return joined(parts, by_or=negate != (name == "$or"))

    def field(self, name: str, operand: Any, *, negate: bool, depth: int) -> Q:
        field = self.find(name)

        def read(operand: Any, *, negate: bool, depth: int) -> Q:
            """Return what is asked of this field: a value, or operators that all hold."""
            _check_depth(depth)
            if not isinstance(operand, Mapping):
                return self.condition(name, field, "$eq", operand, negate)
            if operand and not any(key.startswith("$") for key in operand) and field.nested:
                inner = {f"{name}.{key}": value for key, value in operand.items()}
                return self.object(inner, negate=negate, depth=depth + 1)
            parts = []
            for key, value in operand.items():
                if key in LOGICAL:
                    parts.append(self.logical(key, value, negate, depth, read))
                elif key in OPERATORS:
                    parts.append(self.condition(name, field, key, value, negate))
                else:
                    raise _unknown_operator(key)
            return joined(parts, by_or=negate)

        return read(operand, negate=negate, depth=depth)

    def find(self, name: str) -> Field:
        if name in self.fields:
            return self.fields[name]
        head, *path = name.split(".")
        field = self.fields.get(head)
        if isinstance(field, Json) and path:
            try:
                return field.at(path)
            except Unfit as error:
                raise _about(name, error) from error
        names = sorted(key + ".…" * field.nested for key, field in self.fields.items())
        raise Invalid(
            _("The filter's {name!r} is no field of this list; there are: {known}.").format(
                name=name[:80], known=", ".join(names)
            )
        )

    def condition(self, name: str, field: Field, operator: str, value: Any, negate: bool) -> Q:
        self.conditions += 1
        self.searches += field.nested or operator in {"$regex", "$contains"}
        if self.conditions > MAX_CONDITIONS or self.searches > MAX_SEARCHES:
            raise Invalid(
                _("A filter has {n} conditions at most, {m} of them on JSON or patterns.").format(
                    n=MAX_CONDITIONS, m=MAX_SEARCHES
                )
            )
        try:
            result = _read_condition(field, operator, value)
        except Unfit as error:
            raise _about(name, error) from error
        return negated(result) if negate != (operator in {"$ne", "$nin"}) else result


def _read_condition(field: Field, operator: str, value: Any) -> Q:
    if operator == "$exists":
        if not isinstance(value, bool):
            raise Unfit(_("its $exists takes true or false"))
        return field.exists() if value else negated(field.exists())
    if operator == "$size":
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
            raise Unfit(_("its $size takes a number from 0 on"))
        return field.sized(value)
    if operator in {"$in", "$nin", "$all"}:
        if not isinstance(value, list) or len(value) > MAX_VALUES:
            raise Unfit(
                _("its {operator} takes a list of at most {n} values").format(
                    operator=operator, n=MAX_VALUES
                )
            )
        if operator == "$all":
            return joined(_equal(field, each) for each in value)
        values = [each for each in value if each is not None]
        conditions = [field.where(Test("in", values))] if values else []
        return joined(conditions + [field.missing()] * (None in value), by_or=True)
    if COMPARISONS[operator] == "exact":
        return _equal(field, value)
    if value is None:
        raise Unfit(_("its {operator} takes a value, not null").format(operator=operator))
    return field.where(Test(COMPARISONS[operator], value))


def _equal(field: Field, value: Any) -> Q:
    if value is None:
        return field.missing()
    if isinstance(value, list) and len(value) > MAX_SEARCHES:
        raise Unfit(_("a list of at most {n} values is compared").format(n=MAX_SEARCHES))
    return field.where(Test("exact", value))


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Invalid(_("A filter is nested {n} levels deep at most.").format(n=MAX_DEPTH))


def _unknown_operator(name: str) -> Invalid:
    return Invalid(
        _("The filter's {name!r} is no operator; there are: {known}.").format(
            name=name[:80], known=", ".join(OPERATORS)
        )
    )


def _about(name: str, error: Unfit) -> Invalid:
    return Invalid(
        _("The filter can't use the field {name!r} so: {reason}.").format(
            name=name[:80], reason=error
        )
    )
