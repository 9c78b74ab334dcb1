"""Sessions in the database, stored under the hash of the key that the browser holds.

A person who reads the database, or a backup of it, can't log in with what it contains.
"""

import hashlib
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from registry_site.queries.prepared import prepared


def stored_key(session_key: str) -> str:
    """Return the key under which a session is stored.

    The browser's key is long and random, so that a fast hash is enough.
    """
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]  # the length of the column


class SessionStore(db.SessionStore):
    """Django's session store, which hashes the browser's key before each access to the table."""

    def _get_session_from_db(self) -> Any:
        key = stored_key(self.session_key or "")
        for session in _sessions(key, timezone.now()):
            return session
        self._session_key = None  # the session has ended
        return None

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = super().create_model_instance(data)
        row.session_key = stored_key(row.session_key)
        return row

    def exists(self, session_key: str) -> bool:
        return super().exists(stored_key(session_key))

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            super().delete(stored_key(key))


@prepared
def _sessions(key: Any, now: Any) -> QuerySet:
    return Session.objects.filter(session_key=key, expire_date__gt=now)
