"""A link in one statement of PostgreSQL, for the usual case: a new link in an existing collection.

The plain way needs seven statements (links.py). Each costs a round trip, and from the third one on
everybody else who links to the collection waits for them. Measured on PostgreSQL 15, the statement
takes a quarter of their time. tests/artifacts/collections/test_link_at_once.py holds it against
the plain way.
"""

import json
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, transaction
from django.utils import timezone

from artifacts.models import Collection, Membership, Project, Version
from registry_site.accounts.models import Kind, User, Verb
from registry_site.accounts.services.events import topic_of

# It locks in the order of all locks (services/locks.py): each part waits for the one that it names
# in FROM. A part finds no row where the version was deleted, the project renamed, or the collection
# isn't there, isn't for links of this type, or has the version already.
_LINK = """
WITH version AS (
    SELECT id, ttl_seconds FROM artifacts_version
    WHERE id = %(version)s AND deleted_at IS NULL AND removed_at IS NULL
    FOR NO KEY UPDATE
), project AS (
    SELECT project.id FROM artifacts_project AS project, version
    WHERE project.id = %(project)s AND project.name = %(project_name)s
        AND project.deleted_at IS NULL
    FOR KEY SHARE OF project
), collection AS (
    UPDATE artifacts_collection AS collection
    SET next_index = next_index + 1, version_count = version_count + 1,
        updated_by_id = %(by)s, updated_at = %(now)s
    FROM project, artifacts_artifacttype AS type
    WHERE collection.project_id = project.id AND collection.name = %(name)s
        AND collection.kind = 'portfolio' AND collection.deleted_at IS NULL
        AND type.id = collection.artifact_type_id AND type.name = %(type)s
        AND NOT EXISTS (
            SELECT 1 FROM artifacts_membership AS membership
            WHERE membership.collection_id = collection.id AND membership.version_id = %(version)s
        )
    RETURNING collection.id, collection.project_id, collection.artifact_type_id, collection.kind,
        collection.name, collection.next_index
), membership AS (
    INSERT INTO artifacts_membership (
        collection_id, version_id, index, created_by_id, created_at,
        dropped_aliases, hidden_with_collection
    )
    SELECT id, %(version)s, next_index - 1, %(by)s, %(now)s, '[]', FALSE FROM collection
    RETURNING id, collection_id, version_id, index, created_by_id, created_at, hidden_at
), kept AS (
    UPDATE artifacts_version SET ttl_seconds = 0 FROM version, collection
    WHERE artifacts_version.id = version.id AND version.ttl_seconds IS DISTINCT FROM 0
), recorded AS (
    INSERT INTO accounts_event (
        at, actor_id, actor_name, verb, topic, kind, subject, subject_id, project_id, after, note
    )
    SELECT %(now)s, %(by)s, %(actor_name)s, %(verb)s, %(topic)s, %(kind)s,
        %(path)s || ':v' || next_index - 1, id, %(project)s, %(after)s::jsonb, ''
    FROM collection
)
SELECT collection.*, membership.* FROM collection, membership
"""
# the columns that it returns; others are read from the database if somebody asks for them
_COLLECTION = ["id", "project_id", "artifact_type_id", "kind", "name", "next_index"]
_MEMBERSHIP = [
    "id",
    "collection_id",
    "version_id",
    "index",
    "created_by_id",
    "created_at",
    "hidden_at",
]


def link_at_once(
    *, by: User, version: Version, project: Project, name: str, source: str
) -> Membership | None:
    """Link as the plain way does, or change nothing and return None for the plain way to decide.

    The caller checked rights and rules. `source` is what the event says of the version.
    """
    now = timezone.now()
    values: dict[str, Any] = {
        "version": version.pk,
        "type": version.sequence.artifact_type.name,
        "project": project.pk,
        "project_name": project.name,
        "name": name,
        "by": by.pk,
        "now": now,
        "path": Collection(project=project, name=name).target_path,
        "actor_name": by.username,
        "verb": Verb.LINK,
        "topic": topic_of(Kind.COLLECTION, Verb.LINK),
        "kind": Kind.COLLECTION,
        "after": json.dumps({"source": source}),
    }
    try:
        with _transaction(), connection.cursor() as cursor:
            cursor.execute(_LINK, values)
            row = cursor.fetchone()
            if row is None and connection.in_atomic_block:
                transaction.set_rollback(True)  # leaves the locks, as `with_collection` does
    except IntegrityError:  # somebody linked the same version here at the same moment
        return None
    if row is None:
        return None
    collection = Collection.from_db(DEFAULT_DB_ALIAS, _COLLECTION, row[: len(_COLLECTION)])
    membership = Membership.from_db(DEFAULT_DB_ALIAS, _MEMBERSHIP, row[len(_COLLECTION) :])
    collection.project = project
    membership.collection, membership.version, membership.created_by = collection, version, by
    return membership


def _transaction() -> AbstractContextManager[Any]:
    """Return a savepoint within a transaction; else a statement is a transaction of its own."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()
