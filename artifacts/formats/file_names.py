"""Names of files as a client may write them, and as they are stored.

wandb 0.31 normalizes a file's name with `LogicalPath` when it sends a file, but not when it asks
for one: a file saved as "./x.txt" is stored as "x.txt" and asked for as "./x.txt".
"""

import posixpath
from collections.abc import Collection, Iterable

from django.db.models import QuerySet


def plain_name(name: str) -> str:
    """Return the name without `.` and `//`, without a slash at the end, and with `..` resolved.

    A name that leads out of the folder still does, so that the caller can refuse it.
    """
    return posixpath.normpath(name) if name else name


def kept_names(names: Iterable[str], rows: QuerySet, column: str) -> list[str]:
    """Return the names in `column` of these rows that `names` mean.

    A `\\` is part of a name, except on Windows, where it separates folders and the SDK stores
    `/` for it: so the name as it is written is tried first.
    """
    choices = [_choices(name) for name in names]
    written_otherwise = [one for one in choices if len(one) > 1]
    if not written_otherwise:
        return [one for (one,) in choices]
    all_names = {name for one in choices for name in one}
    there = set(rows.filter(**{f"{column}__in": all_names}).values_list(column, flat=True))
    return [_first(one, there) for one in choices]


def _choices(name: str) -> list[str]:
    return list(dict.fromkeys([plain_name(name), plain_name(name.replace("\\", "/"))]))


def _first(choices: list[str], there: Collection[str]) -> str:
    return next((name for name in choices if name in there), choices[0])
