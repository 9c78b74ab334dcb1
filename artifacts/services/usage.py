"""Who uses what: a version becomes an input of a run, or somebody downloads it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.db import Error, connection, transaction
from django.utils import timezone

from artifacts.models import Download, Membership, Project, Run, RunInput, Version
from artifacts.querysets.usage import APART
from artifacts.services.reached import Reached, last_reached
from artifacts.services.recent import Recent
from registry_site.accounts.models import ApiKey, User
from registry_site.accounts.permissions import Action, check

_log = logging.getLogger(__name__)
_PATIENCE = 100  # milliseconds for SQLite's one writer before a download goes unnoted
_MOST_PLACES = 50  # of one version in one project, that are looked at
_noted = Recent(APART.total_seconds())


def use_version(
    *,
    by: User,
    version: Version,
    run: Run,
    project: Project | None = None,
    used_as: str = "",
    api_key: ApiKey | None = None,
) -> RunInput:
    """Note that the run uses the version, reached through `project`; a repetition changes nothing.

    The right to use comes from the project through which the version is reached; where none is
    given, or the version has no place there, from the highest role over all its places.
    """
    check(by, Action.EDIT, run.project)
    collections = _collections_with(version, project) if project else []
    through = project if collections else None
    check(by, Action.DOWNLOAD, through or version)
    reached = last_reached(api_key=api_key, version_id=version.pk, project=through)
    if reached is None or reached.collection_id not in collections:
        only = collections[0] if len(collections) == 1 else None
        reached = Reached(only, "")
    entry, _created = RunInput.objects.get_or_create(
        run=run,
        version=version,
        defaults={
            "project": through,
            "collection_id": reached.collection_id,
            "reference": reached.reference[:128],
            "used_as": used_as[:256],
        },
    )
    return entry


def _collections_with(version: Version, project: Project) -> list[int]:
    """Collections of the project in which the version has a place."""
    places = version.memberships.live().filter(collection__project=project)
    return list(places.order_by("pk").values_list("collection_id", flat=True)[:_MOST_PLACES])


def record_download(
    *, by: User, membership: Membership, reference: str = "", api_key: ApiKey | None = None
) -> None:
    """Note that the person was handed a version's bytes, or the addresses of them.

    `reference` is the alias or number that they asked for, "" where that isn't known. It lies on
    the way of every download: one statement at most, none for a minute after the same one, and
    where the database is busy the download goes on unnoted.
    """
    check(by, Action.DOWNLOAD, membership.collection.project)
    name, reference = api_key.name if api_key else "", reference[:128]
    place = membership.version_id, membership.collection_id, by.pk, name, reference
    if _noted.get(place):
        return
    try:
        with _impatient(), transaction.atomic() if connection.in_atomic_block else nullcontext():
            Download.objects.touch(
                version_id=membership.version_id, collection_id=membership.collection_id,
                user_id=by.pk, key_name=name, reference=reference, at=timezone.now(),
            )  # fmt: skip
    except Error as error:
        _log.warning("A download of version %s was not noted: %s", place[0], error)
    else:
        _noted.set(place, True)


@contextmanager
def _impatient() -> Iterator[None]:
    """Let SQLite wait for its lock no longer than a reader should."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    patience = int(connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000)
    # past Django's cursors: it is a setting of this process, and no statement to the database
    connection.connection.execute(f"PRAGMA busy_timeout={_PATIENCE}")
    try:
        yield
    finally:
        connection.connection.execute(f"PRAGMA busy_timeout={patience}")
