"""Aliases moved in one statement of PostgreSQL, for the usual case: nobody else moves the same.

The plain way (aliases.py) needs five statements in a transaction, and from the first one on
everybody else who changes aliases or links in the collection waits for them.
tests/artifacts/aliases/test_set_at_once.py holds it against the plain way.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from artifacts.models import Membership
from registry_site.accounts.models import Kind, User, Verb
from registry_site.accounts.services.events import MOST_SUBJECT, topic_of

# It locks in the order of all locks (services/locks.py): each part waits for the one that it names
# in FROM. All parts see the rows as they were before they waited, but a row that they lock is
# looked at once more: an alias that somebody moved meanwhile is no longer on its membership of
# before, and counts as new. To insert it fails, and so does the statement.
_SET = """
WITH collection AS (
    SELECT id FROM artifacts_collection
    WHERE id = %(collection)s AND deleted_at IS NULL
    FOR UPDATE
), membership AS (
    SELECT membership.id, membership.index FROM artifacts_membership AS membership, collection
    WHERE membership.id = %(membership)s AND membership.hidden_at IS NULL
    FOR NO KEY UPDATE OF membership
), alias AS (
    SELECT alias.id, alias.name, former.id AS former_id, former.index AS former_index
    FROM artifacts_alias AS alias, artifacts_membership AS former, membership
    WHERE alias.collection_id = %(collection)s AND alias.name = ANY(%(names)s::text[])
        AND former.id = alias.membership_id
    FOR NO KEY UPDATE OF alias
), change AS (
    SELECT NEXTVAL(PG_GET_SERIAL_SEQUENCE('accounts_event', 'id')) AS event_id,
        requested.name, alias.id AS alias_id, 'v' || alias.former_index AS before,
        'v' || membership.index AS after
    FROM membership, UNNEST(%(names)s::text[]) WITH ORDINALITY AS requested (name, number)
    LEFT JOIN alias ON alias.name = requested.name
    WHERE alias.former_id IS DISTINCT FROM %(membership)s
    ORDER BY requested.number
), recorded AS (
    INSERT INTO accounts_event (
        id, at, actor_id, actor_name, verb, topic, kind, subject, subject_id, project_id,
        before, after, note
    )
    SELECT event_id, %(now)s, %(by)s, %(actor_name)s,
        CASE WHEN alias_id IS NULL THEN %(added)s ELSE %(moved)s END,
        %(topic)s, %(kind)s, LEFT(%(path)s || ':' || name, %(most)s), %(collection)s, %(project)s,
        TO_JSONB(before), TO_JSONB(after), %(note)s
    FROM change
), moved AS (
    UPDATE artifacts_alias SET membership_id = %(membership)s, event_id = change.event_id
    FROM change WHERE artifacts_alias.id = change.alias_id
), added AS (
    INSERT INTO artifacts_alias (collection_id, membership_id, name, created_at, event_id)
    SELECT %(collection)s, %(membership)s, name, %(now)s, event_id
    FROM change WHERE alias_id IS NULL
)
SELECT change.name, change.before, change.after, change.event_id
FROM membership LEFT JOIN change ON TRUE ORDER BY change.event_id
"""


def set_at_once(
    *, by: User | None, membership: Membership, names: Sequence[str], note: str, verb: Verb
) -> list[tuple[str, str | None, str, int]] | None:
    """Move the aliases as the plain way does, or change nothing and return None for it to decide.

    Returns for each change its name, the number that had it, the one that has it now, and the
    event. The caller checked rights. `names` are different from each other.
    """
    collection = membership.collection
    values: dict[str, Any] = {
        "collection": membership.collection_id,
        "membership": membership.pk,
        "names": list(names),
        "now": timezone.now(),
        "by": by.pk if by else None,
        "actor_name": by.username if by else "",
        "added": Verb.ADD_ALIAS if verb == Verb.MOVE_ALIAS else verb,
        "moved": verb,
        "topic": topic_of(Kind.COLLECTION, verb),
        "kind": Kind.COLLECTION,
        "path": collection.target_path,
        "most": MOST_SUBJECT,
        "project": collection.project_id,
        "note": note,
    }
    try:
        with _transaction(), connection.cursor() as cursor:
            cursor.execute(_SET, values)
            rows = cursor.fetchall()
    except IntegrityError:  # somebody moved one of the aliases at the same moment
        return None
    if not rows:
        return None
    return [row for row in rows if row[0] is not None]


def _transaction() -> AbstractContextManager[Any]:
    """Return a savepoint within a transaction; else a statement is a transaction of its own."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()
