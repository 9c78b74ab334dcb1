"""The filter language, read plainly: which of the rows a filter lets through."""

import re

MISSING = object()


def holds(rule, row):
    return all(_holds(key, operand, row) for key, operand in rule.items())


def _holds(key, operand, row):
    if key == "$and":
        return all(holds(each, row) for each in operand)
    if key == "$or":
        return any(holds(each, row) for each in operand)
    if key == "$nor":
        return not any(holds(each, row) for each in operand)
    if key == "$not":
        return not holds(operand, row)
    value = row.get(key, MISSING)
    if not isinstance(operand, dict):
        return test("$eq", operand, value)
    return all(
        not _holds(key, given, row) if operator == "$not" else test(operator, given, value)
        for operator, given in operand.items()
    )


def kind(value):
    return bool if isinstance(value, bool) else str if isinstance(value, str) else float


def test_value(operator, given, value):
    if isinstance(value, dict | type(None)) or value is MISSING or kind(given) is not kind(value):
        return False
    return {
        "$eq": lambda: value == given,
        "$gt": lambda: value > given,
        "$gte": lambda: value >= given,
        "$lt": lambda: value < given,
        "$lte": lambda: value <= given,
        "$regex": lambda: isinstance(value, str) and re.search(given, value) is not None,
        "$contains": lambda: isinstance(value, str) and given in value,
    }[operator]()


test_value.__test__ = False


def test(operator, given, value):
    if operator == "$ne":
        return not test("$eq", given, value)
    if operator == "$nin":
        return not test("$in", given, value)
    if operator == "$in":
        return any(test("$eq", each, value) for each in given)
    if operator == "$all":
        return all(test("$eq", each, value) for each in given)
    if operator == "$exists":
        return (value is not MISSING) == given
    if operator == "$size":
        return isinstance(value, list) and len(value) == given
    if operator == "$eq" and given is None:
        return value is MISSING or value is None
    if operator == "$eq" and isinstance(given, list):
        return (
            isinstance(value, list)
            and len(value) == len(given)
            and all(test("$eq", each, value) for each in given)
        )
    values = value if isinstance(value, list) else [value]
    return any(test_value(operator, given, each) for each in values)


test.__test__ = False
