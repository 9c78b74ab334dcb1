"""Whether the process lives, and whether it can serve; without login, as JSON.

Everybody may read which part fails; the reason, which may name hosts and folders, is only in the
log. A missing worker is a note and does not make the site unready: pages and the API work, and its
tasks wait in the database until a worker starts. A balancer that took the site out of rotation for
it would turn a delay into an outage.
"""

import logging
from collections.abc import Callable
from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from artifacts.services.jobs.workers import worker_state
from artifacts.store import store
from registry_site import VERSION

logger = logging.getLogger(__name__)


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "alive"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    checks = {"database": _database, "migrations": _migrations, "storage": store().check_ready}
    reasons = {name: reason for name, check in checks.items() if (reason := _reason(check))}
    for name, reason in reasons.items():
        logger.warning("Not ready: %s: %s", name, reason)
    answer = {
        "status": "not ready" if reasons else "ready",
        "failing": list(reasons),
        "version": VERSION,
    }
    return JsonResponse(answer | _worker(), status=503 if reasons else 200)


def _worker() -> dict[str, Any]:
    """Return whether a worker lives, the seconds since one was seen, and how many tasks wait.

    The seconds are None where no worker was ever seen.
    """
    try:
        state = worker_state()
    except Exception:  # the database is away, as `failing` says already
        return {"worker": "unknown"}
    return {
        "worker": state.name,
        "worker_seen_seconds_ago": state.seconds if state.seen_at else None,
        "tasks_waiting": state.waiting,
    }


def _reason(check: Callable[[], None]) -> str:
    """Return why a check fails, in one line; "" where it passes."""
    try:
        check()
    except Exception as error:  # with any exception this server can't serve
        return str(error).strip().partition("\n")[0] or type(error).__name__
    return ""


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    missing = _known_migrations() - set(MigrationRecorder(connection).applied_migrations())
    if missing:
        names = ", ".join(sorted(f"{app}.{name}" for app, name in missing)[:3])
        raise RuntimeError(f"{len(missing)} not applied ({names}): run manage.py migrate.")


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(loader.disk_migrations)
