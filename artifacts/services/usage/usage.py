"""Notes uses of versions: as the input of a run, or by a download."""

import logging
from datetime import datetime
from typing import NamedTuple

from django.db import Error, OperationalError
from django.utils import timezone

from artifacts.models import Download, Membership, Project, Run, RunInput, Version
from artifacts.querysets.files import APART
from artifacts.services.memory.recent import Recent
from artifacts.services.memory.side_notes import impatient, savepoint
from artifacts.services.usage.last_references import Reached, last_reached
from registry_site.accounts.models import ApiKey, User
from registry_site.accounts.permissions import Action, check

_log = logging.getLogger(__name__)
_MOST_WAITING = 1_000  # downloads that wait in this process to be noted; more are lost
_AT_ONCE = 10  # waiting downloads noted along with a new one
_MOST_PLACES = 50  # memberships of one version in one project, read at most
_noted = Recent(APART.total_seconds())


class _Handed(NamedTuple):
    version_id: int
    collection_id: int
    user_id: int
    key_name: str
    reference: str


_waiting: dict[_Handed, datetime] = {}  # with their times, oldest first


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

    The role in `project` decides whether it may be used. Without one, or where the version has no
    membership there, the highest role over all its memberships decides.
    """
    check(by, Action.EDIT, run.project)
    collections = _collections_with(version, project) if project else []
    through = project if collections else None
    check(by, Action.DOWNLOAD, through or version)
    reached = last_reached(api_key=api_key, version_id=version.pk, project=through, is_use=True)
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
    """Return the keys of the project's collections in which the version has a membership."""
    memberships = version.memberships.live().filter(collection__project=project)
    return list(memberships.order_by("pk").values_list("collection_id", flat=True)[:_MOST_PLACES])


def record_download(
    *, by: User, membership: Membership, reference: str = "", api_key: ApiKey | None = None
) -> None:
    """Note that the person got a version's bytes, or their addresses.

    `reference` is the alias or number that they asked for, "" where that isn't known. Every
    download comes through here: it costs one statement, and none for a minute after the same
    download. Where the database is busy, the download goes on and is noted with a later one.
    """
    check(by, Action.DOWNLOAD, membership.collection.project)
    download = _Handed(
        membership.version_id,
        membership.collection_id,
        by.pk,
        api_key.name if api_key else "",
        reference[:128],
    )
    if _noted.get(download):
        return
    if len(_waiting) < _MOST_WAITING:
        _waiting.setdefault(download, timezone.now())
    for each, at in list(_waiting.items())[:_AT_ONCE]:
        try:
            with impatient(), savepoint():
                Download.objects.touch(**each._asdict(), at=at)
        except OperationalError as error:
            _log.info("A download of version %s is to be noted later: %s", each.version_id, error)
            return
        except Error as error:  # such as a deleted version
            _log.warning("A download of version %s was not noted: %s", each.version_id, error)
        else:
            _noted.set(each, True)
        _waiting.pop(each, None)
