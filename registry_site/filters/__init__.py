"""What clients filter and order lists by: the SDK's Mongo-like JSON and its order strings.

A list declares two tables and reads what came with them:

    FIELDS = {
        "name": Text("name"),
        "id": Number("pk"),
        "created_at": Time("created_at"),
        "tag": Names(CollectionTag, to="collection"),  # rows that point at the list's own
        "version": VersionNumber("index"),
        "metadata": Json("version__metadata"),  # and `metadata.a.b`
    }
    ORDERS = {"name": Column("name"), "summary_metrics": JsonValue("summary")}

    rows.filter(read_filter(text, FIELDS))
    connection(context, rows, order=read_order(text, ORDERS, "-created_at"), …)

Both raise Invalid, in one sentence that names what was not understood and what would be.
"""

from registry_site.filters.conditions import NOTHING, joined
from registry_site.filters.fields import (
    Field,
    Names,
    Number,
    Test,
    Text,
    Time,
    VersionNumber,
    passes,
)
from registry_site.filters.json_values import Json
from registry_site.filters.language import read_filter
from registry_site.filters.orders import Column, JsonValue, read_order

__all__ = [
    "NOTHING",
    "Column",
    "Field",
    "Json",
    "JsonValue",
    "Names",
    "Number",
    "Test",
    "Text",
    "Time",
    "VersionNumber",
    "joined",
    "passes",
    "read_filter",
    "read_order",
]
