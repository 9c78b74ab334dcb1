"""Counts what a page or an answer costs: statements, joins, and objects of models."""

from collections import Counter
from dataclasses import dataclass
from unittest.mock import patch

from django.db import connection
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext

from registry_site.queries import prepared_rows


@dataclass(frozen=True)
class Cost:
    """What one call took of the database."""

    statements: tuple[str, ...]
    instances: Counter  # how many objects were made of each model

    @property
    def most_joins(self):
        return max((sql.count(" JOIN ") for sql in self.statements), default=0)

    @property
    def figures(self):
        """What has to stay the same however many rows there are."""
        return len(self.statements), self.most_joins

    def __str__(self):
        listed = "\n".join(f"{sql.count(' JOIN ')} joins: {sql}" for sql in self.statements)
        made = ", ".join(f"{count} {name}" for name, count in self.instances.most_common())
        return f"{len(self.statements)} statements\n{listed}\n{self.instances.total()} made: {made}"


def cost_of(call):
    """What a call costs, once session and caches are warm."""
    call()
    instances, row_of = Counter(), prepared_rows.row_of

    def count(sender, **_rest):
        instances[sender.__name__] += 1

    def counted_row_of(model, values):
        instances[model.__name__] += 1
        return row_of(model, values)

    post_init.connect(count, weak=False)
    try:
        with (
            # the rows of prepared reads, which are made without a signal
            patch.object(prepared_rows, "row_of", counted_row_of),
            CaptureQueriesContext(connection) as queries,
        ):
            call()
    finally:
        post_init.disconnect(count)
    return Cost(tuple(query["sql"] for query in queries.captured_queries), instances)


def budget(call, *, statements, joins, instances):
    """Hold a call to at most this many statements, joins in one of them, and objects of models.

    `call` takes nothing, and asserts by itself that its answer is right. Returns its cost, which a
    test compares with that of more rows.
    """
    cost = cost_of(call)
    assert len(cost.statements) <= statements, cost
    assert cost.most_joins <= joins, cost
    assert cost.instances.total() <= instances, cost
    return cost


def page_budget(client, address, **most):
    """Hold a GET that shows a page to `budget`, and return what it cost."""
    return budget(_getting(client, address), **most)


def count_queries(client, address, **headers):
    """How many queries a GET takes, once session and caches are warm."""
    return len(cost_of(_getting(client, address, headers=headers)).statements)


def _getting(client, address, **options):
    def get():
        assert client.get(address, **options).status_code == 200

    return get
