from types import SimpleNamespace

import pytest
from django.core.signing import TimestampSigner
from django.db import transaction
from graphql import OperationType, execute, print_ast

from registry_site.accounts.models import KeyHandover
from registry_site.graphql.binding import Context, guarded, read_field, type_of
from registry_site.graphql.execution.documents import Prepared
from tests.factories import fresh
from tests.helpers.graphql import Api, auth_of
from tests.helpers.hidden import dora, hidden_source, links, told  # noqa: F401 - fixtures
from tests.helpers.hostile import Answer
from tests.helpers.rights import make_world


@pytest.fixture
def api(client, cast):
    return Api(client)


@pytest.fixture
def world(db):
    """Eight people, four places and one of everything, see tests/helpers/rights.py."""
    return make_world()


@pytest.fixture
def answer(client, world):
    """What Bob of the world is answered, judged."""
    return Answer(client, **auth_of(world.people["bob"]))


@pytest.fixture
def both_ways(monkeypatch):
    """Let graphql-core read all that a plan reads, and hold the two answers against each other.

    Yields the operations that were read in both ways.
    """
    compared, different, plan_of = [], [], Prepared.plan_of
    now = TimestampSigner().timestamp()  # addresses are signed in one second
    monkeypatch.setattr(TimestampSigner, "timestamp", lambda _signer: now)

    def both(prepared, operation):
        plan = plan_of(prepared, operation)
        if plan is None or operation.operation is not OperationType.QUERY:
            return plan

        def run(context, values):
            ours, refusal, handovers = None, None, KeyHandover.objects.count()
            try:
                ours = plan.run(context, values)
            except Exception as error:
                refusal = error
            if handovers == KeyHandover.objects.count():  # else it showed a key for the only time
                said = getattr(refusal, "message", str(refusal)) if refusal else ours
                theirs = _by_core(prepared, operation, context, values)
                compared.append(print_ast(operation))
                if said != theirs:
                    different.append((compared[-1], said, theirs))
            if refusal:
                raise refusal
            return ours

        return SimpleNamespace(run=run)

    monkeypatch.setattr(Prepared, "plan_of", both)
    yield compared
    assert not different


def _by_core(prepared, operation, context, values):
    """Return the data or the first sentence, and leave the database as it is."""
    again = Context(user=fresh(context.user), base_url=context.base_url, api_key=context.api_key)
    with transaction.atomic():
        result = execute(
            prepared.schema,
            prepared.document,
            context_value=again,
            variable_values=values,
            operation_name=operation.name.value if operation.name else None,
            field_resolver=read_field,
            type_resolver=type_of,
            middleware=[guarded],
            hide_suggestions=True,
        )
        transaction.set_rollback(True)
    return result.errors[0].message if result.errors else result.data
