"""Names of files as a client may write them, and as they are kept.

wandb 0.31 writes a file's name by `LogicalPath` before it sends one, but not before it asks for
one: what was saved as "./x.txt" is kept as "x.txt" and asked for as "./x.txt".
"""

import posixpath
from collections.abc import Collection, Iterable

from django.db.models import QuerySet


def plain_name(name: str) -> str:
    """Return the name without `.`, `//`, a slash at the end, and what `..` takes back.

    What leads out of the folder does so still, for whoever refuses it.
    """
    return posixpath.normpath(name) if name else name


def kept_names(names: Iterable[str], rows: QuerySet, column: str) -> list[str]:
    """Return the names in `column` of these rows that are meant by `names`.

    A `\\` is part of a name where the file comes from, unless that is Windows, where it parts
    folders and the SDK keeps `/` for it: the name as it is written comes first.
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
