"""Order strings: `+name`, `-created_at`, `-summary_metrics.accuracy`; ties are broken by row."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from registry_site.errors import Invalid
from registry_site.filters.conditions import Unfit
from registry_site.filters.json_values import JsonNumber, JsonText, check_path
from registry_site.queries.keyset import Key


class Ordering(ABC):
    """Something to order by; `nested` means that a path follows its name."""

    nested = False

    @abstractmethod
    def keys(self, path: Sequence[str], descending: bool) -> list[Key]:
        """Return the keys that sort by it; raise Unfit for a path that leads nowhere."""


class Column(Ordering):
    """Order by a column, or a path over relations that are joined in the rows."""

    def __init__(self, name: str, *, nullable: bool = False) -> None:
        self.name, self.nullable = name, nullable

    def keys(self, path: Sequence[str], descending: bool) -> list[Key]:
        return [Key(self.name, descending, self.nullable)]


class JsonValue(Ordering):
    """Order by the value at a path of a JSON column: numbers, then texts, then the rest."""

    nested = True

    def __init__(self, column: str, *, inside: Any = tuple) -> None:
        self.column, self.inside = column, inside

    def keys(self, path: Sequence[str], descending: bool) -> list[Key]:
        where = check_path(self.inside(path))
        number, text = (kind(F(self.column), path=where) for kind in (JsonNumber, JsonText))
        return [
            Key("order_number", descending, nullable=True, value=number),
            Key("order_text", descending, nullable=True, value=text),
        ]


def read_order(
    text: str | None, orders: Mapping[str, Ordering], default: str | Sequence[Key]
) -> Sequence[Key]:
    """Return the keys of the order that the text names; raise Invalid for an unknown one.

    A sign stands in front (none means ascending); the row's own number breaks ties. Without a text
    the default applies.
    """
    order = (text or "").strip() or default
    if not isinstance(order, str):
        return order
    descending = order[0] == "-"
    name = order[1:] if order[0] in "+-" else order
    head, *path = name.split(".")
    ordering = orders.get(head)
    if ordering is None or bool(path) != ordering.nested:
        names = ", ".join(f"{key}.…" if kind.nested else key for key, kind in orders.items())
        raise Invalid(
            _(
                "There is no order by {name!r} here; there are: {known}, each with + or - "
                "before it."
            ).format(name=name[:80], known=names)
        )
    try:
        keys = ordering.keys(path, descending)
    except Unfit as error:
        raise Invalid(
            _("There is no order by {name!r}: {reason}.").format(name=name[:80], reason=error)
        ) from error
    return [*keys, Key("pk", descending)]
