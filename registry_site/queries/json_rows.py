"""The rows of another table as one column, so that one statement reads both."""

from typing import Any

from django.db.models import JSONField, QuerySet, Subquery
from django.db.models.functions import JSONArray  # noqa: TID251 - replaced below


class JsonRow(JSONArray):
    """Values as a JSON array, to use in place of Django's own on SQLite.

    That asks SQLite whether it has JSON, in a transaction, when a thread's first statement
    needs to know. Ours begin with the write lock: while somebody else has it, Django would wait,
    take the failure for a no, and that thread could read no rows from then on. Without JSON our
    tables could not have been made.
    """

    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return super(JSONArray, self).as_sql(compiler, connection, **more)


class JsonRows(Subquery):
    """The rows of a query with one JSON column `row`, as a JSON array; null where there is none."""

    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        template = "(SELECT JSONB_AGG(row) FROM (%(subquery)s) AS rows (row))"
        return self.as_sql(compiler, connection, template)

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        template = "(SELECT JSON_GROUP_ARRAY(JSON(row)) FROM (%(subquery)s))"
        return self.as_sql(compiler, connection, template)


def json_rows_of(queryset: QuerySet, *columns: Any) -> JsonRows:
    """Return a column with these columns of the query's rows, in its order."""
    row = JsonRow(*columns)
    return JsonRows(queryset.annotate(row=row).values("row"))
